// for_dense_blocks: a sparse table shown as dense ones, a few rows at a time.
//
// The engines read rows of floats. A block of rows is scattered into zeroed memory and, when it has
// been read, cleared again cell by cell: beside the walk this costs a few operations a stored
// value. Called by Predictor, so that there is one walk for both kinds of tables, with the same
// bits. Example:
//   for_dense_blocks(parallel, x, [&](const Parallel& one, const MatrixView& rows, int64_t first) {
//     predictor.raw_scores(one, rows, out + first * n_outputs);
//   });
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/base/parallel.hpp"
#include "gbengine/base/sparse_view.hpp"

namespace gbengine {

/// A thread's zeroed rows.
template <typename Value>
class DenseBlock {
 public:
  bool is_there() const { return cells_.size() > 0; }
  void make(std::int64_t n_rows, std::int32_t n_cols) {
    n_cols_ = n_cols;
    cells_ = AlignedBuffer<Value>(static_cast<std::size_t>(n_rows * n_cols));
    std::fill(cells_.begin(), cells_.end(), Value{0});
  }

  MatrixView fill(const SparseView& rows) {
    for_each(rows, [](Value& cell, Value value) { cell = value; });
    return MatrixView::of(cells_.data(), rows.n_rows, n_cols_, n_cols_, 1);
  }

  void clear(const SparseView& rows) {
    for_each(rows, [](Value& cell, Value) { cell = 0; });
  }

 private:
  template <typename Visit>
  void for_each(const SparseView& rows, Visit&& visit) {
    for (std::int64_t i = 0; i < rows.n_rows; ++i)
      for (std::int64_t k = rows.row_begin[i]; k < rows.row_begin[i + 1]; ++k)
        visit(cells_[static_cast<std::size_t>(i * n_cols_ + rows.column[k])],
              rows.values<Value>()[k]);
  }

  AlignedBuffer<Value> cells_;
  std::int32_t n_cols_ = 0;
};

template <typename Value, typename Visit>
void for_dense_blocks_of(const Parallel& parallel, const SparseView& x, Visit&& visit) {
  constexpr std::int64_t kBlockBytes = std::int64_t{4} << 20;
  constexpr std::int64_t kMostRows = 1 << 12;
  const std::int64_t row_bytes = std::max(x.n_cols, 1) * std::int64_t{sizeof(Value)};
  const std::int64_t n_tasks = 4 * parallel.n_threads();
  const std::int64_t grain =
      std::clamp(std::min(kBlockBytes / row_bytes, (x.n_rows + n_tasks - 1) / n_tasks),
                 std::int64_t{1}, kMostRows);
  std::vector<DenseBlock<Value>> blocks(static_cast<std::size_t>(parallel.n_threads()));
  const Parallel one(1);
  parallel.for_rows(x.n_rows, grain, [&](std::int64_t begin, std::int64_t end, int thread_idx) {
    DenseBlock<Value>& block = blocks[static_cast<std::size_t>(thread_idx)];
    if (!block.is_there()) block.make(grain, x.n_cols);
    const SparseView rows = x.rows(begin, end);
    visit(one, block.fill(rows), begin);
    block.clear(rows);
  });
}

/// Calls visit(a Parallel of one thread, rows, number of the first one) on consecutive blocks.
template <typename Visit>
void for_dense_blocks(const Parallel& parallel, const SparseView& x, Visit&& visit) {
  if (x.dtype == DType::kFloat32)
    for_dense_blocks_of<float>(parallel, x, visit);
  else
    for_dense_blocks_of<double>(parallel, x, visit);
}

}  // namespace gbengine

// HistogramBuilder: fills a node's histogram from its rows, on as many threads as pay.
//
// Rows are cut into pieces with a private histogram each when there are fewer feature blocks than
// threads; cells are integers, so joining the pieces gives the same bits in any order. From sparse
// codes (sparse_histogram.hpp) come all cells but those of the zero codes. Example:
//   HistogramBuilder builder(x, CellWidth::kNarrow);
//   builder.build(parallel, pairs, rows, first_row, n, words);
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/base/parallel.hpp"
#include "gbengine/data/binned_matrix.hpp"
#include "gbengine/kernel/gradient_pair.hpp"
#include "gbengine/learn/sparse_histogram.hpp"

namespace gbengine {

class HistogramBuilder {
 public:
  HistogramBuilder(const BinnedMatrix& x, CellWidth width) : x_(x), width_(width), sparse_(x) {}

  std::int64_t n_words() const { return std::int64_t{x_.n_cells()} * static_cast<int>(width_); }

  /// Sums of the pairs of n rows (row_idx, or all rows if nullptr) in every cell.
  void build(const Parallel& parallel, const GradientPair* pairs, const std::uint32_t* row_idx,
             std::int64_t n, std::int64_t* words);

  /// Makes of a node's histogram that of its other child, by the rows of one. Of sparse codes only.
  void take_away(const Parallel& parallel, const GradientPair* pairs, const std::uint32_t* row_idx,
                 std::int64_t n, std::int64_t* words) {
    sparse_.add(parallel, width_, pairs, row_idx, n, -1, words);
  }

  /// Cells that sparse codes keep of a row.
  std::int64_t mean_row_cells() const {
    return static_cast<std::int64_t>(x_.sparse->row_cell.size()) /
           std::max<std::int64_t>(x_.n_rows, 1);
  }

  /// Rows (or repetitions) in the cells of one feature of dense codes; one word a cell.
  void count_feature(std::int32_t feature, const std::int32_t* reps, const std::uint32_t* row_idx,
                     std::int64_t n, std::int64_t* counts) const;

  /// Likewise of all features of sparse codes.
  void count(const Parallel& parallel, const std::int32_t* reps, const std::uint32_t* row_idx,
             std::int64_t n, std::int64_t* counts);

 private:
  void build_dense(const Parallel& parallel, const GradientPair* pairs,
                   const std::uint32_t* row_idx, std::int64_t n, std::int64_t* words);

  const BinnedMatrix& x_;
  CellWidth width_;
  SparseHistogram sparse_;
  AlignedBuffer<std::int64_t> pieces_;  // private histograms of all row pieces but the first
};

}  // namespace gbengine

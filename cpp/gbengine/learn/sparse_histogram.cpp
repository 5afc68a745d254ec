#include "gbengine/learn/sparse_histogram.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace gbengine {
namespace {

constexpr std::int64_t kFeatureGrain = 16;
/// A row's cells lie all over the histogram and cost about as much more than a column's do.
constexpr std::int64_t kRowwiseCost = 4;

struct NarrowCell {
  std::int64_t sign;
  void operator()(std::int64_t* words, std::int64_t cell, const GradientPair& pair) const {
    std::int64_t word;
    std::memcpy(&word, &pair, sizeof word);
    words[cell] += sign * word;
  }
};

struct WideCell {
  std::int64_t sign;
  void operator()(std::int64_t* words, std::int64_t cell, const GradientPair& pair) const {
    words[2 * cell] += sign * pair.grad;
    words[2 * cell + 1] += sign * pair.hess;
  }
};

struct CountCell {
  void operator()(std::int64_t* counts, std::int64_t cell, std::int32_t reps) const {
    counts[cell] += reps;
  }
};

/// What is left of `whole` for one of the cells.
std::int64_t rest(const std::int64_t* words, std::int64_t n_cells, std::int64_t stride,
                  std::int64_t cell, std::int64_t whole) {
  for (std::int64_t i = 0; i < n_cells; ++i) whole -= words[i * stride];
  return whole + words[cell * stride];
}

}  // namespace

/// A copy of the values in which other rows than these have 0.
template <typename Value>
const Value* SparseHistogram::only_rows(const Value* of_row, const std::uint32_t* row_idx,
                                        std::int64_t n) {
  static_assert(sizeof(Value) <= sizeof(std::uint64_t));
  if (row_idx == nullptr) return of_row;
  if (masked_.size() == 0)
    masked_ = AlignedBuffer<std::uint64_t>(static_cast<std::size_t>(x_.n_rows));
  auto* masked = reinterpret_cast<Value*>(masked_.data());
  std::fill_n(masked, x_.n_rows, Value{});
  for (std::int64_t i = 0; i < n; ++i) masked[row_idx[i]] = of_row[row_idx[i]];
  return masked;
}

template <typename Cell, typename Value>
void SparseHistogram::add_values(const Parallel& parallel, Cell cell, const Value* of_row,
                                 const std::uint32_t* row_idx, std::int64_t n,
                                 std::int64_t* words) {
  const SparseCodes& codes = *x_.sparse;
  if (n * kRowwiseCost < x_.n_rows) {
    for (std::int64_t i = 0; i < n; ++i) {
      const std::size_t row = row_idx == nullptr ? static_cast<std::size_t>(i) : row_idx[i];
      const Value value = of_row[row];
      for (auto k = static_cast<std::size_t>(codes.row_begin[row]);
           k < static_cast<std::size_t>(codes.row_begin[row + 1]); ++k)
        cell(words, codes.row_cell[k], value);
    }
    return;
  }
  const Value* values = only_rows(of_row, row_idx, n);
  const Parallel threads = parallel.worth(codes.column_begin.back());
  threads.for_rows(x_.n_features, kFeatureGrain, [&](std::int64_t begin, std::int64_t end, int) {
    for (auto f = static_cast<std::size_t>(begin); f < static_cast<std::size_t>(end); ++f) {
      const std::int64_t first = x_.cell_offset[f];
      for (auto k = static_cast<std::size_t>(codes.column_begin[f]);
           k < static_cast<std::size_t>(codes.column_begin[f + 1]); ++k)
        cell(words, first + codes.column_code[k], values[codes.column_row[k]]);
    }
  });
}

void SparseHistogram::add(const Parallel& parallel, CellWidth width, const GradientPair* pairs,
                          const std::uint32_t* row_idx, std::int64_t n, int sign,
                          std::int64_t* words) {
  if (width == CellWidth::kNarrow)
    add_values(parallel, NarrowCell{sign}, pairs, row_idx, n, words);
  else
    add_values(parallel, WideCell{sign}, pairs, row_idx, n, words);
}

void SparseHistogram::count(const Parallel& parallel, const std::int32_t* reps,
                            const std::uint32_t* row_idx, std::int64_t n, std::int64_t* counts) {
  std::vector<std::int32_t> ones;
  if (reps == nullptr) ones.assign(static_cast<std::size_t>(x_.n_rows), 1);
  add_values(parallel, CountCell{}, reps == nullptr ? ones.data() : reps, row_idx, n, counts);
}

GradientSum complete_zero_cell(const BinnedMatrix& x, std::int32_t feature, CellWidth width,
                               GradientSum node, std::int64_t* words) {
  const auto f = static_cast<std::size_t>(feature);
  const std::int64_t first = x.cell_offset[f], n_cells = x.cell_offset[f + 1] - first;
  const std::int64_t zero = x.sparse->zero_code[f];
  if (width == CellWidth::kNarrow) {
    const std::int64_t whole = node.grad * (std::int64_t{1} << 32) + node.hess;
    std::int64_t& word = words[first + zero];
    word = rest(words + first, n_cells, 1, zero, whole);
    return node - GradientSum{word >> 32, word & 0xffffffff};
  }
  std::int64_t* cells = words + 2 * first;
  cells[2 * zero] = rest(cells, n_cells, 2, zero, node.grad);
  cells[2 * zero + 1] = rest(cells + 1, n_cells, 2, zero, node.hess);
  return node - GradientSum{cells[2 * zero], cells[2 * zero + 1]};
}

std::int64_t complete_zero_count(const BinnedMatrix& x, std::int32_t feature,
                                 std::int64_t node_count, std::int64_t* counts) {
  const auto f = static_cast<std::size_t>(feature);
  const std::int64_t first = x.cell_offset[f], n_cells = x.cell_offset[f + 1] - first;
  const std::int64_t zero = x.sparse->zero_code[f];
  counts[first + zero] = rest(counts + first, n_cells, 1, zero, node_count);
  return node_count - counts[first + zero];
}

}  // namespace gbengine

// SparseHistogram: a node's histogram from sparse codes, where only the kept cells are added.
//
// The cell of a feature's zero code is what is left of the node's sum: exact, since sums are
// integers, so the histogram is that of the dense codes, bit for bit. Many rows are summed column
// by column (a column's cells stay in the cache), few row by row. Called by HistogramBuilder.
// Example:
//   SparseHistogram histogram(x);
//   histogram.add(parallel, CellWidth::kNarrow, pairs, row_idx, n, +1, words);   // kept cells
//   complete_zero_cell(x, f, CellWidth::kNarrow, node_sum, words);               // and the others
#pragma once

#include <cstdint>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/base/parallel.hpp"
#include "gbengine/data/binned_matrix.hpp"
#include "gbengine/kernel/gradient_pair.hpp"

namespace gbengine {

class SparseHistogram {
 public:
  explicit SparseHistogram(const BinnedMatrix& x) : x_(x) {}

  /// Adds the pairs of n rows (row_idx, or all rows if nullptr) to their kept cells, or takes them
  /// away (sign -1). The zero cells are left as they are.
  void add(const Parallel& parallel, CellWidth width, const GradientPair* pairs,
           const std::uint32_t* row_idx, std::int64_t n, int sign, std::int64_t* words);

  /// Adds the repetitions (nullptr: 1 each) of n rows to their kept cells; one word a cell.
  void count(const Parallel& parallel, const std::int32_t* reps, const std::uint32_t* row_idx,
             std::int64_t n, std::int64_t* counts);

 private:
  template <typename Cell, typename Value>
  void add_values(const Parallel& parallel, Cell cell, const Value* of_row,
                  const std::uint32_t* row_idx, std::int64_t n, std::int64_t* words);
  template <typename Value>
  const Value* only_rows(const Value* of_row, const std::uint32_t* row_idx, std::int64_t n);

  const BinnedMatrix& x_;
  AlignedBuffer<std::uint64_t> masked_;  // a value a row: 0 for rows that are not the node's
};

/// Sets the cell of a feature's zero code to what the other cells leave of the node's sum; returns
/// what the other cells have.
GradientSum complete_zero_cell(const BinnedMatrix& x, std::int32_t feature, CellWidth width,
                               GradientSum node, std::int64_t* words);

/// The same for counts.
std::int64_t complete_zero_count(const BinnedMatrix& x, std::int32_t feature,
                                 std::int64_t node_count, std::int64_t* counts);

}  // namespace gbengine

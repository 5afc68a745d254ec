// HistogramBuilder: fills a node's histogram from its rows, on as many threads as pay.
//
// Rows are cut into pieces with a private histogram each when there are fewer feature blocks than
// threads; cells are integers, so joining the pieces gives the same bits in any order. Of dense
// codes; sparse ones have sparse_histogram.hpp. Example:
//   HistogramBuilder builder(x, CellWidth::kNarrow);
//   builder.build(parallel, pairs, rows, first_row, n, words);
#pragma once

#include <cstdint>

#include "gbengine/base/parallel.hpp"
#include "gbengine/data/binned_matrix.hpp"
#include "gbengine/kernel/gradient_pair.hpp"
#include "gbengine/learn/histogram_pieces.hpp"

namespace gbengine {

class HistogramBuilder {
 public:
  HistogramBuilder(const BinnedMatrix& x, CellWidth width) : x_(x), width_(width) {}

  std::int64_t n_words() const { return std::int64_t{x_.n_cells()} * static_cast<int>(width_); }

  /// Sums of the pairs of n rows (row_idx, or all rows if nullptr) in every cell.
  void build(const Parallel& parallel, const GradientPair* pairs, const std::uint32_t* row_idx,
             std::int64_t n, std::int64_t* words);

  /// Rows (or repetitions) in the cells of one feature; one word a cell.
  void count_feature(std::int32_t feature, const std::int32_t* reps, const std::uint32_t* row_idx,
                     std::int64_t n, std::int64_t* counts) const;

 private:
  const BinnedMatrix& x_;
  CellWidth width_;
  HistogramPieces pieces_;
};

}  // namespace gbengine

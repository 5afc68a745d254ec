// VectorHistogram: a node's sums by bin of several integers a row, on as many threads as pay.
//
// What histogram_builder.hpp is for gradient pairs; of dense codes only. A cell has `stride` sums,
// int32 where all sums over rows fit (kNarrow), else int64. Called by vector_sums.cpp. Example:
//   VectorHistogram histogram(x, CellWidth::kNarrow, /*stride=*/4);
//   histogram.build(parallel, values, rows, words);
#pragma once

#include <cstdint>

#include "gbengine/base/parallel.hpp"
#include "gbengine/data/binned_matrix.hpp"
#include "gbengine/kernel/gradient_pair.hpp"
#include "gbengine/learn/histogram_pieces.hpp"
#include "gbengine/learn/tree_sums.hpp"

namespace gbengine {

class VectorHistogram {
 public:
  /// x, which has dense codes, must outlive this object.
  VectorHistogram(const BinnedMatrix& x, CellWidth width, std::int32_t stride);

  /// 64-bit words; the padding makes them whole.
  static std::int64_t words_a_cell(CellWidth width, std::int32_t stride) {
    return stride * n_bytes_of(width) / 8;
  }
  std::int64_t n_words() const { return x_.n_cells() * words_a_cell(width_, stride_); }

  /// @param values by row of x, `stride` of them
  void build(const Parallel& parallel, const std::int32_t* values, RowList rows,
             std::int64_t* words);

  void subtract(std::int64_t* words, const std::int64_t* child) const;

  /// The first cell of a feature.
  const void* cells(const std::int64_t* words, std::int32_t feature) const {
    return reinterpret_cast<const char*>(words) +
           std::int64_t{x_.cell_offset[static_cast<std::size_t>(feature)]} * stride_ * n_bytes_;
  }

 private:
  static std::int64_t n_bytes_of(CellWidth width) { return width == CellWidth::kNarrow ? 4 : 8; }
  std::int64_t n_sums() const { return std::int64_t{x_.n_cells()} * stride_; }
  void add(std::int64_t* words, const std::int64_t* piece) const;

  const BinnedMatrix& x_;
  CellWidth width_;
  std::int32_t stride_;
  std::int64_t n_bytes_;  // of a sum
  HistogramPieces pieces_;
};

}  // namespace gbengine

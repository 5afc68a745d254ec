// MatrixView: a table of float32 or float64 that somebody else owns, read in place.
//
// Strides are in elements, so C order, Fortran order, slices and reversed axes are all read
// without a copy. Example:
//   MatrixView x = MatrixView::of(pointer, n_rows, n_cols, /*row_stride=*/n_cols,
//   /*col_stride=*/1); double value = x.get(row, col);
#pragma once

#include <cstdint>

namespace gbengine {

enum class DType : std::uint8_t { kFloat32, kFloat64 };

struct MatrixView {
  const void* data = nullptr;
  DType dtype = DType::kFloat64;
  std::int64_t n_rows = 0;
  std::int32_t n_cols = 0;
  std::int64_t row_stride = 0;
  std::int64_t col_stride = 0;

  static MatrixView of(const float* data, std::int64_t n_rows, std::int32_t n_cols,
                       std::int64_t row_stride, std::int64_t col_stride) {
    return {data, DType::kFloat32, n_rows, n_cols, row_stride, col_stride};
  }
  static MatrixView of(const double* data, std::int64_t n_rows, std::int32_t n_cols,
                       std::int64_t row_stride, std::int64_t col_stride) {
    return {data, DType::kFloat64, n_rows, n_cols, row_stride, col_stride};
  }

  /// First element of a column; T must be the type that dtype names.
  template <typename T>
  const T* column(std::int32_t col) const {
    return static_cast<const T*>(data) + col * col_stride;
  }

  /// First element of a row; T must be the type that dtype names.
  template <typename T>
  const T* row(std::int64_t row) const {
    return static_cast<const T*>(data) + row * row_stride;
  }

  /// The rows [begin, end).
  MatrixView rows(std::int64_t begin, std::int64_t end) const {
    MatrixView part(*this);
    part.data = dtype == DType::kFloat32 ? static_cast<const void*>(row<float>(begin))
                                         : static_cast<const void*>(row<double>(begin));
    part.n_rows = end - begin;
    return part;
  }

  double get(std::int64_t row, std::int32_t col) const {
    const std::int64_t at = row * row_stride + col * col_stride;
    return dtype == DType::kFloat32 ? static_cast<double>(static_cast<const float*>(data)[at])
                                    : static_cast<const double*>(data)[at];
  }
};

}  // namespace gbengine

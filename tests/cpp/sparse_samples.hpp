// Small random sparse tables, with all that a cell can be, and their dense twins.
#pragma once

#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "gbengine/base/matrix_view.hpp"
#include "gbengine/base/sparse_view.hpp"

namespace gbengine {

template <typename Value>
struct SparseSample {
  std::int64_t n_rows;
  std::int32_t n_cols;
  std::vector<std::int64_t> row_begin{0};
  std::vector<std::int32_t> column;
  std::vector<Value> value;
  std::vector<Value> cells;  // row-major

  static constexpr DType kType = sizeof(Value) == 4 ? DType::kFloat32 : DType::kFloat64;

  SparseView sparse() const {
    return {row_begin.data(), column.data(), value.data(), kType, n_rows, n_cols};
  }
  MatrixView dense() const { return MatrixView::of(cells.data(), n_rows, n_cols, n_cols, 1); }
};

/// Even columns hold a few whole numbers, odd ones any; some cells are NaN, some a stored 0.
template <typename Value>
SparseSample<Value> sparse_sample(std::int64_t n_rows, std::int32_t n_cols, double density,
                                  unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform;
  std::normal_distribution<double> normal;
  SparseSample<Value> x{n_rows, n_cols, {0}, {}, {}, {}};
  x.cells.assign(static_cast<std::size_t>(n_rows * n_cols), Value{0});
  for (std::int64_t i = 0; i < n_rows; ++i) {
    for (std::int32_t f = 0; f < n_cols; ++f) {
      if (uniform(random) >= density) continue;
      const double kind = uniform(random);
      double value = f % 2 == 0 ? static_cast<double>(random() % 5) - 2 : normal(random);
      if (kind < 0.05) value = std::numeric_limits<double>::quiet_NaN();
      if (kind > 0.95) value = kind > 0.97 ? 0.0 : -0.0;
      x.column.push_back(f);
      x.value.push_back(static_cast<Value>(value));
      x.cells[static_cast<std::size_t>(i * n_cols + f)] = static_cast<Value>(value);
    }
    x.row_begin.push_back(static_cast<std::int64_t>(x.column.size()));
  }
  return x;
}

}  // namespace gbengine

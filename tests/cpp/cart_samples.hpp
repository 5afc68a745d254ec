// Small tables, targets and settings for the tests of single decisions: trees and forests.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <string_view>
#include <vector>

#include "gbengine/criterion/registry.hpp"
#include "gbengine/data/coded_table.hpp"
#include "gbengine/learn/cart_config.hpp"

namespace gbengine::test {

inline constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// A table by rows, row-major, whose views stay valid as long as it does.
struct SampleTable {
  std::int64_t n_rows;
  std::int32_t n_cols;
  std::vector<double> x;

  double at(std::int64_t row, std::int32_t col) const {
    return x[static_cast<std::size_t>(row * n_cols + col)];
  }
  MatrixView view() const { return MatrixView::of(x.data(), n_rows, n_cols, n_cols, 1); }
  CodedTable coded(int max_bins = 0) const { return {Parallel(1), view(), nullptr, max_bins}; }

  /// The rows that are named, in that order; repeats allowed.
  SampleTable rows(const std::vector<std::uint32_t>& which) const {
    SampleTable out{static_cast<std::int64_t>(which.size()), n_cols, {}};
    for (const std::uint32_t row : which)
      for (std::int32_t f = 0; f < n_cols; ++f) out.x.push_back(at(row, f));
    return out;
  }
};

/// Column 0 has many values, column 1 few, column 2 few and some missing, column 3 many and some
/// missing, column 4 is constant but for missing values, and so on again.
inline SampleTable sample_table(std::int64_t n_rows, std::int32_t n_cols, unsigned seed) {
  std::mt19937 random(seed);
  SampleTable table{n_rows, n_cols, {}};
  for (std::int64_t i = 0; i < n_rows; ++i)
    for (std::int32_t f = 0; f < n_cols; ++f) {
      const int kind = f % 5;
      const bool is_missing = kind >= 2 && random() % 5 == 0;
      const auto few = static_cast<double>(random() % 6);
      const double many = static_cast<double>(random() % 100'000) / 64 - 700;
      const double value = kind == 4 ? 3.0 : kind == 1 || kind == 2 ? few : many;
      table.x.push_back(is_missing ? kMissing : value);
    }
  return table;
}

/// Targets that hang on the first columns; multiples of 1/8 from 0 on, or class codes.
inline std::vector<double> sample_targets(const SampleTable& table,
                                          const std::vector<std::int32_t>& n_classes,
                                          std::int32_t n_outputs, unsigned seed) {
  std::mt19937 random(seed + 77);
  std::vector<double> y;
  for (std::int64_t i = 0; i < table.n_rows; ++i)
    for (std::int32_t k = 0; k < n_outputs; ++k) {
      const double x = table.at(i, k % table.n_cols);
      const auto noise = static_cast<std::int64_t>(random() % 24);
      const std::int64_t signal =
          (std::isnan(x) ? 9 : static_cast<std::int64_t>(std::abs(x)) % 40) + noise;
      y.push_back(n_classes.empty()
                      ? static_cast<double>(std::max<std::int64_t>(signal - 8, 0)) / 8
                      : static_cast<double>(signal / 12 % n_classes[static_cast<std::size_t>(k)]));
    }
  return y;
}

enum class Weights { kNone, kWhole, kFractional };

inline std::vector<double> sample_weights(std::int64_t n_rows, Weights kind, unsigned seed) {
  std::mt19937 random(seed + 5);
  std::vector<double> weight;
  for (std::int64_t i = 0; kind != Weights::kNone && i < n_rows; ++i)
    weight.push_back(kind == Weights::kWhole ? 1 + random() % 4
                                             : 0.25 + static_cast<double>(random() % 1000) / 700);
  return weight;
}

inline const double* pointer(const std::vector<double>& values) {
  return values.empty() ? nullptr : values.data();
}

inline std::vector<std::uint32_t> all_rows(std::int64_t n) {
  std::vector<std::uint32_t> rows(static_cast<std::size_t>(n));
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

inline bool is_class_criterion(std::string_view name) {
  return find_criterion(name).task == "classification";
}

/// No limits, all columns, everything noted down.
inline CartConfig free_growth(std::int32_t n_features) {
  CartConfig config{};
  config.min_samples_split = 2;
  config.min_samples_leaf = 1;
  config.max_features = n_features;
  config.keep_statistics = true;
  config.seed = 1;
  return config;
}

}  // namespace gbengine::test

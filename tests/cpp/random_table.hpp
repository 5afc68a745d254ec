// A small random training table in binned form, for the tests of kernels and growers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "gbengine/data/binned_matrix.hpp"
#include "gbengine/kernel/gradient_pair.hpp"

namespace gbengine {

/// Column f has n_bins[f] bins, and missing values if has_missing.
inline BinnedMatrix random_table(std::int64_t n_rows, const std::vector<int>& n_bins,
                                 bool has_missing, unsigned seed) {
  std::mt19937 random(seed);
  BinnedMatrix x;
  x.n_rows = n_rows;
  x.n_features = static_cast<std::int32_t>(n_bins.size());
  x.row_stride = (x.n_features + 3) / 4 * 4;
  x.column_stride = (n_rows + 63) / 64 * 64;
  x.row_codes = AlignedBuffer<std::uint8_t>(static_cast<std::size_t>(n_rows * x.row_stride + 64));
  x.column_codes =
      AlignedBuffer<std::uint8_t>(static_cast<std::size_t>(x.n_features * x.column_stride + 64));
  std::fill(x.row_codes.begin(), x.row_codes.end(), std::uint8_t{0});
  std::fill(x.column_codes.begin(), x.column_codes.end(), std::uint8_t{0});
  x.cell_offset = {0};
  for (std::int32_t f = 0; f < x.n_features; ++f) {
    BinMapper mapper;
    for (int b = 0; b + 1 < n_bins[static_cast<std::size_t>(f)]; ++b)
      mapper.thresholds.push_back(b + 0.5);
    mapper.has_missing = has_missing;
    const int n_codes = mapper.n_bins() + (has_missing ? 1 : 0);
    for (std::int64_t i = 0; i < n_rows; ++i) {
      const auto code = static_cast<std::uint8_t>(random() % static_cast<unsigned>(n_codes));
      x.row_codes[static_cast<std::size_t>(i * x.row_stride + f)] = code;
      x.column_codes[static_cast<std::size_t>(f * x.column_stride + i)] = code;
    }
    x.cell_offset.push_back(x.cell_offset.back() + mapper.n_cells());
    x.mappers.push_back(std::move(mapper));
  }
  return x;
}

/// The table with every second column, from the first on, one of categories: as many as bins, or
/// more, which share the last one.
inline BinnedMatrix with_categories(BinnedMatrix x) {
  for (std::size_t f = 0; f < x.mappers.size(); f += 2) {
    BinMapper& mapper = x.mappers[f];
    for (int b = 0; b + 1 < mapper.n_bins(); ++b)
      mapper.thresholds[static_cast<std::size_t>(b)] = b;
    mapper.n_categories = mapper.n_bins() + (f % 4 == 0 ? 0 : 40);
  }
  return x;
}

inline std::vector<GradientPair> random_pairs(std::int64_t n_rows, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<GradientPair> pairs(static_cast<std::size_t>(n_rows));
  for (auto& pair : pairs)
    pair = {static_cast<std::int32_t>(random() % 1000),
            static_cast<std::int32_t>(random() % 2001) - 1000};
  return pairs;
}

}  // namespace gbengine

// Tables of which some columns are categories.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "cart_samples.hpp"

namespace gbengine::test {

/// Categories of a column of such a table, 0 for numbers: columns 1, 4, 7, … have some.
inline std::vector<std::int32_t> sample_n_categories(std::int32_t n_cols) {
  std::vector<std::int32_t> n_categories(static_cast<std::size_t>(n_cols), 0);
  const std::vector<std::int32_t> sizes{5, 12, 300, 1};
  for (std::size_t f = 1, k = 0; f < n_categories.size(); f += 3, ++k)
    n_categories[f] = sizes[k % sizes.size()];
  return n_categories;
}

/// Numbers as in sample_table; every other column of categories has some missing.
inline SampleTable sample_table_with_categories(std::int64_t n_rows, std::int32_t n_cols,
                                                unsigned seed) {
  std::mt19937 random(seed + 100);
  SampleTable table = sample_table(n_rows, n_cols, seed);
  const std::vector<std::int32_t> n_categories = sample_n_categories(n_cols);
  for (std::int64_t i = 0; i < n_rows; ++i)
    for (std::int32_t f = 0; f < n_cols; ++f) {
      const auto n = static_cast<unsigned>(n_categories[static_cast<std::size_t>(f)]);
      if (n == 0) continue;
      // Squared, so that the first ones are frequent.
      const double share = static_cast<double>(random() % 1000) / 1000;
      const bool is_missing = f % 2 == 1 && random() % 6 == 0;
      table.x[static_cast<std::size_t>(i * n_cols + f)] =
          is_missing ? kMissing : std::floor(share * share * n);
    }
  return table;
}

inline CodedTable coded_with_categories(const SampleTable& table, int max_bins) {
  return {Parallel(1), table.view(), nullptr, max_bins, sample_n_categories(table.n_cols)};
}

}  // namespace gbengine::test

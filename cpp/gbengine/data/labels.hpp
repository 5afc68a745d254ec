// Labels: what a row is to be predicted as, and how much the row counts.
//
// Rows of weight 0 have been dropped before a Labels is made. Example:
//   Labels labels{y, /*weight=*/nullptr, n_rows};
#pragma once

#include <cstdint>

namespace gbengine {

struct Labels {
  const double* y = nullptr;       // n_rows; class codes 0 … K-1 for classification
  const double* weight = nullptr;  // n_rows, all > 0 and finite; nullptr: every row counts once
  std::int64_t n_rows = 0;

  double weight_of(std::int64_t row) const { return weight == nullptr ? 1.0 : weight[row]; }
};

}  // namespace gbengine

// Labels: what a row is to be predicted as, how much the row counts, and where its score starts.
//
// Rows of weight 0 have been dropped before a Labels is made. Several targets stand one after the
// other, and so do the offsets of several outputs: element (k, i) is at k * n_rows + i. Example:
//   Labels labels{y, /*weight=*/nullptr, n_rows};
#pragma once

#include <cassert>
#include <cstdint>

namespace gbengine {

struct Labels {
  const double* y = nullptr;       // n_targets x n_rows; class codes 0 … K-1 for classification
  const double* weight = nullptr;  // n_rows, all > 0 and finite; nullptr: every row counts once
  std::int64_t n_rows = 0;
  const double* offset = nullptr;  // n_outputs x n_rows, added to raw scores; nullptr: all 0
  std::int32_t n_targets = 1;      // columns of y, each with one output; 1 for classification

  double weight_of(std::int64_t row) const { return weight == nullptr ? 1.0 : weight[row]; }
  double offset_of(std::int64_t row) const { return offset == nullptr ? 0.0 : offset[row]; }
};

/// One target of several, with the weights of all.
inline Labels target_of(const Labels& labels, std::int32_t target) {
  assert(target >= 0 && target < labels.n_targets);
  const std::int64_t first = target * labels.n_rows;
  return {labels.y + first, labels.weight, labels.n_rows,
          labels.offset == nullptr ? nullptr : labels.offset + first, 1};
}

}  // namespace gbengine

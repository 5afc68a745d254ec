// BinMapper: one column's thresholds, which turn a value into a small integer.
//
// A value x falls in bin b = number of thresholds below x, so "x <= thresholds[b]" is exactly
// "bin(x) <= b": training on bins and predicting on values agree. NaN has a bin of its own, the
// last one. Example:
//   BinMapper mapper{{0.5, 2.0}};      // bins: x <= 0.5, 0.5 < x <= 2, x > 2, missing
//   mapper.bin(1.0) == 1;  mapper.missing_bin() == 3
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace gbengine {

inline constexpr int kMaxBins = 255;  // without the missing bin

struct BinMapper {
  std::vector<double> thresholds;  // ascending, no NaN, at most kMaxBins - 1
  bool has_missing = false;        // the column had a NaN when the thresholds were found
  std::int32_t n_categories = 0;   // of a column of categories: its bins have no order

  bool is_categorical() const { return n_categories > 0; }
  int n_bins() const { return static_cast<int>(thresholds.size()) + 1; }
  int missing_bin() const { return n_bins(); }
  int n_cells() const { return n_bins() + 1; }

  std::uint8_t bin(double value) const {
    if (std::isnan(value)) return static_cast<std::uint8_t>(missing_bin());
    const auto at = std::lower_bound(thresholds.begin(), thresholds.end(), value);
    return static_cast<std::uint8_t>(at - thresholds.begin());
  }

  /// False for a column on which no split can separate two training rows.
  bool can_split() const { return n_bins() + (has_missing ? 1 : 0) >= 2; }
};

}  // namespace gbengine

// The threshold to compare float32 values with, in float32. Called by the engines' builders.
//
// For a float32 x, `x <= threshold` in double and `x <= float_threshold(threshold)` in float32 are
// the same statement. Example: float_threshold(0.1) is the largest float32 not above 0.1.
#pragma once

#include <cmath>
#include <limits>

namespace gbengine {

inline float float_threshold(double threshold) {
  const float nearest = static_cast<float>(threshold);
  if (static_cast<double>(nearest) <= threshold) return nearest;
  return std::nextafter(nearest, -std::numeric_limits<float>::infinity());
}

template <typename T>
T threshold_as(double threshold) {
  if constexpr (sizeof(T) == sizeof(float)) {
    return float_threshold(threshold);
  } else {
    return threshold;
  }
}

}  // namespace gbengine

// finite, finite_float: the nearest number that is not infinite.
//
// Losses and gradients of absurd labels or scores leave the range of double or float; sums and
// fixed-point scales need every value to be finite. Plain comparisons, so that loops vectorise.
// Example: finite_float(1e300) is the largest float.
#pragma once

#include <limits>

namespace gbengine {

inline double finite(double x) {
  constexpr double kLargest = std::numeric_limits<double>::max();
  x = x > kLargest ? kLargest : x;
  return x < -kLargest ? -kLargest : x;
}

inline float finite_float(double x) {
  constexpr double kLargest = std::numeric_limits<float>::max();
  x = x > kLargest ? kLargest : x;
  return static_cast<float>(x < -kLargest ? -kLargest : x);
}

}  // namespace gbengine

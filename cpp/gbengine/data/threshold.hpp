// The threshold between two neighbouring values of a column.
//
// Half way, so that new values fall on the side of the nearer old one. Example:
//   threshold_between(1.0, 2.0) == 1.5
#pragma once

namespace gbengine {

/// A double t with a <= t < b, for a < b (either may be infinite).
inline double threshold_between(double a, double b) {
  const double mid = a / 2 + b / 2;  // a + b may overflow
  // Not so between neighbouring doubles, between subnormals and below +inf.
  return mid >= a && mid < b ? mid : a;
}

}  // namespace gbengine

// Float gradients to fixed-point integers: the three passes that learn/fixed_point.cpp is made of.
//
// `pairs` is an array of FloatPair (objective/objective.hpp: hess, grad as float32) that the last
// pass overwrites with GradientPair. Example: see learn/fixed_point.cpp.
#pragma once

#include <cstdint>

namespace gbengine {

struct FixedPointArgs {
  void* pairs;  // n FloatPair; after quantise: n GradientPair
  std::int64_t n;
  const std::int32_t* reps;  // whole weights, or nullptr
  const double* weight;      // fractional weights, or nullptr; not both
  double grad_scale;         // powers of two
  double hess_scale;         // 0: magnitude_sums need not look at hess
};

struct MagnitudeSums {               // upper bounds of sum w |value| * scale
  std::int64_t grad_low, grad_high;  // the sum is high * 2^32 + low
  std::int64_t hess_low, hess_high;
};

struct FixedPointKernels {
  /// Largest |grad| and |hess|.
  void (*magnitude)(const void* pairs, std::int64_t n, float* grad, float* hess);
  /// Sums of w * ceil(|value| * scale), for |value| * scale <= 2^30.
  void (*magnitude_sums)(const FixedPointArgs& args, MagnitudeSums* sums);
  /// round(value * scale), times the weight; in place.
  void (*quantise)(const FixedPointArgs& args);
};

}  // namespace gbengine

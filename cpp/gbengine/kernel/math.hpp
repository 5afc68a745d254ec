// Element-wise exp, log and logistic with equal bits on every instruction set and every libm.
//
// Plain polynomials without branches or fused multiply-add, so that the compiler vectorises them
// and rounding does not depend on it. In and out may be the same array. Example:
//   kernels().math.exp(raw, out, n);
#pragma once

#include <cstdint>

namespace gbengine {

struct MathKernels {
  /// e^x within 2 ulp; x is clamped to [-708, 709], so the result is finite and positive.
  void (*exp)(const double* x, double* out, std::int64_t n);
  /// Natural logarithm within 2 ulp for normal x > 0 (others: unspecified, no trap).
  void (*log)(const double* x, double* out, std::int64_t n);
  /// 1 / (1 + e^-x).
  void (*logistic)(const double* x, double* out, std::int64_t n);
};

}  // namespace gbengine

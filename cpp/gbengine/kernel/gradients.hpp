// The derivatives of the logistic loss, the one loss whose arithmetic is worth a kernel of its own.
//
// Other losses combine the blocks of math.hpp; here that would spend as long on loads and stores as
// on the exponential. Example:
//   kernels().gradients.logistic(raw + begin, y + begin, &out[begin].hess, end - begin);
#pragma once

#include <cstdint>

namespace gbengine {

struct GradientKernels {
  /// With p = 1 / (1 + e^-raw) and y in {0, 1}: pairs[2 i] = p (1 - p), pairs[2 i + 1] = p - y.
  /// Both keep their relative precision where p is near 0 or 1.
  void (*logistic)(const double* raw, const double* y, float* pairs, std::int64_t n);
};

}  // namespace gbengine

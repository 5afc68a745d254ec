// The derivatives of the log losses, whose arithmetic is worth kernels of its own.
//
// Other losses combine the blocks of math.hpp; here that would spend as long on loads and stores as
// on the exponentials. A pair is (hess, grad), the second and first derivative. Example:
//   kernels().gradients.logistic(raw + begin, y + begin, pairs, end - begin);
#pragma once

#include <cstdint>

namespace gbengine {

/// Some rows of K raw scores each; row i is one of n rows from the pointers on.
struct SoftmaxArgs {
  const double* raw;    // score of class k in row i: raw[k * stride + i]
  const double* y;      // class codes
  float* pairs;         // out: hess at pairs[2 * (k * stride + i)], grad after it
  std::int64_t stride;  // rows between classes
  std::int64_t n_classes;
  std::int64_t n;  // at most kSoftmaxRows
};

inline constexpr std::int64_t kSoftmaxRows = 512;

struct GradientKernels {
  /// With p = 1 / (1 + e^-raw) and y in {0, 1}: pairs[2 i] = p (1 - p), pairs[2 i + 1] = p - y.
  /// Both keep their relative precision where p is near 0 or 1.
  void (*logistic)(const double* raw, const double* y, float* pairs, std::int64_t n);

  /// With p_k = e^raw_k / sum_j e^raw_j: hess = p_k (1 - p_k), grad = p_k - (y == k).
  void (*softmax)(const SoftmaxArgs& args);
};

}  // namespace gbengine

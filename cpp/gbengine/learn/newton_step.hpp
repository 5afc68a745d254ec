// newton_step: the raw-score step of a node, before shrinkage.
//
// Example: newton_step(grad_sum, hess_sum, config)   // real sums
#pragma once

#include <algorithm>
#include <cmath>

#include "gbengine/learn/grower_config.hpp"

namespace gbengine {

/// Zero where there is neither hessian nor a penalty.
inline double newton_step(double grad, double hess, const GrowerConfig& config) {
  const double h = hess + config.l2_regularization;
  if (h <= 0) return 0.0;
  double step = std::max(std::abs(grad) - config.l1_regularization, 0.0) / h;
  if (config.max_delta_step > 0) step = std::min(step, config.max_delta_step);
  return grad > 0 ? -step : step;
}

}  // namespace gbengine

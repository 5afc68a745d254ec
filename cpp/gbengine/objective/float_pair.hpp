// float_pair: derivatives computed in double, as the trainer keeps them.
//
// Too large ones become the largest float, so that scales and sums stay finite. Used by the
// gradients of every objective. Example: out[i] = float_pair(raw[i] - y[i], 1.0);
#pragma once

#include "gbengine/base/finite.hpp"
#include "gbengine/objective/objective.hpp"

namespace gbengine {

inline FloatPair float_pair(double grad, double hess) {
  return {.hess = finite_float(hess), .grad = finite_float(grad)};
}

}  // namespace gbengine

// Logarithms with the same bits on every machine, one at a time (kernel/math.hpp has the blocks).
#pragma once

#include "gbengine/kernel/kernels.hpp"

namespace gbengine {

/// x is positive and normal.
inline double log_of(double x) {
  double out;
  kernels().math.log(&x, &out, 1);
  return out;
}

inline double log2_of(double x) {
  return log_of(x) * 1.4426950408889634;  // 1 / ln 2
}

}  // namespace gbengine

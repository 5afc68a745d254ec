// The source of GradientKernels, compiled once for each instruction set.
//
// Everything is said in terms of e = exp(-|raw|) <= 1: likely = 1 / (1 + e) is the probability of
// the likelier class, unlikely = e likely that of the other, and hess = likely * unlikely. No 1 - p
// is ever formed, so nothing cancels. |grad| is the probability of the class that is not y.
//
// The result is rounded to float, so a shorter exponential than math.inl.hpp's will do: the Taylor
// series to degree 9 (remainder below 1e-11), in pairs instead of Horner's chain because one row's
// latency would be the bottleneck.
#pragma once

#include <cstdint>

#include "gbengine/kernel/gradients.hpp"
#include "gbengine/kernel/math.inl.hpp"

namespace gbengine::GBENGINE_ISA_NAMESPACE {
namespace {

/// e^x for x <= 0, within 1e-11 of its value; x is clamped to -708.
inline double short_exp(double x) {
  x = x < -708.0 ? -708.0 : x;
  constexpr double kMagic = 0x1.8p52;
  const double shifted = x * 1.4426950408889634 + kMagic;
  const double n = shifted - kMagic;
  const double r = (x - n * 0x1.62e42fee00000p-1) - n * 0x1.a39ef35793c76p-33;
  const double r2 = r * r;
  const double r4 = r2 * r2;
  const double p01 = 1.0 + r;
  const double p23 = 0.5 + r * (1.0 / 6.0);
  const double p45 = 1.0 / 24.0 + r * (1.0 / 120.0);
  const double p67 = 1.0 / 720.0 + r * (1.0 / 5040.0);
  const double p89 = 1.0 / 40320.0 + r * (1.0 / 362880.0);
  const double p = (p01 + r2 * p23) + r4 * ((p45 + r2 * p67) + r4 * p89);
  const auto power = static_cast<std::uint64_t>(bits_of(shifted)) << 52;  // n in the exponent field
  return double_of(bits_of(p) + static_cast<std::int64_t>(power));
}

void logistic_gradients(const double* __restrict raw, const double* __restrict y,
                        float* __restrict pairs, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    const double sign = 1.0 - 2.0 * y[i];        // the sign of the gradient
    const double towards_wrong = raw[i] * sign;  // the raw score of the class that is not y
    const double e = short_exp(-__builtin_fabs(raw[i]));
    const double likely = 1.0 / (1.0 + e);
    const double unlikely = e * likely;
    const double wrong = towards_wrong > 0.0 ? likely : unlikely;
    pairs[2 * i] = static_cast<float>(likely * unlikely);
    pairs[2 * i + 1] = static_cast<float>(sign * wrong);
  }
}

constexpr GradientKernels kGradientKernels{logistic_gradients};

}  // namespace
}  // namespace gbengine::GBENGINE_ISA_NAMESPACE

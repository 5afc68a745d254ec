// The source of GradientKernels, compiled once for each instruction set.
//
// Logistic: everything is said in terms of e = exp(-|raw|) <= 1: likely = 1 / (1 + e) is the
// probability of the likelier class, unlikely = e likely that of the other, and hess = likely *
// unlikely. No 1 - p is ever formed, so nothing cancels. |grad| is the probability of the class
// that is not y.
//
// Softmax: three passes over a block of rows that stays in the cache: the largest score, the sum of
// exp(score - largest), the pairs. The exponential is computed twice, cheaper than keeping it.
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

void softmax_pairs(const double* __restrict raw, const double* __restrict y,
                   const double* __restrict top, const double* __restrict scale, double code,
                   float* __restrict pairs, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    double p = short_exp(raw[i] - top[i]) * scale[i];
    p = p > 1.0 ? 1.0 : p;  // by rounding
    const double hit = y[i] == code ? 1.0 : 0.0;
    pairs[2 * i] = static_cast<float>(p * (1.0 - p));
    pairs[2 * i + 1] = static_cast<float>(p - hit);
  }
}

void softmax_gradients(const SoftmaxArgs& args) {
  const std::int64_t n = args.n;
  double top[kSoftmaxRows], scale[kSoftmaxRows];
  for (std::int64_t i = 0; i < n; ++i) top[i] = args.raw[i];
  for (std::int64_t k = 1; k < args.n_classes; ++k) {
    const double* raw = args.raw + k * args.stride;
    for (std::int64_t i = 0; i < n; ++i) top[i] = raw[i] > top[i] ? raw[i] : top[i];
  }
  for (std::int64_t i = 0; i < n; ++i) scale[i] = 0.0;
  for (std::int64_t k = 0; k < args.n_classes; ++k) {
    const double* raw = args.raw + k * args.stride;
    for (std::int64_t i = 0; i < n; ++i) scale[i] += short_exp(raw[i] - top[i]);
  }
  for (std::int64_t i = 0; i < n; ++i) scale[i] = 1.0 / scale[i];
  for (std::int64_t k = 0; k < args.n_classes; ++k) {
    const std::int64_t first = k * args.stride;
    softmax_pairs(args.raw + first, args.y, top, scale, static_cast<double>(k),
                  args.pairs + 2 * first, n);
  }
}

constexpr GradientKernels kGradientKernels{logistic_gradients, softmax_gradients};

}  // namespace
}  // namespace gbengine::GBENGINE_ISA_NAMESPACE

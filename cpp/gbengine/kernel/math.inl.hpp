// The source of MathKernels, compiled once for each instruction set.
//
// exp: x = n ln 2 + r with |r| <= ln 2 / 2 (Cody and Waite, two-part ln 2), Taylor series of e^r to
// degree 13 (remainder below 4e-18), 2^n added to the exponent field.
// log: x = 2^e m with m in [sqrt 1/2, sqrt 2), log m = 2 atanh(s), s = (m - 1) / (m + 1), |s| <
// 0.172, odd series to s^23 (remainder below 1e-19).
#pragma once

#include <cstdint>

#include "gbengine/kernel/math.hpp"

namespace gbengine::GBENGINE_ISA_NAMESPACE {
namespace {

inline std::int64_t bits_of(double x) {
  return __builtin_bit_cast(std::int64_t, x);
}
inline double double_of(std::int64_t bits) {
  return __builtin_bit_cast(double, bits);
}

inline double exp_one(double x) {
  x = x < -708.0 ? -708.0 : x;
  x = x > 709.0 ? 709.0 : x;
  constexpr double kMagic = 0x1.8p52;  // adding it rounds to an integer that sits in the low bits
  const double shifted = x * 1.4426950408889634 + kMagic;
  const double n = shifted - kMagic;
  const double r = (x - n * 0x1.62e42fee00000p-1) - n * 0x1.a39ef35793c76p-33;
  double p = 1.0 / 6227020800.0;
  p = p * r + 1.0 / 479001600.0;
  p = p * r + 1.0 / 39916800.0;
  p = p * r + 1.0 / 3628800.0;
  p = p * r + 1.0 / 362880.0;
  p = p * r + 1.0 / 40320.0;
  p = p * r + 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  // n <= 1023 keeps the exponent field valid for p in [0.7, 1.42]: x is clamped to that end.
  return double_of(bits_of(p) +
                   static_cast<std::int64_t>(static_cast<std::uint64_t>(bits_of(shifted)) << 52));
}

inline double log_one(double x) {
  constexpr std::int64_t kSqrtHalf = 0x3fe6a09e667f3bcd;  // bits of sqrt(1/2)
  // Exponent of the power of two that brings x into [sqrt 1/2, sqrt 2).
  const std::uint64_t moved = static_cast<std::uint64_t>(bits_of(x) - kSqrtHalf);
  const std::uint64_t biased = (moved + (std::uint64_t{1023} << 52)) >> 52;  // e + 1023 >= 0
  const double e =
      double_of(static_cast<std::int64_t>(biased | 0x4330000000000000)) - 0x1.0p52 - 1023.0;
  const double m = double_of(bits_of(x) - static_cast<std::int64_t>((biased - 1023) << 52));
  const double f = m - 1.0;
  const double s = f / (2.0 + f);
  const double z = s * s;
  double p = 1.0 / 23.0;
  p = p * z + 1.0 / 21.0;
  p = p * z + 1.0 / 19.0;
  p = p * z + 1.0 / 17.0;
  p = p * z + 1.0 / 15.0;
  p = p * z + 1.0 / 13.0;
  p = p * z + 1.0 / 11.0;
  p = p * z + 1.0 / 9.0;
  p = p * z + 1.0 / 7.0;
  p = p * z + 1.0 / 5.0;
  p = p * z + 1.0 / 3.0;
  // 2s + 2 s z p, with 2s written as f - s f to keep the last bits of f.
  const double log_m = f - s * (f - 2.0 * z * p);
  return e * 0x1.62e42fee00000p-1 + (e * 0x1.a39ef35793c76p-33 + log_m);
}

void exp_block(const double* x, double* out, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) out[i] = exp_one(x[i]);
}

void log_block(const double* x, double* out, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) out[i] = log_one(x[i]);
}

void logistic_block(const double* x, double* out, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) out[i] = 1.0 / (1.0 + exp_one(-x[i]));
}

constexpr MathKernels kMathKernels{exp_block, log_block, logistic_block};

}  // namespace
}  // namespace gbengine::GBENGINE_ISA_NAMESPACE

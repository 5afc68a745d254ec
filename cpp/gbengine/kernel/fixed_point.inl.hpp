// The source of FixedPointKernels, compiled once for each instruction set.
//
// Rounding adds and drops 1.5 * 2^52: the sum has no bits below 1, is rounded to nearest even, and
// holds the integer in its low bits. It vectorises everywhere, unlike a call of rint.
#pragma once

#include <cstdint>

#include "gbengine/kernel/fixed_point.hpp"

namespace gbengine::GBENGINE_ISA_NAMESPACE {
namespace {

inline std::uint64_t load_word(const void* pairs, std::int64_t i) {
  std::uint64_t word;
  __builtin_memcpy(&word, static_cast<const char*>(pairs) + i * 8, 8);
  return word;
}
inline float float_hess(std::uint64_t word) {
  return __builtin_bit_cast(float, static_cast<std::uint32_t>(word));
}
inline float float_grad(std::uint64_t word) {
  return __builtin_bit_cast(float, static_cast<std::uint32_t>(word >> 32));
}

inline std::int32_t round_to_int(double x) {
  return static_cast<std::int32_t>(
      static_cast<std::uint32_t>(__builtin_bit_cast(std::uint64_t, x + 0x1.8p52)));
}

inline std::int64_t ceil_to_int(double x) {  // 0 <= x <= 2^30
  const std::int32_t down = static_cast<std::int32_t>(x);
  return down + (static_cast<double>(down) < x ? 1 : 0);
}

void magnitude(const void* pairs, std::int64_t n, float* grad, float* hess) {
  // As integers: |float| orders like its bits, and integer maxima vectorise.
  std::uint32_t max_grad = 0, max_hess = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const std::uint64_t word = load_word(pairs, i) & 0x7fffffff7fffffff;
    const std::uint32_t h = static_cast<std::uint32_t>(word);
    const std::uint32_t g = static_cast<std::uint32_t>(word >> 32);
    max_hess = h > max_hess ? h : max_hess;
    max_grad = g > max_grad ? g : max_grad;
  }
  *grad = __builtin_bit_cast(float, max_grad);
  *hess = __builtin_bit_cast(float, max_hess);
}

template <typename Weigh>
inline void sum_magnitudes(const FixedPointArgs& args, MagnitudeSums* sums, Weigh weigh) {
  // Every term is below 2^61; halves are summed apart so that 2^32 rows cannot overflow.
  std::int64_t grad_low = 0, grad_high = 0, hess_low = 0, hess_high = 0;
  for (std::int64_t i = 0; i < args.n; ++i) {
    const std::uint64_t word = load_word(args.pairs, i) & 0x7fffffff7fffffff;
    const std::int64_t g = weigh(ceil_to_int(float_grad(word) * args.grad_scale), i);
    const std::int64_t h = weigh(ceil_to_int(float_hess(word) * args.hess_scale), i);
    grad_low += g & 0xffffffff;
    grad_high += g >> 32;
    hess_low += h & 0xffffffff;
    hess_high += h >> 32;
  }
  *sums = {grad_low, grad_high, hess_low, hess_high};
}

/// Of rows that count once: a piece has less than 2^32 terms of at most 2^30, so no halves.
template <bool kHess>
inline void sum_once(const FixedPointArgs& args, MagnitudeSums* sums) {
  std::int64_t grad = 0, hess = 0;
  for (std::int64_t i = 0; i < args.n; ++i) {
    const std::uint64_t word = load_word(args.pairs, i) & 0x7fffffff7fffffff;
    grad += ceil_to_int(float_grad(word) * args.grad_scale);
    if constexpr (kHess) hess += ceil_to_int(float_hess(word) * args.hess_scale);
  }
  *sums = {grad & 0xffffffff, grad >> 32, hess & 0xffffffff, hess >> 32};
}

void magnitude_sums(const FixedPointArgs& args, MagnitudeSums* sums) {
  if (args.reps != nullptr) {
    sum_magnitudes(args, sums, [&](std::int64_t q, std::int64_t i) { return q * args.reps[i]; });
  } else if (args.weight != nullptr) {
    // Weights are scaled by the caller to at most 2^30, so the product fits.
    sum_magnitudes(args, sums, [&](std::int64_t q, std::int64_t i) {
      const double product = static_cast<double>(q) * args.weight[i];
      const std::int64_t down = static_cast<std::int64_t>(product);
      return down + (static_cast<double>(down) < product ? 1 : 0);
    });
  } else {
    if (args.hess_scale == 0) return sum_once<false>(args, sums);
    sum_once<true>(args, sums);
  }
}

template <typename Weigh>
inline void quantise_with(FixedPointArgs args, Weigh weigh) {
  // Copies: a store to pairs could otherwise change args, for all the compiler knows.
  void* const pairs = args.pairs;
  const std::int64_t n = args.n;
  const double grad_scale = args.grad_scale, hess_scale = args.hess_scale;
  for (std::int64_t i = 0; i < n; ++i) {
    const std::uint64_t word = load_word(pairs, i);
    const std::int32_t g = weigh(round_to_int(float_grad(word) * grad_scale), i);
    const std::int32_t h = weigh(round_to_int(float_hess(word) * hess_scale), i);
    const std::uint64_t packed = (static_cast<std::uint64_t>(static_cast<std::uint32_t>(g)) << 32) |
                                 static_cast<std::uint32_t>(h);
    __builtin_memcpy(static_cast<char*>(pairs) + i * 8, &packed, 8);
  }
}

void quantise(const FixedPointArgs& args) {
  if (args.reps != nullptr) {
    quantise_with(args, [reps = args.reps](std::int32_t q, std::int64_t i) { return q * reps[i]; });
  } else if (args.weight != nullptr) {
    quantise_with(args, [weight = args.weight](std::int32_t q, std::int64_t i) {
      return round_to_int(static_cast<double>(q) * weight[i]);
    });
  } else {
    quantise_with(args, [](std::int32_t q, std::int64_t) { return q; });
  }
}

constexpr FixedPointKernels kFixedPointKernels{magnitude, magnitude_sums, quantise};

}  // namespace
}  // namespace gbengine::GBENGINE_ISA_NAMESPACE

// order_free_sum: a sum of doubles that is the same bits for every order, split and thread count.
//
// Values are scaled by one power of two taken from the largest magnitude, rounded to integers and
// added exactly in 128 bits; the error is below n * max * 2^-90. Every float sum that feeds a model
// goes through here. Example:
//   double total = order_free_sum(parallel, n_rows, [&](int64_t i) { return w[i] * y[i]; });
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "gbengine/base/parallel.hpp"

namespace gbengine {

__extension__ using Int128 = __int128;

inline constexpr std::int64_t kSumGrain = 1 << 14;

/// Sum of value(0) … value(n - 1), which must be finite; value is called twice per index and must
/// be a pure function. 0 when n = 0. inf when the sum leaves the range of double.
template <typename Value>
double order_free_sum(const Parallel& parallel, std::int64_t n, Value&& value) {
  const std::int64_t n_pieces = (n + kSumGrain - 1) / kSumGrain;
  std::vector<double> piece_max(static_cast<std::size_t>(n_pieces), 0.0);
  parallel.for_rows(n, kSumGrain, [&](std::int64_t begin, std::int64_t end, int) {
    double largest = 0.0;
    for (std::int64_t i = begin; i < end; ++i) largest = std::max(largest, std::abs(value(i)));
    piece_max[static_cast<std::size_t>(begin / kSumGrain)] = largest;
  });
  double largest = 0.0;
  for (double m : piece_max) largest = std::max(largest, m);
  if (largest == 0.0) return 0.0;

  // |value| * 2^shift < 2^90, so 2^37 rows fit in 128 bits. Two steps of scaling: 2^shift alone may
  // leave the range of double when the values are subnormal.
  const int shift = 90 - std::ilogb(largest) - 1;
  const int half = shift / 2;
  const double scale_a = std::ldexp(1.0, half), scale_b = std::ldexp(1.0, shift - half);
  std::vector<Int128> piece_sum(static_cast<std::size_t>(n_pieces), 0);
  parallel.for_rows(n, kSumGrain, [&](std::int64_t begin, std::int64_t end, int) {
    Int128 sum = 0;
    for (std::int64_t i = begin; i < end; ++i)
      sum += static_cast<Int128>(value(i) * scale_a * scale_b);
    piece_sum[static_cast<std::size_t>(begin / kSumGrain)] = sum;
  });
  Int128 sum = 0;
  for (Int128 s : piece_sum) sum += s;
  return std::ldexp(static_cast<double>(sum), -shift);
}

}  // namespace gbengine

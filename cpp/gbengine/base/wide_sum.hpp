// WideSum: an exact sum of products of two 62-bit integers, over any number of rows.
//
// Such products fill 124 bits, so their sum over many rows may not fit in 128. Used by
// weighted_mean and by statistics of categories. Example:
//   WideSum sum;
//   sum.add(static_cast<Int128>(scale(y[i])) * weights[i]);   // base/integer_scale.hpp
//   double total = std::ldexp(sum.to_double(), -scale.shift() - weights.shift());
#pragma once

#include <cmath>
#include <cstdint>

#include "gbengine/base/integer_scale.hpp"

namespace gbengine {

/// An integer of 192 bits: high * 2^64 + low.
struct WideSum {
  Int128 high = 0;
  Int128 low = 0;  // >= 0, not yet carried: room for 2^63 additions

  void add(Int128 x) {
    high += x >> 64;
    low += static_cast<Int128>(static_cast<std::uint64_t>(x));
  }

  void add(const WideSum& other) {
    high += other.high;
    low += other.low;
  }

  /// Correctly rounded, so that the result does not depend on how the factors were scaled.
  double to_double() const {
    const Int128 carried = high + (low >> 64);
    const auto rest = static_cast<std::uint64_t>(low);
    if (carried == static_cast<std::int64_t>(carried))
      return static_cast<double>(carried * (Int128{1} << 64) + static_cast<Int128>(rest));
    // At least 64 bits are above `rest`: it only decides a tie, as the lowest bit does.
    return std::ldexp(static_cast<double>(carried | Int128{rest != 0}), 64);
  }
};

}  // namespace gbengine

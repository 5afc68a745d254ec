// value_bits: a number that is equal for cells that are equal, or both missing; for hashes.
//
// -0.0 is 0.0 here, and any NaN is any other. Example:
//   value_bits(-0.0) == value_bits(0.0) && value_bits(NAN) == value_bits(-NAN)
#pragma once

#include <bit>
#include <cstdint>

namespace gbengine {

inline std::uint64_t value_bits(double value) {
  if (value != value) return 1;  // that of the smallest subnormal number, too
  return value == 0.0 ? 0 : std::bit_cast<std::uint64_t>(value);
}

}  // namespace gbengine

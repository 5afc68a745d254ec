// Sort keys: a float as a signed integer of the same width and the same order.
//
// A float's bits are a sign and a magnitude; as a two's complement number they sort as the values
// do, and -0.0 meets 0.0 at key 0. Any NaN is the largest key, above that of +inf. Used by the
// cuts, which split a column by the leading bits of its keys. Example:
//   sort_key(-1.5f) < sort_key(0.0f);  sort_key(-0.0) == 0;  value_of_key(sort_key(x)) == x
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

namespace gbengine {

template <typename Value>
struct SortKeyTraits;

template <>
struct SortKeyTraits<float> {
  using Key = std::int32_t;
};

template <>
struct SortKeyTraits<double> {
  using Key = std::int64_t;
};

/// int32 for float, int64 for double.
template <typename Value>
using SortKey = typename SortKeyTraits<Value>::Key;

template <typename Key>
inline constexpr Key kMissingKey = std::numeric_limits<Key>::max();

/// What a doubling of a value adds to its key.
template <typename Key>
inline constexpr Key kKeyOctave = sizeof(Key) == 4 ? Key{1} << 23 : static_cast<Key>(1LL << 52);

template <typename Value>
inline SortKey<Value> sort_key(Value value) {
  using Key = SortKey<Value>;
  const Key bits = std::bit_cast<Key>(value);
  const Key magnitude = bits & std::numeric_limits<Key>::max();
  const Key key = bits < 0 ? -magnitude : magnitude;
  return value != value ? kMissingKey<Key> : key;
}

inline double value_of_key(std::int32_t key) {
  const std::int32_t magnitude = key < 0 ? -key : key;
  const float value = std::bit_cast<float>(magnitude);
  return static_cast<double>(key < 0 ? -value : value);
}

inline double value_of_key(std::int64_t key) {
  const std::int64_t magnitude = key < 0 ? -key : key;
  const double value = std::bit_cast<double>(magnitude);
  return key < 0 ? -value : value;
}

}  // namespace gbengine

// KeyGrid: cuts the range of a column's sort keys into equal, ordered buckets.
//
// Keys grow with the logarithm of the value, so equal slices of them give a bucket to every small
// relative step, for any scale of data. Only around zero would that be waste: between a column's
// largest magnitude and the smallest float lie a hundred octaves and more that hold no values. All
// keys more than kOctaves below the largest magnitude share one place. Example:
//   KeyGrid<int32_t> grid(smallest_key, largest_key, /*bits=*/16);
//   a <= b implies grid.bucket(a) <= grid.bucket(b) < grid.n_buckets()
#pragma once

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdint>
#include <type_traits>

#include "gbengine/data/sort_key.hpp"

namespace gbengine {

template <typename Key>
class KeyGrid {
  using Place = std::make_unsigned_t<Key>;

 public:
  /// For keys in [smallest, largest], neither missing; makes at most 2^bits buckets, and at least
  /// two used ones if smallest < largest.
  KeyGrid(Key smallest, Key largest, int bits) {
    assert(smallest <= largest && largest < kMissingKey<Key>);
    dead_ = std::max<Key>(std::max<Key>(largest, -smallest) - kOctaves * kKeyOctave<Key>, 0);
    origin_ = squeeze(smallest);
    const Place last_place = squeeze(largest) - origin_;
    shift_ = std::max(0, static_cast<int>(std::bit_width(last_place)) - bits);
    n_buckets_ = static_cast<std::uint32_t>(last_place >> shift_) + 1;
  }

  std::uint32_t n_buckets() const { return n_buckets_; }

  /// The key's bucket; n_buckets() for a missing key.
  std::uint32_t bucket(Key key) const {
    const auto at = static_cast<std::uint32_t>((squeeze(key) - origin_) >> shift_);
    return key == kMissingKey<Key> ? n_buckets_ : at;
  }

 private:
  static constexpr Key kOctaves = 30;

  // Without comparisons of signs: in a column of mixed signs a branch would go wrong half the time.
  Place squeeze(Key key) const {
    const Key sign = key >> (8 * sizeof(Key) - 1);  // all ones for a negative key, else 0
    const Key beyond = ((key ^ sign) - sign) - dead_;
    const Key kept = beyond & ~(beyond >> (8 * sizeof(Key) - 1));
    return static_cast<Place>((kept ^ sign) - sign);
  }

  Key dead_;  // keys in [-dead, dead] fall together
  Place origin_;
  int shift_;
  std::uint32_t n_buckets_;
};

}  // namespace gbengine

// DistinctKeys: the set of values of a column, given up as soon as there are too many.
//
// Most columns that are not continuous have few values; one pass over such a column finds them all
// and it need not be ordered. A continuous column is given up after a few hundred rows. Example:
//   DistinctKeys<int32_t> distinct(255);
//   if (distinct.insert_all(keys, n_rows)) thresholds = midpoints of distinct.sorted();
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "gbengine/data/bin_mapper.hpp"
#include "gbengine/data/sort_key.hpp"

namespace gbengine {

template <typename Key>
class DistinctKeys {
 public:
  explicit DistinctKeys(int max_size) : max_size_(max_size) { slots_.fill(kMissingKey<Key>); }

  /// False, and unusable, if there are more than max_size different keys; missing ones are noted
  /// but not counted.
  bool insert_all(const Key* keys, std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i) {
      if (keys[i] == kMissingKey<Key>) {
        has_missing_ = true;
        continue;
      }
      std::size_t slot = slot_of(keys[i]);
      while (slots_[slot] != keys[i]) {
        if (slots_[slot] == kMissingKey<Key>) {
          if (size_ == max_size_) return false;
          slots_[slot] = keys[i];
          ++size_;
          break;
        }
        slot = (slot + 1) % kSlots;
      }
    }
    return true;
  }

  bool has_missing() const { return has_missing_; }

  std::vector<Key> sorted() const {
    std::vector<Key> keys;
    for (Key key : slots_)
      if (key != kMissingKey<Key>) keys.push_back(key);
    std::sort(keys.begin(), keys.end());
    return keys;
  }

 private:
  static constexpr int kSlotBits = 10;
  static constexpr std::size_t kSlots = std::size_t{1} << kSlotBits;
  static_assert(kSlots >= 4 * kMaxBins, "open addressing wants room");

  /// The high bits of a product with 2^64 / golden ratio: small integers as floats differ in their
  /// high bits only, others in their low ones.
  static std::size_t slot_of(Key key) {
    const auto wide = static_cast<std::uint64_t>(static_cast<std::make_unsigned_t<Key>>(key));
    return static_cast<std::size_t>(((wide ^ (wide >> 32)) * 0x9e3779b97f4a7c15ULL) >>
                                    (64 - kSlotBits));
  }

  std::array<Key, kSlots> slots_;
  int max_size_;
  int size_ = 0;
  bool has_missing_ = false;
};

}  // namespace gbengine

// radix_sort: sorts items by an unsigned key, lowest digits first; equal keys keep their order.
//
// Passes whose digit is the same for all items are skipped, so short keys cost what they are worth.
// Example:
//   const Item* sorted = radix_sort(items, scratch, n, /*key_bits=*/17, [](Item i) { return
//   i.code; });
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace gbengine {

/// @param items, scratch  n items each; both are overwritten
/// @param key  of an item: an unsigned integer below 2^key_bits
/// @return the one of the two that holds the sorted items
template <int kDigitBits = 8, typename Item, typename Key>
Item* radix_sort(Item* items, Item* scratch, std::size_t n, int key_bits, Key&& key) {
  constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;
  constexpr std::uint64_t kMask = kDigits - 1;
  for (int shift = 0; shift < key_bits; shift += kDigitBits) {
    std::array<std::uint32_t, kDigits> place{};
    for (std::size_t i = 0; i < n; ++i) ++place[(std::uint64_t{key(items[i])} >> shift) & kMask];
    if (n > 0 && place[(std::uint64_t{key(items[0])} >> shift) & kMask] == n) continue;
    std::uint32_t begin = 0;
    for (std::uint32_t& p : place) begin += std::exchange(p, begin);
    for (std::size_t i = 0; i < n; ++i)
      scratch[place[(std::uint64_t{key(items[i])} >> shift) & kMask]++] = items[i];
    std::swap(items, scratch);
  }
  return items;
}

}  // namespace gbengine

// order_by_hash: items in the order of their hashes, which no order of the items themselves
// changes.
//
// Used where rows are drawn by what they hold and not by where they stand. Example:
//   auto order = order_by_hash(hash, [&](uint32_t a, uint32_t b) { return y[a] < y[b]; });
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gbengine/base/radix_sort.hpp"

namespace gbengine {

/// Item numbers by ascending hash. Of equal hashes the one that `is_before` another comes first,
/// then the lower number.
template <typename IsBefore>
std::vector<std::uint32_t> order_by_hash(const std::vector<std::uint64_t>& hash,
                                         IsBefore&& is_before) {
  struct Item {
    std::uint32_t leading;  // bits of the hash
    std::uint32_t number;
  };
  const std::size_t n = hash.size();
  std::vector<Item> items(n), scratch(n);
  for (std::size_t i = 0; i < n; ++i)
    items[i] = {static_cast<std::uint32_t>(hash[i] >> 32), static_cast<std::uint32_t>(i)};
  // Few items have the same leading bits if their hashes differ; only those are compared.
  Item* const sorted = radix_sort<11>(items.data(), scratch.data(), n, 32,
                                      [](const Item& item) { return item.leading; });
  for (std::size_t begin = 0, end = 0; begin < n; begin = end) {
    while (end < n && sorted[end].leading == sorted[begin].leading) ++end;
    if (end - begin < 2) continue;
    std::sort(sorted + begin, sorted + end, [&](const Item& a, const Item& b) {
      if (hash[a.number] != hash[b.number]) return hash[a.number] < hash[b.number];
      if (is_before(a.number, b.number)) return true;
      return !is_before(b.number, a.number) && a.number < b.number;
    });
  }
  std::vector<std::uint32_t> order(n);
  for (std::size_t i = 0; i < n; ++i) order[i] = sorted[i].number;
  return order;
}

}  // namespace gbengine

// order_by_hash: items in the order of their hashes, which no order of the items themselves
// changes.
//
// Used where rows are drawn by what they hold and not by where they stand. Example:
//   auto order = order_by_hash(hash, [&](uint32_t a, uint32_t b) { return y[a] < y[b]; });
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace gbengine {

/// Item numbers by ascending hash. Of equal hashes the one that `is_before` another comes first,
/// then the lower number.
template <typename IsBefore>
std::vector<std::uint32_t> order_by_hash(const std::vector<std::uint64_t>& hash,
                                         IsBefore&& is_before) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> keyed(hash.size());
  for (std::size_t i = 0; i < hash.size(); ++i) keyed[i] = {hash[i], static_cast<std::uint32_t>(i)};
  std::sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first < b.first;
    if (is_before(a.second, b.second)) return true;
    return !is_before(b.second, a.second) && a.second < b.second;
  });
  std::vector<std::uint32_t> order(hash.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = keyed[i].second;
  return order;
}

}  // namespace gbengine

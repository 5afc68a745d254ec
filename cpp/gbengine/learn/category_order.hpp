// Sorts the groups of categories by their keys, as far as a split search needs it.
//
// A histogram of 255 categories is scanned in less than a microsecond; std::sort of 255 keys takes
// five. Two things help: keys spread over as many buckets as there are keys hardly need sorting any
// more, and groups in the middle, which no allowed split parts, need no order at all. Called by
// category_split.cpp. Example:
//   sort_ends(groups, n, /*middle_begin=*/32, /*middle_end=*/n - 32);
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace gbengine {

inline constexpr int kMaxGroups = 255;

struct CategoryGroup {
  double key;         // no NaN
  std::int32_t code;  // distinct

  friend bool operator<(const CategoryGroup& a, const CategoryGroup& b) {
    return a.key < b.key || (a.key == b.key && a.code < b.code);
  }
};

namespace category_order {

inline constexpr int kFewGroups = 12;  // sorted by insertion
inline constexpr int kMaxDepth = 4;

inline void sort_few(CategoryGroup* groups, int n) {
  for (int i = 1; i < n; ++i) {
    const CategoryGroup moved = groups[i];
    int at = i;
    for (; at > 0 && moved < groups[at - 1]; --at) groups[at] = groups[at - 1];
    groups[at] = moved;
  }
}

/// Sorts groups by n buckets of equal width in key; bucket b then begins at begin[b], begin[n] = n.
/// False, and nothing done, if the keys have no width.
inline bool spread_over_buckets(CategoryGroup* groups, int n, std::uint8_t* begin) {
  double least[4], most[4];  // four chains of comparisons instead of a long one
  for (int lane = 0; lane < 4; ++lane) least[lane] = most[lane] = groups[0].key;
  for (int i = 0; i + 4 <= n; i += 4)
    for (int lane = 0; lane < 4; ++lane) {
      least[lane] = std::min(least[lane], groups[i + lane].key);
      most[lane] = std::max(most[lane], groups[i + lane].key);
    }
  for (int i = n / 4 * 4; i < n; ++i) {
    least[0] = std::min(least[0], groups[i].key);
    most[0] = std::max(most[0], groups[i].key);
  }
  const double low = std::min(std::min(least[0], least[1]), std::min(least[2], least[3]));
  const double high = std::max(std::max(most[0], most[1]), std::max(most[2], most[3]));
  const double scale = (n - 1) / (high - low);
  if (!(scale > 0 && scale <= std::numeric_limits<double>::max())) return false;
  std::uint8_t bucket[kMaxGroups];
  std::fill_n(begin, n + 1, std::uint8_t{0});
  for (int i = 0; i < n; ++i) {
    bucket[i] = static_cast<std::uint8_t>((groups[i].key - low) * scale);  // monotone in the key
    ++begin[bucket[i]];
  }
  std::uint8_t sum = 0;
  for (int b = 0; b <= n; ++b) begin[b] = sum = static_cast<std::uint8_t>(sum + begin[b]);
  CategoryGroup spread[kMaxGroups];
  for (int i = n; i-- > 0;) spread[--begin[bucket[i]]] = groups[i];
  std::copy_n(spread, n, groups);
  return true;
}

inline void sort_ends(CategoryGroup* groups, int n, int middle_begin, int middle_end, int depth) {
  std::uint8_t begin[kMaxGroups + 1];
  if (n <= kFewGroups) {
    sort_few(groups, n);
  } else if (depth == kMaxDepth || !spread_over_buckets(groups, n, begin)) {
    std::sort(groups, groups + n);
  } else {
    const auto sort_bucket = [&](int b) {
      const int first = begin[b], size = begin[b + 1] - first;
      if (size > 1 && !(first >= middle_begin && first + size <= middle_end))
        sort_ends(groups + first, size, middle_begin - first, middle_end - first, depth + 1);
    };
    int b = 0;
    for (; b < n && begin[b] < middle_begin; ++b) sort_bucket(b);
    for (int last = n - 1; last >= b && begin[last + 1] > middle_end; --last) sort_bucket(last);
  }
}

}  // namespace category_order

/// Afterwards every group outside [middle_begin, middle_end) is at its place; those inside are in
/// no order.
/// @param n at most kMaxGroups
inline void sort_ends(CategoryGroup* groups, int n, int middle_begin, int middle_end) {
  category_order::sort_ends(groups, n, middle_begin, middle_end, 0);
}

}  // namespace gbengine

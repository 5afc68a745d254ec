// OrderedColumn: a column's values in ascending order, sorted only where somebody looks closely.
//
// Rows are scattered into ordered buckets (KeyGrid). walk() shows them to a visitor from small to
// large. A bucket the visitor may skip is shown as a weight alone; others are split further, down
// to single values. To find 254 thresholds among a million values looks closely at a few per cent
// of them, so this costs about half of a radix sort, less for doubles and for weighted rows.
// Example:
//   struct Visitor {
//     bool may_skip(uint64_t weight);             // Is the weight of the next values enough?
//     void skip(uint64_t weight);                 // If so.
//     void value(double value, uint64_t weight);  // If not: each value, equal ones together.
//   };
//   OrderedColumn<KeyEntry<int32_t>> column(n_rows);
//   column.assign(keys, nullptr);
//   column.walk(visitor);
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/data/key_grid.hpp"
#include "gbengine/data/sort_key.hpp"

namespace gbengine {

/// A row of weight 1.
template <typename K>
struct KeyEntry {
  using Key = K;
  Key key;

  static KeyEntry of(Key key, const std::uint32_t*, std::size_t) { return {key}; }
  static std::uint64_t weight_of(const KeyEntry*, std::size_t n) { return n; }
};

/// A row with its weight.
template <typename K>
struct WeightedKeyEntry {
  using Key = K;
  Key key;
  std::uint32_t weight;

  static WeightedKeyEntry of(Key key, const std::uint32_t* weights, std::size_t row) {
    return {key, weights[row]};
  }
  static std::uint64_t weight_of(const WeightedKeyEntry* entries, std::size_t n) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += entries[i].weight;
    return sum;
  }
};

template <typename Entry>
class OrderedColumn {
 public:
  using Key = typename Entry::Key;

  /// Room for columns of n_rows < 2^32 rows.
  explicit OrderedColumn(std::int64_t n_rows) : entries_(static_cast<std::size_t>(n_rows)) {}

  /// Takes a column of n_rows keys and, for weighted entries, weights.
  void assign(const Key* keys, const std::uint32_t* weights) {
    const std::size_t n = entries_.size();
    const auto key_at = [=](std::size_t i) { return keys[i]; };
    const auto entry_at = [=](std::size_t i) { return Entry::of(keys[i], weights, i); };
    const auto [smallest, largest] = key_range(n, key_at);
    bucket_end_.clear();
    if (smallest > largest) return;  // nothing but missing values
    const int bits = std::clamp(static_cast<int>(std::bit_width(n)), 8, kTopBits);
    const KeyGrid<Key> grid(smallest, largest, bits);
    bucket_end_.resize(grid.n_buckets() + 1);
    scatter(grid, n, key_at, entry_at, bucket_end_.data(), entries_.data());
    bucket_end_.pop_back();  // the bucket of missing values
  }

  /// Of the values that are not missing.
  std::uint64_t total_weight() const { return Entry::weight_of(entries_.data(), n_present()); }
  bool has_missing() const { return n_present() < entries_.size(); }

  template <typename Visitor>
  void walk(Visitor& visitor) {
    walk_buckets(bucket_end_.data(), bucket_end_.size(), entries_.data(), visitor);
  }

 private:
  std::size_t n_present() const { return bucket_end_.empty() ? 0 : bucket_end_.back(); }

  static constexpr int kTopBits = 15;    // 128 kB of counters: they must stay in the L2 cache
  static constexpr int kInnerBits = 10;  // on the stack, once a level
  static constexpr std::size_t kSmall = 32;

  struct KeyRange {
    Key smallest, largest;
  };

  /// Of the keys that are not missing; smallest > largest if all are.
  template <typename KeyAt>
  static KeyRange key_range(std::size_t n, KeyAt&& key_at) {
    KeyRange range{kMissingKey<Key>, std::numeric_limits<Key>::min()};
    for (std::size_t i = 0; i < n; ++i) {
      const Key key = key_at(i);
      range.smallest = std::min(range.smallest, key);
      range.largest =
          std::max(range.largest, key == kMissingKey<Key> ? std::numeric_limits<Key>::min() : key);
    }
    return range;
  }

  /// Puts n entries into out, bucket after bucket; bucket_end gets n_buckets + 1 ends, the last one
  /// that of the missing keys.
  template <typename KeyAt, typename EntryAt>
  static void scatter(const KeyGrid<Key>& grid, std::size_t n, KeyAt&& key_at, EntryAt&& entry_at,
                      std::uint32_t* bucket_end, Entry* out) {
    const std::size_t n_ends = std::size_t{grid.n_buckets()} + 1;
    std::fill_n(bucket_end, n_ends, 0U);
    for (std::size_t i = 0; i < n; ++i) ++bucket_end[grid.bucket(key_at(i))];
    std::uint32_t begin = 0;
    for (std::size_t b = 0; b < n_ends; ++b) begin += std::exchange(bucket_end[b], begin);
    // Each bucket's begin moves to its end as the bucket fills.
    for (std::size_t i = 0; i < n; ++i) out[bucket_end[grid.bucket(key_at(i))]++] = entry_at(i);
  }

  template <typename Visitor>
  void walk_buckets(const std::uint32_t* bucket_end, std::size_t n_buckets, Entry* entries,
                    Visitor& visitor) {
    std::uint32_t begin = 0;
    for (std::size_t b = 0; b < n_buckets; ++b) {
      const std::size_t n = bucket_end[b] - begin;
      if (n == 0) continue;
      const std::uint64_t weight = Entry::weight_of(entries + begin, n);
      if (visitor.may_skip(weight)) {
        visitor.skip(weight);
      } else {
        walk_entries(entries + begin, n, visitor);
      }
      begin = bucket_end[b];
    }
  }

  template <typename Visitor>
  void walk_entries(Entry* entries, std::size_t n, Visitor& visitor) {
    if (n <= kSmall) return walk_few(entries, n, visitor);
    const auto key_at = [=](std::size_t i) { return entries[i].key; };
    const auto [smallest, largest] = key_range(n, key_at);
    if (smallest == largest)
      return visitor.value(value_of_key(smallest), Entry::weight_of(entries, n));
    const KeyGrid<Key> grid(smallest, largest,
                            std::min(static_cast<int>(std::bit_width(n)), kInnerBits));
    if (scratch_.size() < n)
      scratch_ = AlignedBuffer<Entry>(std::min(std::bit_ceil(n), entries_.size()));
    std::array<std::uint32_t, (std::size_t{1} << kInnerBits) + 1> bucket_end;
    scatter(
        grid, n, key_at, [=](std::size_t i) { return entries[i]; }, bucket_end.data(),
        scratch_.data());
    std::copy_n(scratch_.data(), n, entries);
    walk_buckets(bucket_end.data(), grid.n_buckets(), entries, visitor);
  }

  template <typename Visitor>
  static void walk_few(Entry* entries, std::size_t n, Visitor& visitor) {
    std::sort(entries, entries + n, [](Entry a, Entry b) { return a.key < b.key; });
    for (std::size_t begin = 0, end; begin < n; begin = end) {
      end = begin + 1;
      while (end < n && entries[end].key == entries[begin].key) ++end;
      visitor.value(value_of_key(entries[begin].key),
                    Entry::weight_of(entries + begin, end - begin));
    }
  }

  AlignedBuffer<Entry> entries_;
  AlignedBuffer<Entry> scratch_;
  std::vector<std::uint32_t> bucket_end_;
};

}  // namespace gbengine

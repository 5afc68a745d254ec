// The sort keys, their grid and the walk over a partly sorted column.
#include "gbengine/data/ordered_column.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <utility>

#include "column_samples.hpp"
#include "gbengine/data/distinct_keys.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

/// Notes all it is shown; skips what weighs less than `limit`.
struct Notes {
  std::uint64_t limit;
  std::vector<std::pair<double, std::uint64_t>> values = {};
  std::uint64_t skipped = 0;

  bool may_skip(std::uint64_t weight) const { return weight < limit; }
  void skip(std::uint64_t weight) { skipped += weight; }
  void value(double value, std::uint64_t weight) { values.emplace_back(value, weight); }
};

template <typename Value>
std::vector<SortKey<Value>> keys_of(const std::vector<double>& column) {
  std::vector<SortKey<Value>> keys;
  for (double value : column) keys.push_back(sort_key(static_cast<Value>(value)));
  return keys;
}

template <typename Value, template <typename> typename Entry>
void check_walk(const std::vector<double>& column, const std::vector<std::uint32_t>& weights) {
  const auto keys = keys_of<Value>(column);
  std::map<double, std::uint64_t> expected;
  std::uint64_t total = 0;
  bool has_missing = false;
  for (std::size_t i = 0; i < column.size(); ++i) {
    has_missing |= std::isnan(column[i]);
    if (std::isnan(column[i])) continue;
    const std::uint32_t weight = weights.empty() ? 1 : weights[i];
    expected[column[i]] += weight;
    total += weight;
  }
  OrderedColumn<Entry<SortKey<Value>>> ordered(static_cast<std::int64_t>(column.size()));
  for (int again = 0; again < 2; ++again) {  // a column takes the place of the one before
    ordered.assign(keys.data(), weights.data());
    CHECK(ordered.total_weight() == total);
    CHECK(ordered.has_missing() == has_missing);
    for (std::uint64_t limit : {0, 50, 500}) {
      Notes notes{limit};
      ordered.walk(notes);
      std::uint64_t seen = notes.skipped;
      bool matches = limit > 0 || notes.values.size() == expected.size();
      for (std::size_t i = 0; i < notes.values.size(); ++i) {
        const auto& [value, weight] = notes.values[i];
        matches &= expected.count(value) == 1 && expected[value] == weight;
        matches &= i == 0 || notes.values[i - 1].first < value;
        seen += weight;
      }
      CHECK(matches);
      CHECK(seen == total);
      std::size_t n_heavy = 0;
      for (const auto& [value, weight] : expected) n_heavy += weight >= limit;
      const auto is_heavy = [&](const auto& noted) { return noted.second >= limit; };
      CHECK(static_cast<std::size_t>(
                std::count_if(notes.values.begin(), notes.values.end(), is_heavy)) == n_heavy);
    }
  }
}

template <typename Value>
void check_keys(const std::vector<Value>& values) {
  for (Value a : values) {
    CHECK((sort_key(a) == kMissingKey<SortKey<Value>>) == std::isnan(a));
    if (!std::isnan(a)) CHECK(value_of_key(sort_key(a)) == static_cast<double>(a));
    for (Value b : values) {
      if (std::isnan(a) || std::isnan(b)) continue;
      CHECK((sort_key(a) < sort_key(b)) == (a < b));
      CHECK((sort_key(a) == sort_key(b)) == (a == b));
    }
  }
}

}  // namespace

TEST_CASE("sort_key: the order of the values, one zero, NaN at the end") {
  std::vector<float> floats;
  std::vector<double> doubles = {0x1.0p-1074, -0x1.0p-1074, 0x1.fffffffffffffp1023,
                                 -0x1.fffffffffffffp1023, 0x1.0000000000001p0};
  for (double value : awkward_values()) {
    floats.push_back(static_cast<float>(value));
    doubles.push_back(value);
  }
  check_keys(floats);
  check_keys(doubles);
}

TEST_CASE("KeyGrid: buckets in order of keys, never too many, at least two where keys differ") {
  for (const SampleColumn& column : sample_columns(400, 1)) {
    CAPTURE(column.name);
    auto keys = keys_of<float>(column.values);
    std::erase(keys, kMissingKey<std::int32_t>);
    std::sort(keys.begin(), keys.end());
    if (keys.empty()) continue;
    for (int bits : {1, 2, 5, 15}) {
      const KeyGrid<std::int32_t> grid(keys.front(), keys.back(), bits);
      CHECK(grid.n_buckets() <= 1U << bits);
      CHECK(grid.bucket(kMissingKey<std::int32_t>) == grid.n_buckets());
      CHECK(grid.bucket(keys.front()) == 0);
      CHECK(grid.bucket(keys.back()) == grid.n_buckets() - 1);
      CHECK((grid.n_buckets() > 1) == (keys.front() < keys.back()));
      bool in_order = true;
      for (std::size_t i = 1; i < keys.size(); ++i)
        in_order &= grid.bucket(keys[i - 1]) <= grid.bucket(keys[i]);
      CHECK(in_order);
    }
  }
}

TEST_CASE("OrderedColumn: shows every value once, in order, with its weight, or skips it") {
  for (std::int64_t n : {1, 5, 40, 3000, 20000}) {
    std::mt19937 rng(static_cast<unsigned>(n));
    std::vector<std::uint32_t> weights;
    for (std::int64_t i = 0; i < n; ++i)
      weights.push_back(i % 7 == 0 ? ~std::uint32_t{0} : 1 + rng() % 100);
    for (const SampleColumn& column : sample_columns(n, static_cast<std::uint64_t>(n))) {
      if (n > 3000 && column.name == "awkward") break;
      CAPTURE(n);
      CAPTURE(column.name);
      check_walk<float, KeyEntry>(column.values, {});
      check_walk<double, KeyEntry>(column.values, {});
      check_walk<float, WeightedKeyEntry>(column.values, weights);
      check_walk<double, WeightedKeyEntry>(column.values, weights);
    }
  }
}

TEST_CASE("DistinctKeys: all values and whether one is missing, or too many") {
  for (const SampleColumn& column : sample_columns(2000, 2)) {
    CAPTURE(column.name);
    auto expected = keys_of<double>(column.values);
    std::sort(expected.begin(), expected.end());
    const bool has_missing = expected.back() == kMissingKey<std::int64_t>;
    std::erase(expected, kMissingKey<std::int64_t>);
    expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
    const auto keys = keys_of<double>(column.values);
    for (int max_size : {1, 3, 40, 255}) {
      DistinctKeys<std::int64_t> distinct(max_size);
      const bool fits = expected.size() <= static_cast<std::size_t>(max_size);
      REQUIRE(distinct.insert_all(keys.data(), static_cast<std::int64_t>(keys.size())) == fits);
      if (!fits) continue;
      CHECK(distinct.sorted() == expected);
      CHECK(distinct.has_missing() == has_missing);
    }
  }
}

#include "gbengine/criterion/ranked_rows.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

using namespace gbengine;

namespace {

struct Member {
  std::int64_t value, weight;
};

/// By sorting: the first value at which half of the weight is reached, and half way to the next one
/// where the halves are equal.
double sorted_median(std::vector<Member> bag) {
  std::sort(bag.begin(), bag.end(), [](const auto& a, const auto& b) { return a.value < b.value; });
  std::int64_t total = 0, so_far = 0;
  for (const Member& member : bag) total += member.weight;
  for (std::size_t i = 0; i < bag.size(); ++i) {
    so_far += bag[i].weight;
    if (2 * so_far < total) continue;
    if (2 * so_far > total) return static_cast<double>(bag[i].value);
    return (static_cast<double>(bag[i].value) + static_cast<double>(bag[i + 1].value)) / 2;
  }
  return 0.0;
}

Int128 least_distance(const std::vector<Member>& bag) {
  Int128 least = -1;
  for (const Member& centre : bag) {  // the distance is least at one of the values
    Int128 sum = 0;
    for (const Member& member : bag) {
      const Int128 distance = Int128{member.value} - centre.value;
      sum += (distance < 0 ? -distance : distance) * member.weight;
    }
    if (least < 0 || sum < least) least = sum;
  }
  return least;
}

}  // namespace

TEST_CASE("RankedRows: median and distance as by sorting, after every row") {
  for (unsigned seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    const std::size_t n_values = 1 + seed % 20;
    std::vector<std::int64_t> values;
    while (values.size() < n_values) {
      const std::int64_t value =
          seed % 3 == 0 ? static_cast<std::int64_t>(random() % 50) - 25
                        : static_cast<std::int64_t>(random() >> 12) - (std::int64_t{1} << 51);
      if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
    }
    std::sort(values.begin(), values.end());
    RankedRows rows;
    for (int again = 0; again < 2; ++again) {  // reset empties it
      rows.reset(values);
      std::vector<Member> bag;
      for (int i = 0; i < 30; ++i) {
        const std::size_t rank = random() % n_values;
        const auto weight = static_cast<std::int64_t>(seed % 2 == 0 ? 1 : 1 + random() % 3);
        rows.add(rank, weight);
        bag.push_back({values[rank], weight});
        CHECK(rows.median() == sorted_median(bag));
        CHECK(rows.distance() == least_distance(bag));
      }
    }
  }
}

TEST_CASE("RankedRows: sums of large weights and values do not overflow") {
  const std::int64_t far = (std::int64_t{1} << 61);
  const std::vector<std::int64_t> values{-far, 0, far};
  RankedRows rows;
  rows.reset(values);
  const std::int64_t heavy = std::int64_t{1} << 59;
  rows.add(0, heavy);
  rows.add(2, heavy);
  CHECK(rows.median() == 0.0);
  CHECK(rows.distance() == Int128{2} * far * heavy);
  rows.add(1, 1);
  CHECK(rows.median() == 0.0);
  CHECK(rows.distance() == Int128{2} * far * heavy);
}

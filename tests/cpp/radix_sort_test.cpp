#include "gbengine/base/radix_sort.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

using namespace gbengine;

namespace {

struct Item {
  std::uint64_t key;
  std::uint32_t place;
  bool operator==(const Item&) const = default;
};

template <int kDigitBits>
void check_sort(std::size_t n, int key_bits, std::uint64_t used_bits, unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<Item> items(n), scratch(n);
  for (std::size_t i = 0; i < n; ++i)
    items[i] = {random() & used_bits, static_cast<std::uint32_t>(i)};
  std::vector<Item> expected = items;
  std::stable_sort(expected.begin(), expected.end(),
                   [](const Item& a, const Item& b) { return a.key < b.key; });
  const Item* sorted = radix_sort<kDigitBits>(items.data(), scratch.data(), n, key_bits,
                                              [](const Item& item) { return item.key; });
  CHECK((sorted == items.data() || sorted == scratch.data()));
  CHECK(std::equal(expected.begin(), expected.end(), sorted));
}

}  // namespace

TEST_CASE("radix_sort: the order of std::stable_sort, whatever the width of key and digit") {
  for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{1000}})
    for (const int bits : {1, 7, 8, 9, 16, 17, 33, 63, 64}) {
      CAPTURE(n);
      CAPTURE(bits);
      const std::uint64_t mask = bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
      check_sort<8>(n, bits, mask, 1);
      check_sort<11>(n, bits, mask, 2);
      check_sort<8>(n, bits, mask & 3, 3);  // nearly all equal: they keep their order
    }
}

TEST_CASE("radix_sort: digits that are the same for all items change nothing") {
  const std::uint64_t only_high = std::uint64_t{0xff} << 40, with_gap = only_high | 0xff;
  check_sort<8>(500, 48, only_high, 4);
  check_sort<8>(500, 48, with_gap, 5);
  check_sort<11>(500, 64, with_gap, 6);
  check_sort<11>(500, 64, 0, 7);
}

TEST_CASE("radix_sort: no key bits leave everything in place") {
  std::vector<Item> items{{5, 0}, {2, 1}}, scratch(2);
  const Item* sorted =
      radix_sort(items.data(), scratch.data(), 2, 0, [](const Item& item) { return item.key; });
  CHECK(sorted == items.data());
  CHECK(items == std::vector<Item>{{5, 0}, {2, 1}});
}

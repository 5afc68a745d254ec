#include "gbengine/criterion/code_order.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

using namespace gbengine;

namespace {

template <typename Code>
void check_order(CodeWidth width, std::uint32_t n_codes, std::int64_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<Code> codes(static_cast<std::size_t>(2 * n));
  for (Code& code : codes) code = static_cast<Code>(random() % (n_codes + 1));
  std::vector<std::uint32_t> rows;
  for (std::int64_t i = 0; i < n; ++i)
    rows.push_back(static_cast<std::uint32_t>(2 * i + random() % 2));
  std::vector<CodeOrder::Item> expected;
  for (std::size_t i = 0; i < rows.size(); ++i)
    expected.push_back({codes[rows[i]], static_cast<std::uint32_t>(i)});
  std::stable_sort(expected.begin(), expected.end(),
                   [](const auto& a, const auto& b) { return a.code < b.code; });
  CodeOrder order(n + 10);
  CodeColumn column;
  column.codes = codes.data();
  column.width = width;
  column.n_codes = n_codes;
  for (int again = 0; again < 2; ++again) {  // a sort does not depend on the one before
    const auto items = order.sort(column, rows.data(), n);
    REQUIRE(items.size() == expected.size());
    CHECK(
        std::equal(items.begin(), items.end(), expected.begin(),
                   [](const auto& a, const auto& b) { return a.code == b.code && a.at == b.at; }));
  }
}

}  // namespace

TEST_CASE("CodeOrder: a stable sort by code with the missing ones last, for few and many rows") {
  for (const std::int64_t n : {1, 2, 47, 48, 49, 700}) {
    CAPTURE(n);
    for (const std::uint32_t n_codes : {1U, 2U, 200U, 255U})
      check_order<std::uint8_t>(CodeWidth::k8, n_codes, n, n_codes);
    for (const std::uint32_t n_codes : {256U, 1024U, 65'535U})
      check_order<std::uint16_t>(CodeWidth::k16, n_codes, n, n_codes);
    for (const std::uint32_t n_codes : {65'536U, 1'000'000U, 0xfffffffeU})
      check_order<std::uint32_t>(CodeWidth::k32, n_codes, n, n_codes);
  }
}

#include "gbengine/data/category_codes.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "gbengine/base/category_set.hpp"
#include "gbengine/base/error.hpp"
#include "gbengine/data/coded_table.hpp"

using namespace gbengine;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

MatrixView column_view(const std::vector<double>& column) {
  return MatrixView::of(column.data(), static_cast<std::int64_t>(column.size()), 1, 1, 1);
}

/// The code of category c where the last of n_bins takes all the rest.
std::uint32_t expected_code(double c, int n_bins) {
  return c < n_bins ? static_cast<std::uint32_t>(c) : static_cast<std::uint32_t>(n_bins) - 1;
}

std::uint32_t code_at(const CodeColumn& column, std::size_t row) {
  return column.visit([row](const auto* codes) { return std::uint32_t{codes[row]}; });
}

}  // namespace

TEST_CASE("category codes: a category is its own bin, the rare ones share the last") {
  for (const int n : {1, 2, 3, 254, 255, 256, 700})
    for (const int max_bins : {2, 16, 255, 0}) {
      CAPTURE(n);
      CAPTURE(max_bins);
      std::vector<double> column;
      for (int i = 0; i < 2000; ++i) column.push_back(i % n);
      column[5] = kNaN;
      const std::vector<std::int32_t> n_categories{n};
      const CodedTable table(Parallel(2), column_view(column), nullptr, max_bins, n_categories);
      const CodeColumn& codes = table.column(0);
      const int n_bins = std::min(n, max_bins == 0 ? kMaxBins : max_bins);
      CHECK(codes.is_categorical);
      CHECK(codes.has_missing);
      REQUIRE(codes.n_codes == static_cast<std::uint32_t>(n_bins));
      bool all_right = code_at(codes, 5) == codes.n_codes;
      for (std::size_t i = 0; i < column.size(); ++i)
        if (i != 5) all_right &= code_at(codes, i) == expected_code(column[i], n_bins);
      CHECK(all_right);
    }
}

TEST_CASE("category codes: cells that are no category's number are refused") {
  const std::vector<std::int32_t> n_categories{3};
  for (const double bad : {-1.0, 3.0, 0.5, 1e300, std::numeric_limits<double>::infinity()})
    for (const int max_bins : {255, 0}) {
      const std::vector<double> column{0.0, 1.0, 2.0, bad};
      CHECK_THROWS_AS(CodedTable(Parallel(1), column_view(column), nullptr, max_bins, n_categories),
                      ValueError);
    }
}

TEST_CASE("category set: codes above the last bit share it") {
  CategorySet set;
  set.insert(0);
  set.insert(64);
  set.insert(300);
  CHECK(set.contains(0));
  CHECK_FALSE(set.contains(1));
  CHECK(set.contains(64));
  CHECK(set.contains(255));
  CHECK(set.contains(9000));
  CHECK(set.contains_value(64.0));
  CHECK_FALSE(set.contains_value(63.0));
  CHECK(set.contains_value(1e300));
  CHECK(set.contains_value(-5.0));
  CategorySet tail;
  tail.insert_from(254);
  CHECK_FALSE(tail.contains(253));
  CHECK(tail.contains(254));
  CHECK(tail.contains(255));
}

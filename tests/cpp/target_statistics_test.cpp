#include "gbengine/data/target_statistics.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "gbengine/base/error.hpp"
#include "isa_guard.hpp"

using namespace gbengine;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

MatrixView column_view(const std::vector<double>& column) {
  return MatrixView::of(column.data(), static_cast<std::int64_t>(column.size()), 1, 1, 1);
}

ColumnStatistics statistics_of(const std::vector<double>& codes, std::int32_t n_categories,
                               const std::vector<double>& y, std::vector<std::int32_t> n_classes,
                               const std::vector<double>& weight,
                               const std::vector<std::uint8_t>& folds, int n_threads = 1) {
  const Parallel parallel(n_threads);
  const StatisticTargets targets{y.data(), std::move(n_classes),
                                 weight.empty() ? nullptr : weight.data(),
                                 static_cast<std::int64_t>(codes.size())};
  return TargetStatistics(parallel, targets)
      .of(parallel, column_view(codes), 0, n_categories, folds);
}

}  // namespace

TEST_CASE("target_statistics: means by hand") {
  // The mean of all rows is 3; categories 0 and 1 hold 1, 2, 6 and 3.
  const auto found =
      statistics_of({0, 0, kNaN, 1, 0}, 2, {1, 2, 3, 3, 6}, {0}, {}, {0, 1, 0, 2, 1});
  REQUIRE(found.table.size() == 4);
  CHECK(found.table[0] == (9.0 + 15.0) / 8.0);
  CHECK(found.table[1] == 3.0);
  CHECK(found.table[2] == doctest::Approx(std::log(4.0)).epsilon(1e-15));
  CHECK(found.table[3] == doctest::Approx(std::log(2.0)).epsilon(1e-15));
  REQUIRE(found.training.size() == 10);
  CHECK(found.training[0] == (8.0 + 15.0) / 7.0);  // without fold 0
  CHECK(found.training[1] == (1.0 + 15.0) / 6.0);  // without fold 1
  CHECK(std::isnan(found.training[2]));
  CHECK(found.training[3] == 3.0);  // nobody else: the prior
  CHECK(found.training[4] == found.training[1]);
  CHECK(found.training[5] == found.table[2]);
  CHECK(std::isnan(found.training[7]));
  CHECK(found.training[8] == found.table[3]);
  CHECK(found.spread == 4.0 / 10.0);  // (1 * 2 + 2 * 1) of 3 * 3 + 1 * 1
}

TEST_CASE("target_statistics: shares of classes, weighted") {
  const std::vector<double> codes{0, 0, 1, 1}, weight{1, 3, 2, 2};
  const std::vector<std::uint8_t> folds(4, 0);
  const auto two = statistics_of(codes, 2, {1, 0, 1, 1}, {2}, weight, folds);
  REQUIRE(two.table.size() == 4);
  CHECK(two.table[0] == (1.0 + 5.0 * 5.0 / 8.0) / 9.0);
  CHECK(two.table[1] == (4.0 + 5.0 * 5.0 / 8.0) / 9.0);
  CHECK(two.training[0] == 5.0 / 8.0);
  const auto three = statistics_of(codes, 2, {2, 0, 1, 1}, {3}, weight, folds);
  REQUIRE(three.table.size() == 8);
  CHECK(three.table[0] == (3.0 + 5.0 * 3.0 / 8.0) / 9.0);
  CHECK(three.table[2] == (0.0 + 5.0 * 4.0 / 8.0) / 9.0);
  CHECK(three.table[4] == (1.0 + 5.0 * 1.0 / 8.0) / 9.0);
  // Two outputs, side by side in y.
  const auto both = statistics_of(codes, 2, {1, 8, 0, 8, 1, 0, 1, 0}, {2, 0}, weight, folds);
  REQUIRE(both.table.size() == 6);
  CHECK(both.table[0] == two.table[0]);
  CHECK(both.table[2] == (32.0 + 5.0 * 4.0) / 9.0);
  // A class that is alone: its share of the second is 0.
  CHECK(statistics_of(codes, 2, {0, 0, 0, 0}, {1}, weight, folds).table[0] == 0.0);
}

TEST_CASE("target_statistics: order, threads and instruction sets change no bit") {
  std::mt19937_64 random(1);
  const std::size_t n = 20'000;
  std::vector<double> codes(n), y(n), weight(n);
  std::vector<std::uint8_t> folds(n);
  for (std::size_t i = 0; i < n; ++i) {
    codes[i] = random() % 10 == 0 ? kNaN : static_cast<double>(random() % 900);
    y[i] = std::ldexp(static_cast<double>(random() % 1000), -static_cast<int>(random() % 40));
    weight[i] = 0.1 + static_cast<double>(random() % 100) / 7;
    folds[i] = static_cast<std::uint8_t>(random() % kTargetFolds);
  }
  const auto expected = statistics_of(codes, 900, y, {0}, weight, folds);
  for_each_isa(
      [&] { CHECK(statistics_of(codes, 900, y, {0}, weight, folds, 3).table == expected.table); });
  std::reverse(codes.begin(), codes.end());
  std::reverse(y.begin(), y.end());
  std::reverse(weight.begin(), weight.end());
  std::reverse(folds.begin(), folds.end());
  const auto found = statistics_of(codes, 900, y, {0}, weight, folds, 2);
  CHECK(found.table == expected.table);
  CHECK(found.spread == expected.spread);
  for (std::size_t i = 0; i < n; ++i)
    if (!std::isnan(codes[i])) CHECK(found.training[i] == expected.training[n - 1 - i]);
}

TEST_CASE("target_statistics: equal rows are in the same fold, others in any") {
  const std::size_t n = 10'000;
  std::vector<double> x(2 * n);
  for (std::size_t i = 0; i < n; ++i) {
    x[2 * i] = i % 3 == 0 ? -0.0 : 0.0;
    x[2 * i + 1] = i % 7 == 0 ? kNaN : static_cast<double>(i % 2000);
  }
  const MatrixView view = MatrixView::of(x.data(), static_cast<std::int64_t>(n), 2, 2, 1);
  const auto folds = row_folds(Parallel(2), view, 5);
  std::vector<int> count(kTargetFolds);
  for (std::size_t i = 0; i < n; ++i) {
    REQUIRE(folds[i] < kTargetFolds);
    if (i % 7 == 0) CHECK(folds[i] == folds[0]);
    if (i % 7 != 0 && i >= 2000 && (i - 2000) % 7 != 0) CHECK(folds[i] == folds[i - 2000]);
    if (i % 7 != 0) ++count[folds[i]];
  }
  for (const int c : count) CHECK(c == doctest::Approx(n * 6 / 7 / kTargetFolds).epsilon(0.1));
  CHECK(row_folds(Parallel(1), view, 5) == folds);
  CHECK(row_folds(Parallel(1), view, 6) != folds);
}

TEST_CASE("target_statistics: what is no category is refused") {
  const std::vector<std::uint8_t> folds(1, 0);
  for (const double cell : {-1.0, 2.0, 0.5, 1e300, std::numeric_limits<double>::infinity()})
    CHECK_THROWS_AS(statistics_of({cell}, 2, {1}, {0}, {}, folds), ValueError);
}

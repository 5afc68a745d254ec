#include "gbengine/criterion/targets.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "cart_samples.hpp"
#include "gbengine/base/error.hpp"
#include "gbengine/base/integer_scale.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

Targets numbers(const std::vector<double>& y, const std::vector<double>& weight = {},
                std::int64_t max_draws = 0, std::int32_t n_outputs = 1) {
  const auto n_rows = static_cast<std::int64_t>(y.size()) / n_outputs;
  return make_targets(Parallel(1), {y.data(), n_rows, n_outputs}, {}, pointer(weight), max_draws);
}

Targets classes(const std::vector<double>& y, const std::vector<std::int32_t>& n_classes) {
  const auto n_outputs = static_cast<std::int32_t>(n_classes.size());
  const auto n_rows = static_cast<std::int64_t>(y.size()) / n_outputs;
  return make_targets(Parallel(1), {y.data(), n_rows, n_outputs}, n_classes, nullptr, 0);
}

/// Any rows drawn `draws` times together add up to an int64.
bool sums_fit(const Targets& targets, std::int64_t draws) {
  Int128 largest = 0, total = 0;
  for (std::int64_t i = 0; i < targets.n_rows; ++i) {
    const Int128 v = targets.weighted_value(i, 0);
    largest = std::max(largest, v < 0 ? -v : v);
    total += v < 0 ? -v : v;
  }
  const Int128 limit = std::numeric_limits<std::int64_t>::max();
  return total <= limit && largest * draws <= limit;
}

/// How far the integers are from the values, in shares of the largest.
double worst_error(const std::vector<double>& y, const Targets& targets) {
  double worst = 0.0, largest = 0.0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double back =
        (static_cast<double>(targets.centre[0]) + static_cast<double>(targets.value[i])) *
        targets.value_unit[0];
    worst = std::max(worst, std::abs(back - y[i]));
    largest = std::max(largest, std::abs(y[i]));
  }
  return largest == 0.0 ? worst : worst / largest;
}

std::vector<double> spread(double low, double high, std::size_t n) {
  std::vector<double> y;
  std::mt19937 random(static_cast<unsigned>(n));
  for (std::size_t i = 0; i < n; ++i)
    y.push_back(low + (high - low) * (static_cast<double>(random() % 10'001) / 10'000));
  y[0] = low;
  y[n - 1] = high;
  return y;
}

}  // namespace

TEST_CASE("Targets: one slot for two classes, one a class otherwise, the weight last") {
  const Targets binary = classes({0, 1, 1}, {2});
  CHECK(binary.n_sums == 2);
  CHECK(binary.n_values == 1);
  CHECK(binary.is_binary());
  CHECK(std::vector<std::uint32_t>(binary.slot.begin(), binary.slot.end()) ==
        std::vector<std::uint32_t>{0, 1, 1});
  const Targets both = classes({2, 1, 0, 0}, {3, 2});
  CHECK(both.n_sums == 6);
  CHECK(both.n_values == 5);
  CHECK_FALSE(both.is_binary());
  CHECK(std::vector<std::uint32_t>(both.slot.begin(), both.slot.end()) ==
        std::vector<std::uint32_t>{2, 4, 0, 3});
  CHECK(classes({0, 0}, {1}).n_values == 1);
}

TEST_CASE("Targets: codes that are no classes, and numbers that are not finite, are refused") {
  for (const double code : {-1.0, 3.0, 0.5, kMissing, 1e300})
    CHECK_THROWS_AS(classes({0, code, 2}, {3}), ValueError);
  for (const double y : {kMissing, std::numeric_limits<double>::infinity()})
    CHECK_THROWS_AS(numbers({0.0, y}), ValueError);
}

TEST_CASE("Targets: sums of numbers fit, and lose nothing that matters, at any scale") {
  for (const double scale : {1.0, 1e-300, 1e-200, 1e-30, 1e30, 1e200, 1e307})
    for (const auto& range : std::vector<std::pair<double, double>>{
             {0.0, 1.0}, {-1.0, 1.0}, {-1.0, 0.25}, {0.5, 1.0}, {1.0, 1.0 + 1e-9}, {-5.0, -4.0}}) {
      const double low = range.first, high = range.second;
      CAPTURE(scale);
      CAPTURE(low);
      CAPTURE(high);
      const std::vector<double> y = spread(low * scale, high * scale, 1000);
      for (const std::int64_t draws : {std::int64_t{0}, std::int64_t{1} << 20}) {
        const Targets targets = numbers(y, {}, draws);
        CHECK(sums_fit(targets, std::max<std::int64_t>(draws, 1000)));
        const double limit = scale == 1e-300 ? 0.1 : 0x1p-40;  // 2^-1000 is the finest unit
        CHECK(worst_error(y, targets) <= limit);
      }
    }
}

TEST_CASE("Targets: whole numbers and equal ones stay what they are") {
  const std::vector<double> y{0.0, 3.0, -7.0, 1024.0};
  CHECK(worst_error(y, numbers(y)) == 0.0);
  CHECK(numbers(y).centre[0] == 0);
  for (const double same : {0.0, 0.1, -1e30, 1e-300, 5e-324, 1.7e308}) {
    const Targets targets = numbers({same, same, same});
    CHECK(targets.value[0] == targets.value[2]);
    CHECK(sums_fit(targets, 3));
  }
}

TEST_CASE("Targets: every output has a unit and a centre of its own") {
  const std::vector<double> y{1e30, 1e-3, -1e30, 2e-3, 5e29, 3e-3};
  const Targets targets = numbers(y, {}, 0, 2);
  CHECK(targets.n_sums == 3);
  for (std::size_t i = 0; i < 6; ++i) {
    const std::size_t k = i % 2;
    const double back =
        static_cast<double>(targets.centre[k] + targets.value[i]) * targets.value_unit[k];
    CHECK(back == doctest::Approx(y[i]).epsilon(1e-14));
  }
}

TEST_CASE("Targets: a row of whole weight k adds what k rows add") {
  const std::vector<double> y{0.3, -1.7, 2.9}, weight{1, 4, 2};
  const Targets weighted = numbers(y, weight);
  const std::vector<double> repeated_y{0.3, -1.7, -1.7, -1.7, -1.7, 2.9, 2.9};
  const Targets repeated = numbers(repeated_y);
  CHECK(weighted.weights_count);
  CHECK(weighted.value_unit == repeated.value_unit);
  CHECK(weighted.centre == repeated.centre);
  CHECK(weighted.weighted_value(0, 0) == repeated.weighted_value(0, 0));
  CHECK(weighted.weighted_value(1, 0) == 4 * repeated.weighted_value(1, 0));
  CHECK(weighted.weighted_value(2, 0) == 2 * repeated.weighted_value(6, 0));
}

TEST_CASE("Targets: large whole weights cost numbers no more than 2^31 rows would") {
  const std::vector<double> y = spread(0.0, 1.0, 1000);
  for (const double w : {1e6, 1e9, 1e12, 0x1p52}) {
    CAPTURE(w);
    const Targets targets = numbers(y, std::vector<double>(1000, w));
    CHECK(worst_error(y, targets) <= 0x1p-30);
    CHECK(sums_fit(targets, 1000));
  }
}

TEST_CASE("Targets: fractional weights keep their ratios, whatever their scale") {
  const std::vector<double> y{0.3, -1.7, 2.9}, weight{0.5, 1.75, 0.1};
  const Targets first = numbers(y, weight);
  CHECK_FALSE(first.weights_count);
  for (const double scale : {0x1p-900, 0x1p-3, 0x1p200, 0x1p900}) {
    std::vector<double> scaled;
    for (const double w : weight) scaled.push_back(w * scale);
    const Targets targets = numbers(y, scaled);
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(targets.weight[i] == first.weight[i]);
      CHECK(static_cast<double>(targets.weight[i]) * targets.weight_unit ==
            doctest::Approx(scaled[i]).epsilon(1e-8));
      CHECK(targets.weighted_value(static_cast<std::int64_t>(i), 0) ==
            first.weighted_value(static_cast<std::int64_t>(i), 0));
    }
  }
  const Targets tiny = numbers(y, {1.5, 1e-30, 1e-30});
  CHECK(tiny.weight[1] == 1);  // no row weighs nothing
}

TEST_CASE("Targets: whole weights of more rows than could be repeated count as fractions") {
  CHECK(numbers({1, 2}, {0x1p30, 0x1p30}).weights_count);
  CHECK_FALSE(numbers({1, 2}, {0x1p31, 1.0}).weights_count);
  CHECK_FALSE(numbers({1, 2}, {1e300, 1e300}).weights_count);
}

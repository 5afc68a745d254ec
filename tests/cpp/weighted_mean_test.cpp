#include "gbengine/base/weighted_mean.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "gbengine/base/integer_scale.hpp"

using namespace gbengine;

namespace {

double mean_of(const std::vector<double>& value, const std::vector<double>& weight = {},
               int n_threads = 1) {
  return weighted_mean(Parallel(n_threads), weight.empty() ? nullptr : weight.data(),
                       static_cast<std::int64_t>(value.size()), values_of(value.data()));
}

}  // namespace

TEST_CASE("weighted_mean: small cases by hand") {
  CHECK(mean_of({}) == 0.0);
  CHECK(mean_of({0.0, 0.0}) == 0.0);
  CHECK(mean_of({-3.25}) == -3.25);
  CHECK(mean_of({1, 2, 6}) == 3.0);
  CHECK(mean_of({1, 5}, {3, 1}) == 2.0);
  CHECK(mean_of({1, 5}, {0.75, 0.25}) == 2.0);
  CHECK(mean_of({0.1, 0.1, 0.1}, {0.3, 0.3, 0.3}) == 0.1);
}

TEST_CASE("weighted_mean: the range of double is no limit") {
  CHECK(mean_of({1.7e308, 1.7e308, 1.7e308, 1.7e308}) == 1.7e308);
  CHECK(mean_of({1.7e308, -1.7e308}) == 0.0);
  CHECK(mean_of({1e-320, 1e-320}) == 1e-320);
  CHECK(mean_of({1.0, 3.0}, {1e300, 1e300}) == 2.0);
  CHECK(mean_of({1.0, 3.0}, {1e-310, 1e-310}) == 2.0);
  CHECK(mean_of({1e308, 1.0}, {1e308, 1e-308}) == 1e308);
}

TEST_CASE("weighted_mean: the sum is rounded once, from all its bits") {
  // 64 (1 + 2^-53) lies midway between two doubles; the last row, 2^-122 of the sum, decides.
  std::vector<double> value(64, 1.0), weight(129, 1.0);
  value.insert(value.end(), 64, 0x1.0p-53);
  value.push_back(0x1.0p-61);
  weight.back() = 0x1.0p-61;
  CHECK(mean_of(value, weight) == 0.5 + 0x1.0p-53);
  value.pop_back();
  weight.pop_back();
  CHECK(mean_of(value, weight) == 0.5);
}

TEST_CASE("weighted_mean: close to a sum in long double, at any weight") {
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  for (std::size_t n : {10, 1000, 50000}) {
    std::vector<double> value(n), weight(n);
    long double sum = 0, total = 0;
    for (std::size_t i = 0; i < n; ++i) {
      value[i] = normal(random) + 1.0;
      weight[i] = std::exp(normal(random));
      sum += static_cast<long double>(value[i]) * weight[i];
      total += weight[i];
    }
    const auto expected = static_cast<double>(sum / total);
    CHECK(std::abs(mean_of(value, weight) - expected) <= 4e-16 * std::abs(expected));
    CHECK(mean_of(value, weight, 3) == mean_of(value, weight));
    std::reverse(value.begin(), value.end());
    std::reverse(weight.begin(), weight.end());
    CHECK(mean_of(value, weight) == mean_of(value, weight, 2));
  }
}

TEST_CASE("weighted_mean: weight k is k copies, bit for bit") {
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  for (int round = 0; round < 50; ++round) {
    std::vector<double> value, weight, copies;
    for (int i = 0; i < 300; ++i) {
      value.push_back(normal(random) * std::exp(10.0 * normal(random)));
      weight.push_back(static_cast<double>(1 + random() % 9));
      copies.insert(copies.end(), static_cast<std::size_t>(weight.back()), value.back());
    }
    CHECK(mean_of(value, weight) == mean_of(copies));
    for (double& w : weight) w *= 0x1.0p+60;  // sums of products pass 128 bits
    CHECK(mean_of(value, weight) == mean_of(copies));
  }
}

TEST_CASE("IntegerScale: the largest value takes 62 bits, whole numbers stay exact") {
  CHECK(IntegerScale(1.0)(1.0) == std::int64_t{1} << 61);
  CHECK(IntegerScale(1.7e308)(-1.7e308) < -(std::int64_t{1} << 61));
  CHECK(IntegerScale(5e-324)(5e-324) == std::int64_t{1} << 61);
  const double weight[] = {3.0, 7.0, 1e15};
  const IntegerWeights weights(Parallel(1), weight, 3);
  CHECK(weights[0] * 7 == weights[1] * 3);
  CHECK(weights[2] % 1000000000000000 == 0);
  CHECK(IntegerWeights(Parallel(1), nullptr, 3)[2] == 1);
}

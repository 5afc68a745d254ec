#include "gbengine/base/weighted_quantile.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace gbengine;

namespace {

struct Sample {
  std::vector<double> value, weight;
  std::int64_t n() const { return static_cast<std::int64_t>(value.size()); }
};

/// Few distinct values, negative zeros, huge and tiny ones; whole weights.
Sample make_sample(std::size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  Sample sample;
  for (std::size_t i = 0; i < n; ++i) {
    const double wide = normal(random) * std::pow(10.0, static_cast<double>(random() % 40) - 20.0);
    const double ties = std::round(normal(random) * 3.0) * -0.5;
    sample.value.push_back(seed % 2 == 0 ? wide : ties);
    sample.weight.push_back(1.0 + static_cast<double>(random() % 3));
  }
  return sample;
}

/// The rule word for word: whole weights as copies, sorted.
double naive_quantile(const Sample& sample, double q) {
  std::vector<double> copies;
  for (std::size_t i = 0; i < sample.value.size(); ++i) {
    const double w = sample.weight.empty() ? 1.0 : sample.weight[i];
    copies.insert(copies.end(), static_cast<std::size_t>(w), sample.value[i]);
  }
  std::sort(copies.begin(), copies.end());
  const double target = q * static_cast<double>(copies.size());
  std::size_t rank = 1;
  while (static_cast<double>(rank) < target) ++rank;
  const double value = copies[rank - 1];
  if (static_cast<double>(rank) != target || rank == copies.size()) return value;
  return value == copies[rank] ? value : 0.5 * value + 0.5 * copies[rank];
}

double quantile_of_rows(const Sample& sample, double q, int n_threads = 1) {
  const double* weight = sample.weight.empty() ? nullptr : sample.weight.data();
  return weighted_quantile(Parallel(n_threads), weight, sample.n(), values_of(sample.value.data()),
                           q);
}

double median(std::vector<double> value, std::vector<double> weight = {}) {
  return quantile_of_rows({std::move(value), std::move(weight)}, 0.5);
}

const double kLevels[] = {0.0, 0.1, 0.25, 0.3, 0.5, 0.9, 0.999, 1.0};

}  // namespace

TEST_CASE("weighted_quantile: small cases by hand") {
  CHECK(median({3}) == 3.0);
  CHECK(median({4, 1, 3, 2}) == 2.5);
  CHECK(median({2, 9, 1}) == 2.0);
  CHECK(median({1, 2, 3}, {1, 1, 5}) == 3.0);
  CHECK(median({1, 2, 3}, {2, 1, 1}) == 1.5);
  CHECK(median({1, 2}, {0.1, 0.1}) == 1.5);
  CHECK(median({1, 2}, {1e-200, 3e-200}) == 2.0);
  CHECK(median({1, 2}, {1e300, 1e300}) == 1.5);
  CHECK(median({-1.7e308, 1.7e308}) == 0.0);
  CHECK_FALSE(std::signbit(median({-0.0, -0.0, 0.0})));
  Sample ten;
  for (int i = 1; i <= 10; ++i) ten.value.push_back(i);
  CHECK(quantile_of_rows(ten, 0.9) == 9.5);  // 0.9 of 10 is 9, as it reads
  CHECK(quantile_of_rows(ten, 0.95) == 10.0);
  CHECK(quantile_of_rows(ten, 0.0) == 1.0);
  CHECK(quantile_of_rows(ten, 1.0) == 10.0);
}

TEST_CASE("weighted_quantile: all paths follow the rule") {
  for (std::size_t n : {1, 2, 3, 10, 999, 40000, 100001}) {
    for (unsigned seed : {0u, 1u, 2u, 3u}) {
      const Sample sample = make_sample(n, seed);
      Sample plain = sample;
      plain.weight.clear();
      for (double q : kLevels) {
        CAPTURE(n);
        CAPTURE(seed);
        CAPTURE(q);
        for (int n_threads : {1, 3}) {
          CHECK(quantile_of_rows(sample, q, n_threads) == naive_quantile(sample, q));
          CHECK(quantile_of_rows(plain, q, n_threads) == naive_quantile(plain, q));
        }
        // The one-thread forms, for sizes at which the other form would take the digits' path.
        std::vector<double> values = sample.value;
        CHECK(quantile_of(values, q) == naive_quantile(plain, q));
        std::vector<WeightedValue> items;
        for (std::size_t i = 0; i < n; ++i)
          items.push_back({sample.value[i], static_cast<std::int64_t>(sample.weight[i])});
        CHECK(weighted_quantile(items, q) == naive_quantile(sample, q));
      }
    }
  }
}

TEST_CASE(
    "weighted_quantile: scaling all weights by a power of two, or their order, changes nothing") {
  for (std::size_t n : {50, 50000}) {
    Sample sample = make_sample(n, 4);
    for (double& w : sample.weight) w = std::sqrt(w) + 0.1;
    Sample reversed = sample, scaled = sample;
    std::reverse(reversed.value.begin(), reversed.value.end());
    std::reverse(reversed.weight.begin(), reversed.weight.end());
    for (double& w : scaled.weight) w *= 0x1.0p-900;
    for (double q : kLevels) {
      CHECK(quantile_of_rows(sample, q) == quantile_of_rows(reversed, q));
      CHECK(quantile_of_rows(sample, q) == quantile_of_rows(scaled, q));
    }
  }
}

TEST_CASE("weighted_quantile: negating the values mirrors it") {
  const Sample sample = make_sample(1000, 5);
  Sample mirrored = sample;
  for (double& v : mirrored.value) v = -v;
  for (double q : {0.25, 0.5, 0.75})
    CHECK(quantile_of_rows(sample, q) == -quantile_of_rows(mirrored, 1.0 - q));
}

TEST_CASE("weighted_quantile: values without weight are passed over") {
  std::vector<WeightedValue> items{{1, 0}, {2, 1}, {3, 0}, {4, 1}, {5, 0}};
  CHECK(weighted_quantile(items, 0.0) == 2.0);
  CHECK(weighted_quantile(items, 0.5) == 3.0);
  CHECK(weighted_quantile(items, 1.0) == 4.0);
}

TEST_CASE("smallest_above") {
  std::vector<double> value(70000, -2.0);
  value[69999] = 7.0;
  value[5] = 3.0;
  const auto above = [&](double bound) {
    return smallest_above(Parallel(2), 70000, values_of(value.data()), bound);
  };
  CHECK(above(0.0) == 3.0);
  CHECK(above(3.0) == 7.0);
  CHECK(above(7.0) == 7.0);
}

#include "gbengine/base/order_free_sum.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using gbengine::order_free_sum;
using gbengine::Parallel;

namespace {

double sum_of(const std::vector<double>& values, int n_threads) {
  return order_free_sum(Parallel(n_threads), static_cast<std::int64_t>(values.size()),
                        [&](std::int64_t i) { return values[static_cast<std::size_t>(i)]; });
}

}  // namespace

TEST_CASE("the same bits for every order and thread count") {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  std::vector<double> values(100'003);
  for (double& v : values) v = std::exp(10 * normal(random)) * normal(random);
  const double expected = sum_of(values, 1);
  for (int n_threads : {2, 3, 5}) {
    std::shuffle(values.begin(), values.end(), random);
    CHECK(sum_of(values, n_threads) == expected);
  }
  long double exact = 0;
  for (double v : values) exact += static_cast<long double>(v);
  CHECK(expected == doctest::Approx(static_cast<double>(exact)).epsilon(1e-13));
}

TEST_CASE("whole numbers and powers of two are summed exactly") {
  CHECK(sum_of({}, 2) == 0.0);
  CHECK(sum_of({0.0, -0.0}, 1) == 0.0);
  CHECK(sum_of({1e15, 1, -1e15}, 1) == 1.0);
  CHECK(sum_of(std::vector<double>(1000, 0.125), 2) == 125.0);
}

TEST_CASE("extreme magnitudes neither overflow on the way nor vanish") {
  const double largest = std::numeric_limits<double>::max();
  const double least = std::numeric_limits<double>::denorm_min();
  CHECK(sum_of({largest, -largest, 1.0}, 1) == 0.0);  // 1 is below 2^-90 of the largest
  CHECK(sum_of({largest, largest}, 1) == std::numeric_limits<double>::infinity());
  CHECK(sum_of({least, least, least}, 1) == 3 * least);
}

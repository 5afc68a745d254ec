#include "gbengine/ensemble/boosted_weights.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "cart_samples.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

constexpr double kOne = 0x1p52;

std::vector<double> random_losses(std::int64_t n_rows, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<double> losses;
  for (std::int64_t i = 0; i < n_rows; ++i) losses.push_back((random() % 1000) / 999.0);
  return losses;
}

std::vector<std::int64_t> shares_of(const BoostedWeights& weights) {
  return {weights.shares().begin(), weights.shares().end()};
}

double total(const BoostedWeights& weights) {
  double sum = 0.0;
  for (std::size_t i = 0; i < weights.shares().size(); ++i)
    sum += static_cast<double>(weights.shares()[i]) * weights.copies_of(static_cast<int>(i));
  return sum / kOne;
}

}  // namespace

TEST_CASE("BoostedWeights: shares are those of textbook arithmetic") {
  const std::int64_t n = 50;
  for (const Weights kind : {Weights::kNone, Weights::kWhole, Weights::kFractional}) {
    std::vector<double> expected = sample_weights(n, kind, 1);
    BoostedWeights weights(Parallel(1), pointer(expected), n);
    if (expected.empty()) expected.assign(static_cast<std::size_t>(n), 1.0);
    for (unsigned round = 0; round < 5; ++round) {
      const std::vector<double> losses = random_losses(n, round);
      const double sum = std::accumulate(expected.begin(), expected.end(), 0.0);
      double mean = 0.0;
      for (std::size_t i = 0; i < losses.size(); ++i) mean += expected[i] * losses[i] / sum;
      CHECK(weights.mean(Parallel(1), losses.data()) == doctest::Approx(mean).epsilon(1e-13));
      weights.multiply(Parallel(1), losses.data(), 0.9);
      double next = 0.0;
      for (std::size_t i = 0; i < losses.size(); ++i)
        next += expected[i] *= std::exp(0.9 * losses[i]);
      CHECK(total(weights) == doctest::Approx(1.0).epsilon(1e-12));
      for (std::size_t i = 0; i < losses.size(); ++i)
        CHECK(static_cast<double>(weights.shares()[i]) / kOne *
                  weights.copies_of(static_cast<std::int64_t>(i)) ==
              doctest::Approx(expected[i] / next).epsilon(1e-12));
    }
  }
}

TEST_CASE("BoostedWeights: a whole weight is as many copies, in any order, on any threads") {
  const std::int64_t n = 20'000;  // several pieces for the threads
  const std::vector<double> weight = sample_weights(n, Weights::kWhole, 2);
  const std::vector<double> losses = random_losses(n, 3);
  std::vector<std::uint32_t> which;
  for (std::uint32_t row = 0; row < n; ++row)
    which.insert(which.end(), static_cast<std::size_t>(weight[row]), row);
  std::shuffle(which.begin(), which.end(), std::mt19937(4));
  std::vector<double> copied_losses;
  for (const std::uint32_t row : which) copied_losses.push_back(losses[row]);
  const auto n_copied = static_cast<std::int64_t>(which.size());

  BoostedWeights one(Parallel(1), weight.data(), n), many(Parallel(4), weight.data(), n);
  BoostedWeights copied(Parallel(1), nullptr, n_copied);
  CHECK(one.n_copies() == n_copied);
  for (int round = 0; round < 4; ++round) {
    const double mean = one.mean(Parallel(1), losses.data());
    CHECK(mean == many.mean(Parallel(4), losses.data()));
    CHECK(mean == copied.mean(Parallel(1), copied_losses.data()));
    one.multiply(Parallel(1), losses.data(), 1.3);
    many.multiply(Parallel(4), losses.data(), 1.3);
    copied.multiply(Parallel(1), copied_losses.data(), 1.3);
    CHECK(shares_of(one) == shares_of(many));
    bool are_equal = true;
    for (std::size_t i = 0; i < which.size(); ++i)
      are_equal = are_equal && copied.shares()[i] == one.shares()[which[i]];
    CHECK(are_equal);
  }
}

TEST_CASE("BoostedWeights: no factor overflows, and no row is lost") {
  const std::vector<double> losses{0.0, 0.5, 1.0, 1.0};
  for (const double log_factor : {1e3, 1e300}) {
    BoostedWeights weights(Parallel(1), nullptr, 4);
    weights.multiply(Parallel(1), losses.data(), log_factor);
    CHECK(shares_of(weights) == std::vector<std::int64_t>{1, 1, 1LL << 51, 1LL << 51});
    // The first row comes back if it is the only one that is wrong now.
    const std::vector<double> other{1.0, 0.0, 0.0, 0.0};
    CHECK(weights.mean(Parallel(1), other.data()) == doctest::Approx(0x1p-52));
    weights.multiply(Parallel(1), other.data(), 60.0);
    CHECK(weights.shares()[0] > (1LL << 51));
  }
}

TEST_CASE("BoostedWeights: the mean is 0 only without a loss, and weights may be of any size") {
  const std::vector<double> none(3, 0.0), one{0.0, 0.0, 1e-300}, all(3, 1.0);
  for (const double scale : {1e-300, 1.0, 1e300}) {
    const std::vector<double> weight{0.5 * scale, 0.25 * scale, 0.25 * scale};
    const BoostedWeights weights(Parallel(1), weight.data(), 3);
    CHECK(weights.copies() == nullptr);
    CHECK(weights.mean(Parallel(1), none.data()) == 0.0);
    CHECK(weights.mean(Parallel(1), all.data()) == 1.0);
    CHECK(shares_of(weights) == std::vector<std::int64_t>{1LL << 51, 1LL << 50, 1LL << 50});
  }
  CHECK(BoostedWeights(Parallel(1), nullptr, 3).mean(Parallel(1), one.data()) == 0.0);
}

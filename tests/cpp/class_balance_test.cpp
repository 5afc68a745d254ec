#include "gbengine/learn/class_balance.hpp"

#include <doctest/doctest.h>

#include <map>
#include <vector>

#include "cart_samples.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

/// The weight of each drawn row by its definition: product over the outputs of n / (K n_k).
std::vector<double> naive_weights(const std::vector<double>& y,
                                  const std::vector<std::int32_t>& n_classes,
                                  const std::vector<std::uint32_t>& counts) {
  const std::size_t n_outputs = n_classes.size();
  std::vector<double> weight(counts.begin(), counts.end());
  double total = 0.0;
  for (const std::uint32_t count : counts) total += count;
  for (std::size_t k = 0; k < n_outputs; ++k) {
    std::map<double, double> drawn;
    for (std::size_t i = 0; i < counts.size(); ++i) drawn[y[i * n_outputs + k]] += counts[i];
    for (std::size_t i = 0; i < counts.size(); ++i)
      if (counts[i] > 0) weight[i] *= total / (n_classes[k] * drawn[y[i * n_outputs + k]]);
  }
  return weight;
}

void check_balance(const std::vector<std::int32_t>& n_classes, std::uint32_t most, unsigned seed) {
  constexpr std::int64_t kRows = 200;
  const auto n_outputs = static_cast<std::int32_t>(n_classes.size());
  const SampleTable table = sample_table(kRows, 5, seed);
  const std::vector<double> y = sample_targets(table, n_classes, n_outputs, seed);
  const Targets targets =
      make_targets(Parallel(1), {y.data(), kRows, n_outputs}, n_classes, nullptr, 0);
  std::mt19937 random(seed);
  std::vector<std::uint32_t> counts(kRows);
  for (auto& count : counts) count = random() % (most + 1);
  const std::vector<double> expected = naive_weights(y, n_classes, counts);
  std::vector<std::uint32_t> balanced = counts;
  const double unit = balance_counts(targets, balanced.data());
  for (std::size_t i = 0; i < kRows; ++i) {
    CHECK((balanced[i] == 0) == (counts[i] == 0));
    CHECK(balanced[i] * unit == doctest::Approx(expected[i]).epsilon(1e-6));
  }
}

}  // namespace

TEST_CASE("balance_counts: each row weighs n / (K n_k), times the same of every other output") {
  unsigned seed = 0;
  for (const auto& n_classes :
       std::vector<std::vector<std::int32_t>>{{2}, {3}, {5}, {2, 3}, {2, 2, 2}})
    for (const std::uint32_t most : {1U, 3U, 1000U}) {
      CAPTURE(n_classes.size());
      CAPTURE(most);
      check_balance(n_classes, most, ++seed);
    }
}

TEST_CASE("balance_counts: every class weighs the same, one that was not drawn nothing") {
  const std::vector<double> y{0, 0, 0, 0, 0, 0, 1, 1, 2};
  const Targets targets = make_targets(Parallel(1), {y.data(), 9, 1}, {3}, nullptr, 0);
  std::vector<std::uint32_t> counts{1, 1, 1, 1, 1, 2, 1, 0, 0};
  const double unit = balance_counts(targets, counts.data());
  double first = 0.0;
  for (std::size_t i = 0; i < 6; ++i) first += counts[i] * unit;
  CHECK(first == doctest::Approx(8.0 / 3));
  CHECK(counts[6] * unit == doctest::Approx(8.0 / 3));
  CHECK(counts[7] == 0);
  CHECK(counts[8] == 0);
  CHECK(counts[5] == doctest::Approx(2.0 * counts[0]));
}

TEST_CASE("balance_counts: a single class keeps its counts' ratios") {
  const std::vector<double> y{1, 1, 1};
  const Targets targets = make_targets(Parallel(1), {y.data(), 3, 1}, {2}, nullptr, 0);
  std::vector<std::uint32_t> counts{1, 3, 0};
  const double unit = balance_counts(targets, counts.data());
  CHECK(counts[0] * unit == doctest::Approx(0.5));
  CHECK(counts[1] * unit == doctest::Approx(1.5));
  CHECK(counts[2] == 0);
}

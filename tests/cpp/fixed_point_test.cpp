#include "gbengine/learn/fixed_point.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "gbengine/objective/objective.hpp"
#include "isa_guard.hpp"

using namespace gbengine;

namespace {

struct Quantised {
  FixedPoint fixed;
  std::vector<GradientPair> pairs;
};

Quantised quantise_copy(std::vector<FloatPair> pairs, const std::vector<double>& weight,
                        bool is_const_hessian, int n_threads = 1) {
  const Parallel parallel(n_threads);
  const auto n = static_cast<std::int64_t>(pairs.size());
  const std::vector<double> y(pairs.size(), 0.0);
  const FixedWeights weights(parallel, {y.data(), weight.empty() ? nullptr : weight.data(), n});
  Quantised out;
  out.fixed = quantise(parallel, weights, pairs.data(), n, is_const_hessian, weights.cell_width());
  out.pairs.resize(pairs.size());
  std::memcpy(out.pairs.data(), pairs.data(), pairs.size() * sizeof(GradientPair));
  return out;
}

std::vector<FloatPair> random_gradients(std::size_t n, double spread, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::vector<FloatPair> pairs(n);
  for (auto& pair : pairs)
    pair = {static_cast<float>(std::abs(normal(random))),
            static_cast<float>(normal(random) * std::exp(spread * normal(random)))};
  return pairs;
}

bool equal(const std::vector<GradientPair>& a, const std::vector<GradientPair>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof a[0]) == 0;
}

}  // namespace

TEST_CASE("integers times the unit are the gradients, to half a unit, and sums stay below 2^31") {
  for_each_isa([] {
    for (double spread : {0.0, 3.0, 10.0})
      for (std::size_t n : {1u, 2u, 1000u, 70'000u}) {
        const auto pairs = random_gradients(n, spread, 5);
        const Quantised q = quantise_copy(pairs, {}, false, 2);
        std::int64_t sum_grad = 0, sum_hess = 0;
        for (std::size_t i = 0; i < n; ++i) {
          CHECK(std::abs(q.pairs[i].grad * q.fixed.grad_unit -
                         static_cast<double>(pairs[i].grad)) <= q.fixed.grad_unit / 2);
          CHECK(q.pairs[i].hess >= 0);
          sum_grad += std::abs(std::int64_t{q.pairs[i].grad});
          sum_hess += q.pairs[i].hess;
        }
        const std::int64_t limit = (std::int64_t{1} << 31) - 1;
        CHECK(sum_grad <= limit);
        CHECK(sum_hess <= limit);
        // Not wasteful either: one more bit would not fit (or a single value already fills 2^30).
        if (n > 1) CHECK(sum_grad > limit / 4);
      }
  });
}

TEST_CASE("instruction sets and threads give the same integers") {
  const auto pairs = random_gradients(100'003, 2.0, 9);
  std::vector<double> fractions(pairs.size());
  std::mt19937_64 random(2);
  for (double& w : fractions) w = std::generate_canonical<double, 53>(random) + 1e-3;
  for (const auto& weight : {std::vector<double>{}, fractions}) {
    const Quantised first = quantise_copy(pairs, weight, false);
    for_each_isa([&] {
      const Quantised other = quantise_copy(pairs, weight, false, 3);
      CHECK(equal(other.pairs, first.pairs));
      CHECK(other.fixed.grad_unit == first.fixed.grad_unit);
    });
  }
}

TEST_CASE("a whole weight is that many copies, bit for bit") {
  const auto pairs = random_gradients(500, 1.0, 4);
  std::vector<double> weight(500);
  std::vector<FloatPair> copies;
  for (std::size_t i = 0; i < 500; ++i) {
    weight[i] = static_cast<double>(i % 4 + 1);
    copies.insert(copies.end(), i % 4 + 1, pairs[i]);
  }
  const Quantised weighted = quantise_copy(pairs, weight, false);
  const Quantised copied = quantise_copy(copies, {}, false);
  CHECK(weighted.fixed.grad_unit == copied.fixed.grad_unit);
  CHECK(weighted.fixed.hess_unit == copied.fixed.hess_unit);
  std::size_t at = 0;
  for (std::size_t i = 0; i < 500; ++i) {
    CHECK(weighted.pairs[i].grad == copied.pairs[at].grad * static_cast<int>(weight[i]));
    at += static_cast<std::size_t>(weight[i]);
  }
}

TEST_CASE("a power of two in all fractional weights changes only the unit") {
  const auto pairs = random_gradients(300, 1.0, 4);
  std::vector<double> small(300), large(300);
  for (std::size_t i = 0; i < 300; ++i) {
    small[i] = (0.1 + static_cast<double>(i % 7)) * 1e-12;
    large[i] = std::ldexp(small[i], 70);
  }
  const Quantised a = quantise_copy(pairs, small, false), b = quantise_copy(pairs, large, false);
  CHECK(equal(a.pairs, b.pairs));
  CHECK(std::ldexp(a.fixed.grad_unit, 70) == b.fixed.grad_unit);
}

TEST_CASE("a constant hessian of whole weights counts rows") {
  std::vector<FloatPair> pairs(10, FloatPair{1.0f, 0.5f});
  CHECK(quantise_copy(pairs, {}, true).pairs[3].hess == 1);
  CHECK(quantise_copy(pairs, {}, true).fixed.hess_unit == 1.0);
  CHECK(quantise_copy(pairs, std::vector<double>(10, 3.0), true).pairs[3].hess == 3);
}

TEST_CASE("all-zero and extreme gradients stay finite") {
  for (float size : {0.0f, 1e-45f, 1e-30f, 3e38f}) {
    const Quantised q = quantise_copy(std::vector<FloatPair>(8, FloatPair{size, -size}), {}, false);
    CHECK(std::isfinite(q.fixed.grad_unit));
    CHECK(q.fixed.grad_unit > 0);
    CHECK(q.pairs[0].grad * q.fixed.grad_unit == -static_cast<double>(size));
  }
}

TEST_CASE("weights choose the cell width and repetitions") {
  const std::vector<double> y(3, 0.0), heavy{1, 2, double(1 << 24)}, fractions{0.5, 1, 2};
  const Parallel one(1);
  const FixedWeights none(one, {y.data(), nullptr, 3});
  CHECK(none.is_whole());
  CHECK(none.reps() == nullptr);
  CHECK(none.cell_width() == CellWidth::kNarrow);
  const FixedWeights whole(one, {y.data(), heavy.data(), 3});
  CHECK(whole.is_whole());
  CHECK(whole.total() == (1 << 24) + 3);
  CHECK(whole.cell_width() == CellWidth::kWide);
  const FixedWeights parts(one, {y.data(), fractions.data(), 3});
  CHECK_FALSE(parts.is_whole());
  CHECK(parts.fractions()[2] == 0.5);
  CHECK(parts.exponent() == 2);
}

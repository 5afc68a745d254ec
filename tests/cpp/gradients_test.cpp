#include "gbengine/kernel/gradients.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "gbengine/kernel/kernels.hpp"
#include "isa_guard.hpp"

using namespace gbengine;

namespace {

std::vector<float> logistic_pairs(const std::vector<double>& raw, double y) {
  const std::vector<double> label(raw.size(), y);
  std::vector<float> pairs(2 * raw.size() + 1, -7.0f);
  kernels().gradients.logistic(raw.data(), label.data(), pairs.data(),
                               static_cast<std::int64_t>(raw.size()));
  CHECK(pairs.back() == -7.0f);  // nothing is written past the end
  return pairs;
}

/// Three classes, raw[k * n_rows + i]; the first n rows, of classes 0, 1, 2, 0, …
std::vector<float> softmax_pairs(const std::vector<double>& raw, std::int64_t n) {
  std::vector<double> label;
  for (std::int64_t i = 0; i < n; ++i) label.push_back(static_cast<double>(i % 3));
  const auto stride = static_cast<std::int64_t>(raw.size() / 3);
  std::vector<float> pairs(2 * raw.size(), -7.0f);
  kernels().gradients.softmax({raw.data(), label.data(), pairs.data(), stride, 3, n});
  return pairs;
}

bool is_near(float got, double expected) {
  return std::abs(static_cast<double>(got) - expected) <= 6.1e-8 * std::abs(expected) + 1e-45;
}

}  // namespace

TEST_CASE("logistic gradients: within a float's rounding of the formula, in both tails") {
  std::vector<double> raw;
  for (double r = -80.0; r <= 80.0; r += 0.0371) raw.push_back(r);
  for_each_isa([&] {
    for (double y : {0.0, 1.0}) {
      const std::vector<float> pairs = logistic_pairs(raw, y);
      for (std::size_t i = 0; i < raw.size(); ++i) {
        const long double e = std::exp(static_cast<long double>(-raw[i]));
        const auto p = static_cast<double>(1 / (1 + e)), not_p = static_cast<double>(e / (1 + e));
        REQUIRE(is_near(pairs[2 * i], p * not_p));
        REQUIRE(is_near(pairs[2 * i + 1], y == 1.0 ? -not_p : p));
      }
    }
  });
}

TEST_CASE("logistic gradients: the same bits on every instruction set and at every length") {
  std::vector<double> raw{0.0, -0.0, 1e-300, 709.0, -745.0, 1e308, -1e308};
  for (int i = 0; i < 100; ++i) raw.push_back(std::sin(i) * 20.0);
  force_isa("scalar");
  const std::vector<float> expected = logistic_pairs(raw, 1.0);
  for_each_isa([&] {
    for (std::size_t n = 0; n <= raw.size(); ++n) {
      const std::vector<double> some(raw.begin(), raw.begin() + static_cast<std::ptrdiff_t>(n));
      const std::vector<float> pairs = logistic_pairs(some, 1.0);
      REQUIRE(std::equal(pairs.begin(), pairs.end() - 1, expected.begin()));
    }
  });
}

TEST_CASE("softmax gradients: the formula's, in equal bits on every instruction set and length") {
  constexpr std::size_t kRows = 101;
  std::vector<double> raw;
  for (std::size_t j = 0; j < 3 * kRows; ++j)
    raw.push_back(std::sin(static_cast<double>(j)) * (j % 7 == 0 ? 12.0 : 3.0));
  force_isa("scalar");
  const std::vector<float> expected = softmax_pairs(raw, kRows);
  for (std::size_t i = 0; i < kRows; ++i) {
    const double sum = std::exp(raw[i]) + std::exp(raw[kRows + i]) + std::exp(raw[2 * kRows + i]);
    for (std::size_t k = 0; k < 3; ++k) {
      const double rest = sum - std::exp(raw[k * kRows + i]), p = 1.0 - rest / sum;
      const double hit = i % 3 == k ? 1.0 : 0.0;
      CHECK(static_cast<double>(expected[2 * (k * kRows + i)]) ==
            doctest::Approx(p * rest / sum).epsilon(1e-7));
      CHECK(static_cast<double>(expected[2 * (k * kRows + i) + 1]) ==
            doctest::Approx(p - hit).epsilon(1e-7));
    }
  }
  for_each_isa([&] {
    for (std::size_t n = 0; n <= kRows; ++n) {
      const std::vector<float> pairs = softmax_pairs(raw, static_cast<std::int64_t>(n));
      for (std::size_t j = 0; j < pairs.size(); ++j)
        REQUIRE(pairs[j] == (j / 2 % kRows < n ? expected[j] : -7.0f));
    }
  });
}

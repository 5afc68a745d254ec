#include "gbengine/kernel/gradients.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "gbengine/base/isa.hpp"
#include "gbengine/kernel/kernels.hpp"

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

}  // namespace

TEST_CASE("logistic gradients: within a float's rounding of the formula, in both tails") {
  std::vector<double> raw;
  for (double r = -80.0; r <= 80.0; r += 0.0371) raw.push_back(r);
  for (Isa isa : usable_isas()) {
    force_isa(isa_name(isa));
    CAPTURE(std::string(isa_name(isa)));
    for (double y : {0.0, 1.0}) {
      const std::vector<float> pairs = logistic_pairs(raw, y);
      for (std::size_t i = 0; i < raw.size(); ++i) {
        const long double e = std::exp(static_cast<long double>(-raw[i]));
        const auto p = static_cast<double>(1 / (1 + e)), not_p = static_cast<double>(e / (1 + e));
        const double grad = y == 1.0 ? -not_p : p;
        REQUIRE(std::abs(static_cast<double>(pairs[2 * i]) - p * not_p) <= 6.1e-8 * p * not_p);
        REQUIRE(std::abs(static_cast<double>(pairs[2 * i + 1]) - grad) <= 6.1e-8 * std::abs(grad));
      }
    }
  }
  force_isa("");
}

TEST_CASE("logistic gradients: the same bits on every instruction set and at every length") {
  std::vector<double> raw{0.0, -0.0, 1e-300, 709.0, -745.0, 1e308, -1e308};
  for (int i = 0; i < 100; ++i) raw.push_back(std::sin(i) * 20.0);
  force_isa("scalar");
  const std::vector<float> expected = logistic_pairs(raw, 1.0);
  for (Isa isa : usable_isas()) {
    force_isa(isa_name(isa));
    for (std::size_t n = 0; n <= raw.size(); ++n) {
      const std::vector<float> pairs =
          logistic_pairs({raw.begin(), raw.begin() + static_cast<std::ptrdiff_t>(n)}, 1.0);
      REQUIRE(std::equal(pairs.begin(), pairs.end() - 1, expected.begin()));
    }
  }
  force_isa("");
}

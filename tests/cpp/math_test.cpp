#include "gbengine/kernel/math.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "gbengine/kernel/kernels.hpp"
#include "isa_guard.hpp"

using namespace gbengine;

namespace {

using Block = void (*)(const double*, double*, std::int64_t);

std::vector<double> run(Block block, const std::vector<double>& x) {
  std::vector<double> out(x.size());
  block(x.data(), out.data(), static_cast<std::int64_t>(x.size()));
  return out;
}

double ulps(double got, double exact) {
  return std::abs(got - exact) / (std::abs(exact) * std::numeric_limits<double>::epsilon());
}

std::vector<double> uniform(double low, double high, std::size_t n) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> draw(low, high);
  std::vector<double> x(n);
  for (double& v : x) v = draw(random);
  return x;
}

}  // namespace

TEST_CASE("exp and log are within 2 ulp of libm's and logistic of its definition") {
  for_each_isa([] {
    for (double span : {1e-8, 1.0, 50.0, 700.0}) {
      const auto x = uniform(-span, span, 1003);
      const auto e = run(kernels().math.exp, x);
      const auto p = run(kernels().math.logistic, x);
      for (std::size_t i = 0; i < x.size(); ++i) {
        CHECK(ulps(e[i], std::exp(x[i])) <= 2);
        CHECK(ulps(p[i], 1 / (1 + std::exp(-x[i]))) <= 4);
      }
      const auto back = run(kernels().math.log, e);
      for (std::size_t i = 0; i < x.size(); ++i)
        CHECK(std::abs(back[i] - std::log(e[i])) <= 2 * std::numeric_limits<double>::epsilon() *
                                                        std::max(1e-300, std::abs(std::log(e[i]))));
    }
  });
}

TEST_CASE("special points") {
  for_each_isa([] {
    const auto e = run(kernels().math.exp, {0.0, -0.0, 1e308, -1e308, 709.0, -708.0});
    CHECK(e[0] == 1.0);
    CHECK(e[1] == 1.0);
    for (double v : e) CHECK((std::isfinite(v) && v > 0));
    CHECK(run(kernels().math.log, {1.0})[0] == 0.0);
    CHECK(run(kernels().math.logistic, {0.0})[0] == 0.5);
  });
}

TEST_CASE("every instruction set gives the same bits") {
  const auto x = uniform(-708, 709, 4099);
  std::vector<double> first;
  for_each_isa([&] {
    std::vector<double> all = run(kernels().math.exp, x);
    const auto logs = run(kernels().math.log, all);
    const auto shares = run(kernels().math.logistic, x);
    all.insert(all.end(), logs.begin(), logs.end());
    all.insert(all.end(), shares.begin(), shares.end());
    if (first.empty()) first = all;
    CHECK(std::memcmp(first.data(), all.data(), all.size() * sizeof(double)) == 0);
  });
}

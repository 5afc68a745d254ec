#include "gbengine/data/cut_grid.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

#include "column_samples.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

std::uint32_t naive_count(const std::vector<double>& thresholds, double x) {
  return static_cast<std::uint32_t>(
      std::count_if(thresholds.begin(), thresholds.end(), [x](double t) { return t < x; }));
}

std::vector<double> distinct_values(const SampleColumn& column) {
  std::vector<double> values;
  for (const double value : column.values)
    if (!std::isnan(value)) values.push_back(value);
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  if (values.size() > 255) values.resize(255);
  return values;
}

}  // namespace

TEST_CASE("cut grid: counts what a look at every threshold counts") {
  std::mt19937_64 random(3);
  int n_grids = 0;
  for (const SampleColumn& column : sample_columns(2000, 4)) {
    CAPTURE(column.name);
    const std::vector<double> thresholds = distinct_values(column);
    const CutGrid grid(thresholds);
    if (!grid.is_there()) continue;
    ++n_grids;
    bool all_right = true;
    const auto check = [&](double x) {
      all_right &= grid.count_below(x) == naive_count(thresholds, x);
    };
    for (const double t : thresholds)
      for (const double x : {t, std::nextafter(t, -kInf), std::nextafter(t, kInf)}) check(x);
    std::uniform_real_distribution<double> share(-0.1, 1.1);
    for (int i = 0; i < 2000; ++i)
      check(thresholds.front() + share(random) * (thresholds.back() - thresholds.front()));
    CHECK(all_right);
  }
  CHECK(n_grids >= 8);
}

TEST_CASE("cut grid: there is none for spans that are no ordinary number") {
  for (const std::vector<double>& thresholds : std::vector<std::vector<double>>{
           {}, {1.0}, {-kInf, 0.0}, {0.0, kInf}, {-1.7e308, 1.7e308}, {0.0, 0x1p-1074}})
    CHECK_FALSE(CutGrid(thresholds).is_there());
}

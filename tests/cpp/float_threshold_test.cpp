#include "gbengine/predict/float_threshold.hpp"

#include <doctest/doctest.h>

#include <random>

#include "random_trees.hpp"

using namespace gbengine;

TEST_CASE("comparing in float32 is comparing the widened value") {
  std::mt19937 random(1);
  std::vector<double> thresholds = test::awkward_numbers();
  for (int i = 0; i < 2000; ++i)
    thresholds.push_back(std::ldexp(std::normal_distribution<double>()(random),
                                    static_cast<int>(random() % 400) - 200));
  constexpr float kInf = std::numeric_limits<float>::infinity();
  for (const double threshold : thresholds) {
    CAPTURE(threshold);
    const auto near = static_cast<float>(threshold);
    for (const float x :
         {near, std::nextafter(near, -kInf), std::nextafter(near, kInf), 0.0f, -0.0f, kInf, -kInf,
          std::numeric_limits<float>::max(), std::numeric_limits<float>::denorm_min()})
      CHECK((x <= float_threshold(threshold)) == (static_cast<double>(x) <= threshold));
  }
}

#include "gbengine/predict/weighted_median.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include "gbengine/base/error.hpp"

using namespace gbengine;

namespace {

/// Trees with one split; the values are few, so that some trees say the same.
EnsembleModel random_stumps(std::int32_t n_trees, unsigned seed) {
  std::mt19937 random(seed);
  EnsembleModel model;
  model.n_features = 1;
  model.base_score = {0.0};
  model.aggregation = Aggregation::kMean;
  for (std::int32_t t = 0; t < n_trees; ++t) {
    Tree tree;
    tree.feature = {0, kLeafFeature, kLeafFeature};
    tree.threshold = {static_cast<double>(random() % 100), 0.0, 0.0};
    tree.left_child = {1, kNoChild, kNoChild};
    tree.missing_goes_left = {0, 0, 0};
    tree.value = {0.0, static_cast<double>(random() % 9), static_cast<double>(random() % 9)};
    model.append(tree, 0);
  }
  return model;
}

double naive_median(const EnsembleModel& model, double x, const std::vector<double>& weight) {
  std::vector<std::size_t> order(weight.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto value = [&](std::size_t t) {
    return model.nodes.value[3 * t + (x <= model.nodes.threshold[3 * t] ? 1 : 2)];
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return value(a) < value(b); });
  const double total = std::accumulate(weight.begin(), weight.end(), 0.0);
  double sum = 0.0;
  std::size_t at = 0;
  while ((sum += weight[order[at]]) < total / 2) ++at;
  return value(order[at]);
}

}  // namespace

TEST_CASE("weighted_median: the first value at which half of the weight is reached") {
  std::vector<double> x(3000);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<double>(i % 101);
  const MatrixView view = MatrixView::of(x.data(), 3000, 1, 1, 1);
  for (const std::int32_t n_trees : {1, 2, 7, 40}) {
    const Predictor predictor(random_stumps(n_trees, 5));
    for (const std::int32_t n_used : {1, (n_trees + 1) / 2, n_trees}) {
      std::vector<double> weight;
      for (std::int32_t t = 0; t < n_used; ++t) weight.push_back((t * 7 % 4 + 1) * 0.25);
      std::vector<double> out(x.size()), threads(x.size()), expected;
      weighted_median(Parallel(1), predictor, view, weight, out.data());
      weighted_median(Parallel(3), predictor, view, weight, threads.data());
      for (const double row : x) expected.push_back(naive_median(predictor.model(), row, weight));
      CHECK(out == expected);
      CHECK(out == threads);
    }
  }
}

TEST_CASE("weighted_median: of two equal weights the lower value, and weights may be 0") {
  const Predictor predictor(random_stumps(2, 3));
  const double x = 50.0;
  double out = 0.0;
  const MatrixView view = MatrixView::of(&x, 1, 1, 1, 1);
  for (const double weight : {1.0, 0.0}) {
    weighted_median(Parallel(1), predictor, view, std::vector<double>{weight, weight}, &out);
    CHECK(out == naive_median(predictor.model(), x, {weight, weight}));
  }
}

TEST_CASE("weighted_median: weights must fit") {
  const Predictor predictor(random_stumps(2, 3));
  const double x = 50.0;
  double out = 0.0;
  const MatrixView view = MatrixView::of(&x, 1, 1, 1, 1);
  const auto median = [&](std::vector<double> weight) {
    weighted_median(Parallel(1), predictor, view, weight, &out);
  };
  CHECK_THROWS_AS(median({}), ValueError);
  CHECK_THROWS_AS(median({1.0, 1.0, 1.0}), ValueError);
  CHECK_THROWS_WITH_AS(median({1.0, -1.0}), "a tree weighs -1; it must be finite, and not negative",
                       ValueError);
}

#include "gbengine/ensemble/adaboost.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "cart_samples.hpp"
#include "gbengine/base/error.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

constexpr std::int64_t kRows = 400;
constexpr std::int32_t kColumns = 5;

AdaBoostConfig config_for(std::int32_t n_classes, bool draws) {
  AdaBoostConfig config{};
  config.trees.cart = free_growth(kColumns);
  config.trees.cart.max_depth = 2;
  config.trees.criterion = n_classes > 0 ? "gini" : "squared_error";
  if (draws) config.trees.draw = {Sampling::kWithReplacement, kRows};
  config.trees.features_per_tree = kColumns;
  config.loss = n_classes > 0 ? RowLoss::kWrongClass : RowLoss::kLinear;
  config.learning_rate = 0.5;
  return config;
}

struct Result {
  EnsembleModel model;
  std::vector<double> weights, errors;

  bool operator==(const Result& other) const {
    return model.nodes.value == other.model.nodes.value &&
           model.nodes.threshold == other.model.nodes.threshold && weights == other.weights &&
           errors == other.errors;
  }
};

/// Boosts the rows that are named, in that order.
Result boost(std::int32_t n_classes, const AdaBoostConfig& config,
             const std::vector<std::uint32_t>& which, const std::vector<double>& all_weights,
             int n_threads = 1) {
  const SampleTable all = sample_table(kRows, kColumns, 8);
  const std::vector<double> all_y = sample_targets(
      all, n_classes > 0 ? std::vector<std::int32_t>{n_classes} : std::vector<std::int32_t>{}, 1,
      8);
  const SampleTable table = all.rows(which);
  std::vector<double> y, weight;
  for (const std::uint32_t row : which) {
    y.push_back(all_y[row]);
    if (!all_weights.empty()) weight.push_back(all_weights[row]);
  }
  const Parallel parallel(n_threads);
  const CodedTable coded = table.coded();
  AdaBoost boosting(parallel, coded, {y.data(), table.n_rows, 1}, n_classes, pointer(weight),
                    config);
  while (boosting.model().n_trees() < 6 && boosting.add_tree(parallel)) {
  }
  return {boosting.model(), boosting.tree_weights(), boosting.tree_errors()};
}

}  // namespace

TEST_CASE("AdaBoost: neither threads nor the order of rows nor copies change a bit") {
  for (const std::int32_t n_classes : {0, 2, 4})
    for (const bool draws : {false, true}) {
      if (n_classes == 0 && !draws) continue;
      CAPTURE(n_classes);
      AdaBoostConfig config = config_for(n_classes, draws);
      const Result plain = boost(n_classes, config, all_rows(kRows), {});
      CHECK(plain.model.n_trees() == 6);
      CHECK(plain == boost(n_classes, config, all_rows(kRows), {}, 4));
      std::vector<std::uint32_t> order = all_rows(kRows);
      std::shuffle(order.begin(), order.end(), std::mt19937(1));
      CHECK(plain == boost(n_classes, config, order, {}));

      const std::vector<double> weight = sample_weights(kRows, Weights::kWhole, 2);
      std::vector<std::uint32_t> copies;
      for (std::uint32_t row = 0; row < kRows; ++row)
        copies.insert(copies.end(), static_cast<std::size_t>(weight[row]), row);
      if (draws) config.trees.draw.n_draws = static_cast<std::int64_t>(copies.size());
      const Result weighted = boost(n_classes, config, all_rows(kRows), weight);
      CHECK(weighted == boost(n_classes, config, copies, {}));
      CHECK_FALSE(weighted == plain);
    }
}

TEST_CASE("AdaBoost: errors stay below chance, and later trees are not the first one again") {
  for (const std::int32_t n_classes : {2, 4}) {
    const Result result = boost(n_classes, config_for(n_classes, false), all_rows(kRows), {});
    for (const double error : result.errors) {
      CHECK(error > 0.0);
      CHECK(error < 1.0 - 1.0 / n_classes);
    }
    CHECK(result.errors[1] > result.errors[0]);
    for (const double weight : result.weights) CHECK(weight > 0.0);
  }
}

TEST_CASE("AdaBoost: rows are drawn by what they weigh in the round") {
  AdaBoostConfig config = config_for(2, true);
  config.learning_rate = 1e-12;
  const Result still = boost(2, config, all_rows(kRows), {});
  config.learning_rate = 30.0;
  const Result moved = boost(2, config, all_rows(kRows), {});
  // The same rows in the first round; later others, and trees that fit what was wrong alone.
  CHECK(moved.errors[0] == still.errors[0]);
  CHECK(moved.errors[1] < 0.05);
  for (const double error : still.errors) CHECK(error > 0.1);
}

TEST_CASE("AdaBoost: weights of classes change the trees, not how errors are measured") {
  AdaBoostConfig config = config_for(2, false);
  const Result plain = boost(2, config, all_rows(kRows), {});
  config.class_factors = {1.0, 1.0};
  CHECK(plain == boost(2, config, all_rows(kRows), {}));
  config.class_factors = {1.0, 0.9};
  const Result factored = boost(2, config, all_rows(kRows), {});
  CHECK_FALSE(factored == plain);
  for (const bool draws : {false, true}) {
    AdaBoostConfig either = config_for(2, draws);
    either.class_factors = {0.9, 1.0};
    CHECK_FALSE(boost(2, either, all_rows(kRows), {}) ==
                boost(2, config_for(2, draws), all_rows(kRows), {}));
  }
}

TEST_CASE("AdaBoost: what does not go together is refused") {
  const auto refused = [](std::int32_t n_classes, AdaBoostConfig config, const char* text) {
    CHECK_THROWS_WITH_AS(boost(n_classes, config, all_rows(kRows), {}), doctest::Contains(text),
                         ValueError);
  };
  AdaBoostConfig config = config_for(2, false);
  refused(0, config, "wrong_class goes with classes");
  config.trees.criterion = "squared_error";
  refused(2, config, "criterion='squared_error' is for regression");
  config = config_for(2, false);
  config.learning_rate = 0.0;
  refused(2, config, "learning_rate is 0");
  config = config_for(2, false);
  config.class_factors = {0.5, 2.0};
  refused(2, config, "class_factors holds 2");
  config.class_factors = {0.5};
  refused(2, config, "class_factors has 1 numbers for 2 classes");
  config = config_for(2, true);
  config.trees.draw.sampling = Sampling::kWithoutReplacement;
  refused(2, config, "without_replacement");
  config = config_for(2, false);
  config.trees.features_per_tree = 2;
  refused(2, config, "a forest's alone");
  refused(0, config_for(0, false), "AdaBoost of numbers draws its rows");
  CHECK_THROWS_WITH_AS(row_loss_of_name("cubic"), doctest::Contains("loss is 'cubic'"), ValueError);
}

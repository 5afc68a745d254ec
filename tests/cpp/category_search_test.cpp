// Splits of categories: every criterion's search against all ways to part them.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "category_samples.hpp"
#include "gbengine/base/error.hpp"
#include "gbengine/criterion/registry.hpp"
#include "gbengine/ensemble/forest.hpp"
#include "gbengine/learn/cart_grower.hpp"
#include "gbengine/predict/predictor.hpp"
#include "naive_split.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

using Rows = NaiveNode::Rows;

/// Rows of a category in a subset (bits over the categories that the rows show, in order).
Rows rows_of_subset(const SampleTable& table, const Rows& rows, const std::vector<double>& shown,
                    unsigned subset, bool missing_goes_left) {
  Rows left;
  for (const auto row : rows) {
    const double x = table.at(row, 0);
    const auto place =
        static_cast<unsigned>(std::find(shown.begin(), shown.end(), x) - shown.begin());
    if (std::isnan(x) ? missing_goes_left : (subset >> place & 1) != 0) left.push_back(row);
  }
  return left;
}

/// The largest decrease of impurity over all ways to part the categories.
double best_of_all(const NaiveNode& naive, const SampleTable& table, const Rows& rows) {
  const std::set<double> values = NaiveNode::values(table, 0, rows);
  const std::vector<double> shown(values.begin(), values.end());
  double most = -1.0;
  for (unsigned subset = 0; subset < 1U << shown.size(); ++subset)
    for (const bool missing_left : {false, true}) {
      const Rows left = rows_of_subset(table, rows, shown, subset, missing_left);
      const Rows right = naive.others(rows, left);
      if (left.empty() || right.empty() || !naive.is_allowed(left, right, 0)) continue;
      most = std::max(most, naive.improvement(rows, left));
    }
  return most;
}

/// One number or two classes, and a criterion that is a sum over rows: the order by mean is enough.
bool has_best_order(const std::string& criterion, const std::vector<std::int32_t>& n_classes,
                    std::int32_t n_outputs) {
  return n_outputs == 1 && criterion != "absolute_error" &&
         (n_classes.empty() || n_classes[0] == 2);
}

struct Found {
  double improvement = -1.0;
  Rows left;
};

Found seek(const std::string& criterion, const SampleTable& table, const Targets& targets,
           const Rows& rows, std::int64_t min_samples_leaf) {
  const CodedTable coded(Parallel(1), table.view(), nullptr, 255, std::vector<std::int32_t>{7});
  const auto search = find_criterion(criterion).make_search(targets, {min_samples_leaf, false},
                                                            {table.n_rows, 300, false});
  search->start_tree(nullptr, 0);
  std::vector<std::int64_t> sums(static_cast<std::size_t>(targets.n_sums));
  std::vector<double> value(static_cast<std::size_t>(targets.n_values));
  const NodeRows node{rows.data(), static_cast<std::int64_t>(rows.size())};
  search->sum(node, sums.data());
  const NodeFacts facts = search->open(node, sums.data(), true, value.data());
  if (facts.is_pure) return {};
  SplitCandidate best;
  search->seek(coded, 0, 0, best);
  if (!best.is_valid()) return {};
  Found found;
  found.improvement =
      (best.score - facts.score) * search->improvement_unit() / static_cast<double>(sums.back());
  for (const auto row : rows) {
    const double x = table.at(row, 0);
    if (std::isnan(x) ? best.missing_goes_left && best.saw_missing
                      : best.categories.left.contains_value(x))
      found.left.push_back(row);
  }
  return found;
}

void check_seek(const std::string& criterion, const std::vector<std::int32_t>& n_classes,
                std::int32_t n_outputs, Weights weights, std::int64_t min_samples_leaf,
                unsigned seed) {
  constexpr std::int64_t kRows = 40;
  std::mt19937 random(seed);
  SampleTable table{kRows, 1, {}};
  for (std::int64_t i = 0; i < kRows; ++i)
    table.x.push_back(seed % 2 == 0 && random() % 8 == 0 ? kMissing
                                                         : static_cast<double>(random() % 7));
  const std::vector<double> y = sample_targets(table, n_classes, n_outputs, seed);
  const std::vector<double> weight = sample_weights(kRows, weights, seed);
  const Targets targets =
      make_targets(Parallel(1), {y.data(), kRows, n_outputs}, n_classes, pointer(weight), kRows);
  const Rows rows = all_rows(kRows);
  const NaiveNode naive{criterion, &targets, nullptr, min_samples_leaf, 0};
  const Found found = seek(criterion, table, targets, rows, min_samples_leaf);
  if (found.left.empty()) return;
  const Rows right = naive.others(rows, found.left);
  CHECK(found.improvement == doctest::Approx(naive.improvement(rows, found.left)).epsilon(1e-9));
  CHECK(naive.is_allowed(found.left, right, 0));
  const double most = best_of_all(naive, table, rows);
  if (has_best_order(criterion, n_classes, n_outputs) && min_samples_leaf == 1)
    CHECK(found.improvement == doctest::Approx(most).epsilon(1e-9));
  else
    CHECK(found.improvement >= 0.6 * most - 1e-9);
}

}  // namespace

TEST_CASE("categories: the best of all ways to part them, where the order by mean holds it") {
  unsigned seed = 0;
  for (const CriterionRow& row : criterion_registry())
    for (const std::int32_t n_outputs : {1, 2})
      for (const std::int32_t n_classes : {2, 3, 5})
        for (const Weights weights : {Weights::kNone, Weights::kWhole, Weights::kFractional})
          for (const std::int64_t min_samples_leaf : {1, 5}) {
            std::vector<std::int32_t> classes;
            if (row.task == "classification")
              classes.assign(static_cast<std::size_t>(n_outputs), n_classes);
            CAPTURE(row.name);
            CAPTURE(n_outputs);
            CAPTURE(n_classes);
            CAPTURE(min_samples_leaf);
            CAPTURE(seed);
            check_seek(std::string(row.name), classes, n_outputs, weights, min_samples_leaf,
                       ++seed);
          }
}

namespace {

struct Setting {
  std::string criterion;
  bool random_cuts;
  int max_bins;
  std::int32_t max_leaf_nodes;
};

ForestConfig forest_config(const Setting& setting, std::int32_t n_cols) {
  ForestConfig config{};
  config.cart = free_growth(n_cols);
  config.cart.random_cuts = setting.random_cuts;
  config.cart.max_leaf_nodes = setting.max_leaf_nodes;
  config.criterion = setting.criterion;
  config.draw = {Sampling::kAll, 0};
  config.features_per_tree = n_cols;
  return config;
}

std::vector<Setting> settings() {
  std::vector<Setting> all;
  for (const CriterionRow& row : criterion_registry())
    for (const bool random_cuts : {false, true})
      for (const int max_bins : {255, 16, 0})
        for (const std::int32_t max_leaf_nodes : {0, 9})
          all.push_back({std::string(row.name), random_cuts, max_bins, max_leaf_nodes});
  return all;
}

bool same_model(const EnsembleModel& a, const EnsembleModel& b) {
  bool same = a.tree_begin == b.tree_begin && a.nodes.category_sets == b.nodes.category_sets;
  for_each_walk_field([&](const char*, const auto& x, const auto& y) { same &= x == y; }, a.nodes,
                      b.nodes);
  return same;
}

}  // namespace

TEST_CASE("categories: trees are valid models, the same for any number of threads") {
  constexpr std::int64_t kRows = 700;
  constexpr std::int32_t kCols = 12;
  const SampleTable table = sample_table_with_categories(kRows, kCols, 6);
  unsigned seed = 0;
  for (const Setting& setting : settings()) {
    CAPTURE(setting.criterion);
    CAPTURE(setting.random_cuts);
    CAPTURE(setting.max_bins);
    CAPTURE(setting.max_leaf_nodes);
    std::vector<std::int32_t> n_classes;
    if (is_class_criterion(setting.criterion)) n_classes = {++seed % 2 == 0 ? 2 : 3};
    const std::vector<double> y = sample_targets(table, n_classes, 1, 8);
    const CodedTable coded = coded_with_categories(table, setting.max_bins);
    std::vector<EnsembleModel> models;
    for (const int n_threads : {1, 3}) {
      Forest forest(Parallel(n_threads), coded, {y.data(), kRows, 1}, n_classes, nullptr,
                    forest_config(setting, kCols), nullptr);
      forest.add_trees(Parallel(n_threads), 2);
      models.push_back(forest.model());
    }
    CHECK(same_model(models[0], models[1]));
    CHECK(models[0].n_categories == sample_n_categories(kCols));
    if (setting.max_leaf_nodes == 0) CHECK_FALSE(models[0].nodes.category_sets.empty());
    validate(models[0]);
    if (setting.random_cuts || setting.max_leaf_nodes != 0 || setting.max_bins != 0) continue;
    // Fully grown on every value: a leaf's rows have one target, or are alike in every column.
    const Predictor predictor(models[0]);
    std::vector<double> raw(static_cast<std::size_t>(kRows * models[0].n_outputs));
    predictor.raw_scores(Parallel(1), table.view(), raw.data());
    if (!n_classes.empty()) continue;
    double error = 0.0;
    for (std::size_t i = 0; i < y.size(); ++i) error += std::abs(raw[i] - y[i]);
    CHECK(error < 0.05 * static_cast<double>(kRows));
  }
}

TEST_CASE("categories: a monotonic constraint on a column of categories is refused") {
  const SampleTable table = sample_table_with_categories(50, 4, 6);
  const std::vector<double> y = sample_targets(table, {}, 1, 8);
  const CodedTable coded = coded_with_categories(table, 255);
  ForestConfig config = forest_config({"squared_error", false, 255, 0}, 4);
  config.cart.monotonic = {0, 1, 0, 0};
  CHECK_THROWS_AS(
      Forest(Parallel(1), coded, {y.data(), 50, 1}, {}, nullptr, std::move(config), nullptr),
      ValueError);
}

#include "gbengine/ensemble/out_of_bag.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "cart_samples.hpp"
#include "gbengine/base/error.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

constexpr std::int64_t kRows = 250;

/// What the targets hang on.
enum class Kind { kAnyColumn, kFirstColumn };

/// A forest and all it reads.
class Grown {
 public:
  Grown(const std::string& criterion, std::vector<std::int32_t> n_classes, std::int32_t n_outputs,
        ForestConfig config, std::int32_t n_trees, int max_bins = 0, Kind kind = Kind::kAnyColumn)
      : table_(sample_table(kRows, 5, 3)),
        coded_(table_.coded(max_bins)),
        y_(sample_targets(table_, n_classes, n_outputs, 3)) {
    if (kind == Kind::kFirstColumn)
      for (std::int64_t i = 0; i < kRows; ++i) {
        const double x = table_.at(i, 0);
        y_[static_cast<std::size_t>(i)] = n_classes.empty() ? x : (x > 0) + (x > 400);
      }
    config.criterion = criterion;
    forest_ = std::make_unique<Forest>(Parallel(1), coded_, TargetView{y_.data(), kRows, n_outputs},
                                       n_classes, nullptr, config, nullptr);
    forest_->add_trees(Parallel(1), n_trees);
  }

  const Forest& forest() const { return *forest_; }
  const SampleTable& table() const { return table_; }
  double y(std::int64_t row) const { return y_[static_cast<std::size_t>(row)]; }

  /// The values of the leaf that a row reaches, by the thresholds.
  const double* leaf(std::int32_t tree, std::int64_t row) const {
    const EnsembleModel& model = forest_->model();
    std::int64_t node = model.tree_begin[static_cast<std::size_t>(tree)];
    const std::int64_t root = node;
    while (model.nodes.left_child[static_cast<std::size_t>(node)] != kNoChild) {
      const auto at = static_cast<std::size_t>(node);
      const double x = table_.at(row, model.nodes.feature[at]);
      const bool left =
          std::isnan(x) ? model.nodes.missing_goes_left[at] != 0 : x <= model.nodes.threshold[at];
      node = root + model.nodes.left_child[at] + (left ? 0 : 1);
    }
    return model.value_of(node);
  }

 private:
  SampleTable table_;
  CodedTable coded_;
  std::vector<double> y_;
  std::unique_ptr<Forest> forest_;
};

ForestConfig bootstrap(std::int64_t n_draws = kRows) {
  ForestConfig config{};
  config.cart = free_growth(5);
  config.cart.max_features = 2;
  config.draw = {Sampling::kWithReplacement, n_draws};
  config.features_per_tree = 5;
  return config;
}

void check_values(const Grown& grown) {
  const Forest& forest = grown.forest();
  const std::int32_t width = forest.model().leaf_width;
  for (const int n_threads : {1, 4}) {
    const OutOfBag oob = out_of_bag(Parallel(n_threads), forest);
    REQUIRE(oob.value.size() == static_cast<std::size_t>(kRows * width));
    std::vector<std::vector<std::uint32_t>> counts;
    for (std::int32_t t = 0; t < forest.model().n_trees(); ++t) {
      counts.emplace_back(kRows);
      forest.draw().counts(static_cast<std::uint64_t>(t), counts.back().data());
    }
    for (std::int64_t i = 0; i < kRows; ++i) {
      std::vector<double> sum(static_cast<std::size_t>(width), 0.0);
      std::int64_t n_trees = 0;
      for (std::int32_t t = 0; t < forest.model().n_trees(); ++t) {
        if (counts[static_cast<std::size_t>(t)][static_cast<std::size_t>(i)] > 0) continue;
        ++n_trees;
        for (std::int32_t k = 0; k < width; ++k)
          sum[static_cast<std::size_t>(k)] += grown.leaf(t, i)[k];
      }
      CHECK(oob.n_trees[static_cast<std::size_t>(i)] == n_trees);
      for (std::int32_t k = 0; k < width; ++k) {
        const double value = oob.value[static_cast<std::size_t>(i * width + k)];
        if (n_trees == 0)
          CHECK(std::isnan(value));
        else
          CHECK(value == sum[static_cast<std::size_t>(k)] / static_cast<double>(n_trees));
      }
    }
  }
}

}  // namespace

TEST_CASE("out_of_bag: the mean over the trees that have not drawn the row, of every output") {
  check_values({"gini", {2}, 1, bootstrap(), 70});
  check_values({"entropy", {3}, 1, bootstrap(), 10});
  check_values({"gini", {2, 3}, 2, bootstrap(), 10, 30});
  check_values({"squared_error", {}, 1, bootstrap(), 3});  // some rows are in every bag
  check_values({"absolute_error", {}, 2, bootstrap(60), 5});
}

TEST_CASE("out_of_bag: random cuts, drawn columns and few bins lead to the same leaves") {
  ForestConfig config = bootstrap();
  config.cart.random_cuts = true;
  config.features_per_tree = 3;
  check_values({"gini", {3}, 1, config, 10});
  check_values({"squared_error", {}, 1, config, 10, 12});
  config.draw.sampling = Sampling::kWithoutReplacement;
  config.draw.n_draws = kRows / 3;
  check_values({"squared_error", {}, 1, config, 10});
}

TEST_CASE("out_of_bag: without sampling there are no such rows") {
  ForestConfig config = bootstrap();
  config.draw = {Sampling::kAll, 0};
  const Grown grown("gini", {2}, 1, config, 2);
  CHECK_THROWS_AS(out_of_bag(Parallel(1), grown.forest()), ValueError);
  CHECK_THROWS_AS(out_of_bag_importances(Parallel(1), grown.forest(), 1), ValueError);
}

TEST_CASE("out_of_bag_importances: columns that say something matter, others do not at all") {
  ForestConfig config = bootstrap();
  config.cart.max_features = 5;
  for (const std::string criterion : {"gini", "squared_error"}) {
    CAPTURE(criterion);
    const std::vector<std::int32_t> n_classes(is_class_criterion(criterion) ? 1 : 0, 3);
    const Grown grown(criterion, n_classes, 1, config, 30, 0, Kind::kFirstColumn);
    const auto importances = out_of_bag_importances(Parallel(1), grown.forest(), 4);
    CHECK(importances == out_of_bag_importances(Parallel(3), grown.forest(), 4));
    CHECK(importances != out_of_bag_importances(Parallel(1), grown.forest(), 5));
    REQUIRE(importances.size() == 5);
    for (std::size_t f = 1; f < 5; ++f) CHECK(importances[0] > 3 * std::abs(importances[f]));
  }
  CHECK_THROWS_AS(out_of_bag_importances(Parallel(1), Grown("gini", {2}, 1, config, 2).forest(), 0),
                  ValueError);
}

TEST_CASE("out_of_bag_importances: a column that no tree uses has none") {
  ForestConfig config = bootstrap();
  config.cart.max_depth = 1;
  config.cart.max_features = 5;
  const Grown grown("squared_error", {}, 1, config, 8);
  std::vector<bool> is_used(5, false);
  for (const std::int32_t f : grown.forest().model().nodes.feature)
    if (f != kLeafFeature) is_used[static_cast<std::size_t>(f)] = true;
  const auto importances = out_of_bag_importances(Parallel(1), grown.forest(), 2);
  for (std::size_t f = 0; f < 5; ++f) CHECK((importances[f] != 0.0) == is_used[f]);
}

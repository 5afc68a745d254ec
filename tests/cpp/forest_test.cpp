#include "gbengine/ensemble/forest.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "cart_samples.hpp"
#include "gbengine/base/error.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

ForestConfig config_of(const std::string& criterion, Sampling sampling, std::int64_t n_draws) {
  ForestConfig config{};
  config.cart = free_growth(5);
  config.cart.max_features = 2;
  config.cart.random_order = true;
  config.criterion = criterion;
  config.draw = {sampling, n_draws};
  config.features_per_tree = 5;
  return config;
}

/// A training set that lives as long as the forests grown on it.
struct Data {
  SampleTable table;
  CodedTable coded;
  std::vector<std::int32_t> n_classes;
  std::vector<double> y, weight;

  Data(std::int64_t n_rows, std::vector<std::int32_t> classes, unsigned seed)
      : table(sample_table(n_rows, 5, seed)),
        coded(table.coded()),
        n_classes(std::move(classes)),
        y(sample_targets(table, n_classes, 1, seed)) {}

  Data(const Data& from, const std::vector<std::uint32_t>& rows)
      : table(from.table.rows(rows)), coded(table.coded()), n_classes(from.n_classes) {
    for (const std::uint32_t row : rows) y.push_back(from.y[row]);
  }

  std::unique_ptr<Forest> start(const ForestConfig& config, int n_threads = 1,
                                const EnsembleModel* model = nullptr) const {
    return std::make_unique<Forest>(Parallel(n_threads), coded,
                                    TargetView{y.data(), table.n_rows, 1}, n_classes,
                                    pointer(weight), config, model);
  }

  EnsembleModel grown(const ForestConfig& config, std::int32_t n_trees, int n_threads = 1) const {
    const auto forest = start(config, n_threads);
    forest->add_trees(Parallel(n_threads), n_trees);
    return forest->model();
  }
};

bool same_model(const EnsembleModel& a, const EnsembleModel& b) {
  bool same = a.tree_begin == b.tree_begin && a.leaf_width == b.leaf_width;
  for_each_field([&](const char*, const auto& x, const auto& y) { same &= x == y; }, a.nodes,
                 b.nodes);
  return same;
}

}  // namespace

TEST_CASE("Forest: the same trees for any number of threads and any way to ask for them") {
  const Data data(25'000, {3}, 1);
  ForestConfig config = config_of("gini", Sampling::kWithReplacement, 25'000);
  config.cart.min_samples_leaf = 20;
  const EnsembleModel all = data.grown(config, 7);
  CHECK(all.n_trees() == 7);
  for (const int n_threads : {2, 5}) {
    CHECK(same_model(all, data.grown(config, 7, n_threads)));
    const auto forest = data.start(config, n_threads);
    for (const std::int32_t n_trees : {1, 4, 2}) forest->add_trees(Parallel(n_threads), n_trees);
    CHECK(same_model(all, forest->model()));
  }
}

TEST_CASE("Forest: a model that is continued is the model grown at once") {
  const Data data(300, {2}, 2);
  const ForestConfig config = config_of("entropy", Sampling::kWithoutReplacement, 150);
  const EnsembleModel few = data.grown(config, 4);
  const auto forest = data.start(config, 1, &few);
  forest->add_trees(Parallel(1), 5);
  CHECK(same_model(forest->model(), data.grown(config, 9)));
  CHECK_THROWS_AS(Data(100, {3}, 2).start(config_of("gini", Sampling::kAll, 0), 1, &few),
                  ValueError);
}

TEST_CASE("Forest: the order of the rows changes nothing") {
  for (const auto& [criterion, n_classes] :
       std::vector<std::pair<std::string, std::vector<std::int32_t>>>{{"gini", {3}},
                                                                      {"squared_error", {}}})
    for (const Sampling sampling : {Sampling::kWithReplacement, Sampling::kWithoutReplacement}) {
      const Data data(400, n_classes, 3);
      std::vector<std::uint32_t> order = all_rows(400);
      std::shuffle(order.begin(), order.end(), std::mt19937(5));
      const ForestConfig config = config_of(criterion, sampling, 300);
      CHECK(same_model(data.grown(config, 5), Data(data, order).grown(config, 5)));
    }
}

TEST_CASE("Forest: the shares of the columns add up to one for each tree that has a split") {
  const Data data(200, {}, 4);
  const auto forest = data.start(config_of("squared_error", Sampling::kWithReplacement, 200));
  forest->add_trees(Parallel(1), 6);
  const auto& sums = forest->importances();
  CHECK(std::accumulate(sums.begin(), sums.end(), 0.0) == doctest::Approx(6.0));
  ForestConfig config = config_of("squared_error", Sampling::kAll, 0);
  config.cart.min_samples_split = 1000;
  const auto stumps = data.start(config);
  stumps->add_trees(Parallel(1), 3);
  CHECK(stumps->model().n_nodes() == 3);
  CHECK(stumps->importances() == std::vector<double>(5, 0.0));
}

TEST_CASE("Forest: leaf samples are the drawn rows, and their mean is the leaf's value") {
  const Data data(150, {}, 5);
  for (const Sampling sampling : {Sampling::kAll, Sampling::kWithReplacement}) {
    ForestConfig config = config_of("squared_error", sampling, sampling == Sampling::kAll ? 0 : 90);
    config.cart.min_samples_leaf = 4;
    config.keep_leaf_samples = true;
    const auto forest = data.start(config);
    forest->add_trees(Parallel(1), 4);
    const EnsembleModel& model = forest->model();
    const LeafSamples& samples = forest->leaf_samples();
    REQUIRE(static_cast<std::int64_t>(samples.offset.size()) == model.n_nodes() + 1);
    std::uint64_t n_counted = 0;
    for (std::size_t i = 0; i + 1 < samples.offset.size(); ++i) {
      const auto begin = static_cast<std::size_t>(samples.offset[i]);
      const auto end = static_cast<std::size_t>(samples.offset[i + 1]);
      CHECK((begin == end) == (model.nodes.left_child[i] != kNoChild));
      double sum = 0.0, weight = 0.0;
      for (std::size_t j = begin; j < end; ++j) {
        sum += data.y[samples.row[j]] * samples.count[j];
        weight += samples.count[j];
        n_counted += samples.count[j];
      }
      if (begin == end) continue;
      CHECK(weight == model.nodes.hess_sum[i]);
      CHECK(sum / weight == doctest::Approx(model.nodes.value[i]));
    }
    CHECK(n_counted == 4 * (sampling == Sampling::kAll ? 150U : 90U));
  }
}

TEST_CASE("Forest: balanced trees see as much of every class, and keep their least weight") {
  const Data data(300, {3}, 6);
  ForestConfig config = config_of("gini", Sampling::kWithReplacement, 200);
  config.balances_drawn_classes = true;
  config.cart.min_weight_leaf = 25.0;
  const EnsembleModel model = data.grown(config, 5);
  for (std::int32_t t = 0; t < 5; ++t) {
    const auto root = static_cast<std::size_t>(model.tree_begin[static_cast<std::size_t>(t)]);
    CHECK(model.nodes.hess_sum[root] == doctest::Approx(200.0));
    for (std::size_t k = 0; k < 3; ++k)
      CHECK(model.nodes.value[3 * root + k] == doctest::Approx(1.0 / 3));
  }
  CHECK(model.n_nodes() > 25);
  for (const double weight : model.nodes.hess_sum) CHECK(weight >= 25.0 * (1 - 1e-6));
}

TEST_CASE("Forest: a tree splits on the columns drawn for it alone") {
  const Data data(300, {2}, 7);
  ForestConfig config = config_of("gini", Sampling::kAll, 0);
  for (const bool with_replacement : {false, true}) {
    config.features_per_tree = 2;
    config.features_with_replacement = with_replacement;
    const auto forest = data.start(config);
    forest->add_trees(Parallel(1), 20);
    const EnsembleModel& model = forest->model();
    std::set<std::vector<std::int32_t>> seen;
    for (std::int32_t t = 0; t < 20; ++t) {
      const auto columns = forest->draw_columns(static_cast<std::uint64_t>(t));
      CHECK((columns.size() == 2 || (with_replacement && columns.size() == 1)));
      CHECK(std::is_sorted(columns.begin(), columns.end()));
      seen.insert(columns);
      for (auto i = model.tree_begin[static_cast<std::size_t>(t)];
           i < model.tree_begin[static_cast<std::size_t>(t) + 1]; ++i) {
        const std::int32_t f = model.nodes.feature[static_cast<std::size_t>(i)];
        CHECK((f == kLeafFeature || std::count(columns.begin(), columns.end(), f) == 1));
      }
    }
    CHECK(seen.size() > 5);
  }
}

TEST_CASE("Forest: nodes keep statistics if asked to, and their gains never") {
  const Data data(300, {2}, 8);
  ForestConfig config = config_of("gini", Sampling::kWithReplacement, 300);
  config.cart.ccp_alpha = 0.002;
  const EnsembleModel kept = data.grown(config, 5);
  config.cart.keep_statistics = false;
  const auto forest = data.start(config);
  forest->add_trees(Parallel(1), 5);
  const EnsembleModel& dropped = forest->model();
  const auto n_nodes = static_cast<std::size_t>(kept.n_nodes());
  CHECK(kept.nodes.impurity.size() == n_nodes);
  CHECK(kept.nodes.n_samples.size() == n_nodes);
  CHECK(kept.nodes.split_gain.empty());
  CHECK(dropped.nodes.impurity.empty());
  CHECK(dropped.nodes.n_samples.empty());
  CHECK(dropped.nodes.split_gain.empty());
  CHECK(dropped.nodes.hess_sum == kept.nodes.hess_sum);
  CHECK(dropped.nodes.threshold == kept.nodes.threshold);
  const std::vector<double>& shares = forest->importances();
  CHECK(std::accumulate(shares.begin(), shares.end(), 0.0) == doctest::Approx(5.0));
}

TEST_CASE("Forest: refuses what does not go together, and settings out of range") {
  const Data data(50, {2}, 8), numbers(50, {}, 8);
  const ForestConfig good = config_of("gini", Sampling::kWithReplacement, 50);
  CHECK_NOTHROW(data.start(good));
  CHECK_THROWS_AS(numbers.start(good), ValueError);
  ForestConfig bad = config_of("squared_error", Sampling::kAll, 0);
  CHECK_THROWS_AS(data.start(bad), ValueError);
  bad.balances_drawn_classes = true;
  CHECK_THROWS_AS(numbers.start(bad), ValueError);
  bad.criterion = "gini";
  CHECK_THROWS_AS(data.start(bad), ValueError);  // balanced among all rows: nothing was drawn
  const auto refused = [&](auto&& change) {
    ForestConfig config = good;
    change(config);
    CHECK_THROWS_AS(data.start(config), ValueError);
  };
  refused([](ForestConfig& c) { c.cart.max_features = 6; });
  refused([](ForestConfig& c) { c.cart.max_leaf_nodes = 1; });
  refused([](ForestConfig& c) { c.cart.min_samples_leaf = 0; });
  refused([](ForestConfig& c) { c.cart.min_weight_leaf = std::nan(""); });
  refused([](ForestConfig& c) { c.cart.monotonic = {1, 0}; });
  refused([](ForestConfig& c) { c.features_per_tree = 6; });
  refused([](ForestConfig& c) { c.draw.n_draws = 0; });
}

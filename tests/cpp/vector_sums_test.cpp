#include "gbengine/learn/vector_sums.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "gbengine/learn/grower.hpp"
#include "gbengine/learn/pair_sums.hpp"
#include "isa_guard.hpp"
#include "random_table.hpp"

using namespace gbengine;

namespace {

constexpr std::int64_t kRows = 3000;

struct FloatPair {  // as objectives give them
  float hess;
  float grad;
};

GrowerConfig config_of(GrowPolicy policy, double max_delta_step) {
  GrowerConfig config{};
  config.max_leaf_nodes = 40;
  config.min_samples_leaf = 9;
  config.max_features_per_tree = config.max_features_per_level = config.max_features = 1.0;
  config.cat_smooth = 1.0;
  config.max_cat_threshold = 20;
  config.min_samples_category = 2;
  config.max_delta_step = max_delta_step;
  config.grow_policy = policy;
  return config;
}

std::vector<FloatPair> random_gradients(bool is_const_hessian) {
  std::mt19937 random(11);
  std::vector<FloatPair> pairs(kRows);
  for (FloatPair& pair : pairs) {
    pair.grad = static_cast<float>(random() % 2001) / 1000.0f - 1.0f;
    pair.hess = is_const_hessian ? 1.0f : static_cast<float>(random() % 1000 + 1) / 1000.0f;
  }
  return pairs;
}

struct Problem {
  BinnedMatrix x = random_table(kRows, {3, 60, 255, 1, 17, 200}, true, 4);
  std::vector<double> y = std::vector<double>(kRows, 0.0);
  FixedWeights weights{Parallel(1), {y.data(), nullptr, kRows}};

  explicit Problem(bool has_categories) {
    for (std::size_t f : {0, 1, 5})
      if (has_categories) x.mappers[f].n_categories = x.mappers[f].n_bins();
  }

  GrownTree grow(const GrowerConfig& config, TreeSums& sums, std::vector<FloatPair> pairs,
                 int n_threads) const {
    sums.take_gradients(Parallel(n_threads), pairs.data());
    TreeGrower grower(x, config, weights, sums);
    return grower.grow(Parallel(n_threads), grower.partition().start_all(), 0);
  }
};

void check_is_tree_of_one(const GrownTree& shared, const GrownTree& one, std::size_t n_outputs) {
  CHECK(one.leaves.size() == 40);
  CHECK(shared.tree.feature == one.tree.feature);
  CHECK(shared.tree.threshold == one.tree.threshold);
  CHECK(shared.tree.missing_goes_left == one.tree.missing_goes_left);
  CHECK(shared.tree.n_samples == one.tree.n_samples);
  CHECK(shared.tree.hess_sum == one.tree.hess_sum);
  CHECK(shared.tree.category_sets == one.tree.category_sets);
  CHECK(shared.bin_threshold == one.bin_threshold);
  bool agree = shared.tree.value.size() == n_outputs * one.tree.value.size();
  for (std::size_t i = 0; agree && i < shared.tree.value.size(); ++i)
    agree = shared.tree.value[i] == one.tree.value[i / n_outputs];
  CHECK(agree);
}

}  // namespace

TEST_CASE("outputs with equal gradients share the tree of one vector") {
  for_each_isa([] {
    for (bool has_categories : {false, true})
      for (bool is_const_hessian : {true, false})
        for (double max_delta_step : {0.0, 0.25})
          for (GrowPolicy policy : {GrowPolicy::kLeafWise, GrowPolicy::kDepthWise}) {
            const Problem problem(has_categories);
            const GrowerConfig config = config_of(policy, max_delta_step);
            const auto pairs = random_gradients(is_const_hessian);
            PairSums alone(problem.x, config, problem.weights, is_const_hessian);
            const GrownTree one = problem.grow(config, alone, pairs, 1);
            std::vector<FloatPair> both = pairs;
            both.insert(both.end(), pairs.begin(), pairs.end());
            for (int n_threads : {1, 3}) {
              VectorSums sums(problem.x, config, problem.weights, 2, is_const_hessian);
              check_is_tree_of_one(problem.grow(config, sums, both, n_threads), one, 2);
            }
          }
  });
}

TEST_CASE("an output without gradients leaves the vector tree to the others, its values are 0") {
  const Problem problem(false);
  const GrowerConfig config = config_of(GrowPolicy::kLeafWise, 0.0);
  const auto pairs = random_gradients(true);
  PairSums alone(problem.x, config, problem.weights, true);
  const GrownTree one = problem.grow(config, alone, pairs, 1);
  std::vector<FloatPair> three(3 * kRows, {1.0f, 0.0f});
  std::copy(pairs.begin(), pairs.end(), three.begin() + kRows);
  VectorSums sums(problem.x, config, problem.weights, 3, true);
  const GrownTree shared = problem.grow(config, sums, three, 1);
  CHECK(shared.tree.feature == one.tree.feature);
  CHECK(shared.tree.split_gain == one.tree.split_gain);
  bool agree = true;
  for (std::size_t i = 0; i < one.tree.value.size(); ++i)
    agree &= shared.tree.value[3 * i] == 0.0 && shared.tree.value[3 * i + 2] == 0.0 &&
             shared.tree.value[3 * i + 1] == one.tree.value[i];
  CHECK(agree);
}

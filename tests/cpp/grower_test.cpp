#include "gbengine/learn/grower.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "gbengine/learn/pair_sums.hpp"
#include "isa_guard.hpp"
#include "random_table.hpp"

using namespace gbengine;

namespace {

GrowerConfig plain_config() {
  GrowerConfig config{};
  config.max_leaf_nodes = 31;
  config.min_samples_leaf = 1;
  config.max_features_per_tree = config.max_features_per_level = config.max_features = 1.0;
  config.cat_smooth = 1.0;
  config.max_cat_threshold = 20;
  config.min_samples_category = 2;
  config.grow_policy = GrowPolicy::kLeafWise;
  config.seed = 3;
  return config;
}

/// Rows, labels and integer gradients of a small training set without weights.
struct Problem {
  BinnedMatrix x;
  std::vector<GradientPair> pairs;
  std::vector<double> y;
  FixedWeights weights;

  Problem(std::int64_t n_rows, bool has_missing, unsigned seed)
      : x(random_table(n_rows, {3, 60, 255, 1, 17}, has_missing, seed)),
        pairs(random_pairs(n_rows, seed + 1)),
        y(static_cast<std::size_t>(n_rows), 0.0),
        weights(Parallel(1), {y.data(), nullptr, n_rows}) {}

  /// Takes the bins of some columns for categories.
  Problem& with_categories() {
    for (std::size_t f : {0, 1, 2}) x.mappers[f].n_categories = x.mappers[f].n_bins();
    return *this;
  }

  GrownTree grow(const GrowerConfig& config, int n_threads = 1) {
    PairSums sums(x, config, weights, false);
    sums.take_pairs(pairs.data(), {0.125, 0.5}, false);
    TreeGrower grower(x, config, weights, sums);
    GrownTree grown = grower.grow(Parallel(n_threads), grower.partition().start_all(), 0);
    check_leaf_rows(grower, grown);
    return grown;
  }

  std::int32_t leaf_of(const GrownTree& grown, std::int64_t row) const {
    std::int32_t node = 0;
    while (!grown.tree.is_leaf(node)) {
      const auto at = static_cast<std::size_t>(node);
      const std::int32_t f = grown.tree.feature[at];
      const int code = x.row(row)[f];
      const BinMapper& mapper = x.mappers[static_cast<std::size_t>(f)];
      const auto set = static_cast<std::size_t>(grown.tree.threshold[at]);
      const bool left =
          code == mapper.missing_bin() ? grown.tree.missing_goes_left[at] != 0
          : mapper.is_categorical()
              ? grown.tree.category_sets[set].contains(static_cast<std::uint32_t>(code))
              : code <= grown.bin_threshold[at];
      node = grown.tree.left_child[at] + (left ? 0 : 1);
    }
    return node;
  }

  /// The leaves' runs are a partition of the rows, and each row is where the tree sends it.
  void check_leaf_rows(TreeGrower& grower, const GrownTree& grown) const {
    std::int64_t n_rows = 0;
    bool agree = true;
    for (const GrownLeaf& leaf : grown.leaves) {
      const std::uint32_t* rows = grower.partition().rows(leaf.rows);
      n_rows += leaf.rows.size;
      for (std::int64_t i = 0; i < leaf.rows.size; ++i)
        agree &= leaf_of(grown, rows == nullptr ? i : rows[i]) == leaf.node_idx;
    }
    CHECK(n_rows == x.n_rows);
    CHECK(agree);
  }
};

/// Without and with categories.
std::vector<Problem> two_problems(std::int64_t n_rows, unsigned seed) {
  std::vector<Problem> problems;
  problems.emplace_back(n_rows, true, seed);
  problems.emplace_back(n_rows, true, seed);
  problems.back().with_categories();
  return problems;
}

std::vector<std::int64_t> leaf_sizes(const GrownTree& grown) {
  std::vector<std::int64_t> sizes;
  for (const GrownLeaf& leaf : grown.leaves) sizes.push_back(leaf.rows.size);
  return sizes;
}

bool same_tree(const GrownTree& a, const GrownTree& b) {
  return a.tree.feature == b.tree.feature && a.tree.threshold == b.tree.threshold &&
         a.tree.value == b.tree.value && a.tree.split_gain == b.tree.split_gain &&
         a.tree.missing_goes_left == b.tree.missing_goes_left &&
         a.tree.n_samples == b.tree.n_samples && a.bin_threshold == b.bin_threshold &&
         a.tree.category_sets == b.tree.category_sets;
}

}  // namespace

TEST_CASE("threads and instruction sets grow the same tree") {
  for (Problem& problem : two_problems(30'000, 1))
    for (GrowPolicy policy : {GrowPolicy::kLeafWise, GrowPolicy::kDepthWise}) {
      GrowerConfig config = plain_config();
      config.grow_policy = policy;
      const GrownTree first = problem.grow(config);
      CHECK(first.leaves.size() == 31);
      for_each_isa([&] {
        for (int n_threads : {1, 2, 5}) CHECK(same_tree(problem.grow(config, n_threads), first));
      });
    }
}

TEST_CASE("sets of categories are numbered in the order of the nodes") {
  const GrownTree grown = Problem(5000, true, 4).with_categories().grow(plain_config());
  double n_sets = 0;
  for (std::int32_t i = 0; i < grown.tree.n_nodes(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (grown.tree.feature[at] >= 0 && grown.tree.feature[at] <= 2)
      CHECK(grown.tree.threshold[at] == n_sets++);
  }
  CHECK(n_sets > 5);
  CHECK(static_cast<double>(grown.tree.category_sets.size()) == n_sets);
}

TEST_CASE("limits hold") {
  Problem problem(3000, true, 7);
  GrowerConfig config = plain_config();
  for (std::int32_t leaves : {2, 3, 10}) {
    config.max_leaf_nodes = leaves;
    CHECK(problem.grow(config).leaves.size() == static_cast<std::size_t>(leaves));
  }
  config.max_leaf_nodes = 0;
  config.max_depth = 3;
  CHECK(problem.grow(config).leaves.size() <= 8);
  config.max_depth = 0;
  for (std::int64_t min_samples : {1, 7, 100, 1400, 1501}) {
    config.min_samples_leaf = min_samples;
    const auto sizes = leaf_sizes(problem.grow(config));
    if (sizes.size() > 1) CHECK(*std::min_element(sizes.begin(), sizes.end()) >= min_samples);
    if (min_samples == 1501) CHECK(sizes.size() == 1);
  }
  config.min_samples_leaf = 1;
  config.min_split_gain = 1e12;
  CHECK(problem.grow(config).leaves.size() == 1);
}

TEST_CASE("checking counts late gives the tree that counting everywhere gives") {
  // Once from hessians that count rows (checked in every search), once from hessians that do not.
  for (Problem& problem : two_problems(4000, 21)) {
    for (auto& pair : problem.pairs) pair.hess = 1;
    GrowerConfig config = plain_config();
    for (std::int64_t min_samples : {5, 60, 300}) {
      config.min_samples_leaf = min_samples;
      PairSums sums(problem.x, config, problem.weights, false);
      TreeGrower grower(problem.x, config, problem.weights, sums);
      const Parallel one(1);
      const RowRun root = grower.partition().start_all();
      sums.take_pairs(problem.pairs.data(), {0.125, 1.0}, true);
      const GrownTree early = grower.grow(one, root, 0);
      sums.take_pairs(problem.pairs.data(), {0.125, 1.0}, false);
      const GrownTree late = grower.grow(one, root, 0);
      CHECK(same_tree(early, late));
    }
  }
}

TEST_CASE("nothing to split on, no rows, one row") {
  for (std::int64_t n_rows : {1, 2}) {
    Problem problem(n_rows, false, 1);
    CHECK(problem.grow(plain_config()).leaves.size() <= static_cast<std::size_t>(n_rows));
  }
  Problem problem(50, false, 1);
  const GrowerConfig config = plain_config();
  PairSums sums(problem.x, config, problem.weights, false);
  sums.take_pairs(problem.pairs.data(), {1, 1}, false);
  TreeGrower grower(problem.x, config, problem.weights, sums);
  const RowRun none =
      grower.partition().start_sampled([](std::uint32_t*) { return std::int64_t{0}; });
  const GrownTree grown = grower.grow(Parallel(1), none, 0);
  CHECK(grown.leaves.size() == 1);
  CHECK(grown.tree.value[0] == 0.0);
}

TEST_CASE("feature sampling depends on tree, level and node alone, and takes the asked share") {
  GrowerConfig config = plain_config();
  std::vector<std::int32_t> usable(40);
  std::iota(usable.begin(), usable.end(), 2);
  config.max_features_per_tree = 0.5;
  config.max_features_per_level = 0.5;
  config.max_features = 0.3;
  FeatureSampler sampler(config, usable), other(config, usable);
  sampler.start_tree(4);
  const auto first = sampler.for_node(1, 2);
  CHECK(first.size() == 3);
  CHECK(std::is_sorted(first.begin(), first.end()));
  other.start_tree(9);
  other.for_node(0, 0);
  other.start_tree(4);
  other.for_node(3, 17);
  CHECK(other.for_node(1, 2) == first);
  sampler.start_tree(5);
  CHECK(sampler.for_node(1, 2) != first);
}

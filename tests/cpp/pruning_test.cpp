#include "gbengine/learn/pruning.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cart_samples.hpp"
#include "gbengine/learn/cart_grower.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

CartTree grown(const std::string& criterion, unsigned seed,
               Weights weights = Weights::kFractional) {
  const SampleTable table = sample_table(150, 5, seed);
  const std::vector<std::int32_t> n_classes(is_class_criterion(criterion) ? 1 : 0, 3);
  const std::vector<double> y = sample_targets(table, n_classes, 1, seed);
  const std::vector<double> weight = sample_weights(150, weights, seed);
  const CodedTable coded = table.coded();
  const Targets targets =
      make_targets(Parallel(1), {y.data(), 150, 1}, n_classes, pointer(weight), 0);
  const CartConfig config = free_growth(5);
  CartGrower grower(Parallel(1), coded, targets, config, find_criterion(criterion), 150);
  return grower.grow(Parallel(1), {all_rows(150), nullptr, {0, 1, 2, 3, 4}, 0});
}

double cost_of(const Tree& tree, std::size_t node) {
  return tree.hess_sum[node] * tree.impurity[node] / tree.hess_sum[0];
}

struct Branch {
  double cost;
  double n_leaves;
};

/// What is left below a node where the nodes marked have become leaves.
Branch branch_of(const Tree& tree, const std::vector<std::uint8_t>& is_leaf, std::size_t node) {
  if (is_leaf[node] != 0) return {cost_of(tree, node), 1};
  const auto left = static_cast<std::size_t>(tree.left_child[node]);
  const Branch a = branch_of(tree, is_leaf, left), b = branch_of(tree, is_leaf, left + 1);
  return {a.cost + b.cost, a.n_leaves + b.n_leaves};
}

void inner_nodes(const Tree& tree, const std::vector<std::uint8_t>& is_leaf, std::size_t node,
                 std::vector<std::size_t>& found) {
  if (is_leaf[node] != 0) return;
  found.push_back(node);
  const auto left = static_cast<std::size_t>(tree.left_child[node]);
  inner_nodes(tree, is_leaf, left, found);
  inner_nodes(tree, is_leaf, left + 1, found);
}

/// The path by computing every link anew at each step.
PruningPath naive_path(const Tree& tree) {
  std::vector<std::uint8_t> is_leaf(tree.feature.size());
  for (std::size_t i = 0; i < is_leaf.size(); ++i) is_leaf[i] = tree.left_child[i] == kNoChild;
  PruningPath path{{0.0}, {branch_of(tree, is_leaf, 0).cost}};
  while (is_leaf[0] == 0) {
    std::vector<std::size_t> nodes;
    inner_nodes(tree, is_leaf, 0, nodes);
    const auto alpha_of = [&](std::size_t node) {
      const Branch branch = branch_of(tree, is_leaf, node);
      return (cost_of(tree, node) - branch.cost) / (branch.n_leaves - 1);
    };
    const std::size_t weakest = *std::min_element(
        nodes.begin(), nodes.end(), [&](auto a, auto b) { return alpha_of(a) < alpha_of(b); });
    path.ccp_alphas.push_back(alpha_of(weakest));
    is_leaf[weakest] = 1;
    path.impurities.push_back(branch_of(tree, is_leaf, 0).cost);
  }
  return path;
}

/// The least cost of a branch with `alpha` a leaf, its smallest tree first where both cost the
/// same.
Branch cheapest(const Tree& tree, std::size_t node, double alpha) {
  const Branch leaf{cost_of(tree, node), 1};
  if (tree.left_child[node] == kNoChild) return leaf;
  const auto left = static_cast<std::size_t>(tree.left_child[node]);
  const Branch a = cheapest(tree, left, alpha), b = cheapest(tree, left + 1, alpha);
  const Branch both{a.cost + b.cost, a.n_leaves + b.n_leaves};
  return leaf.cost + alpha <= both.cost + alpha * both.n_leaves + 1e-15 ? leaf : both;
}

}  // namespace

TEST_CASE("pruning_path: the weakest link is cut first, step after step") {
  for (const std::string criterion : {"gini", "entropy", "squared_error", "absolute_error"})
    for (unsigned seed = 0; seed < 4; ++seed) {
      CAPTURE(criterion);
      CAPTURE(seed);
      const Tree tree = grown(criterion, seed).nodes;
      const PruningPath path = pruning_path(tree), naive = naive_path(tree);
      REQUIRE(path.ccp_alphas.size() == naive.ccp_alphas.size());
      for (std::size_t i = 0; i < naive.ccp_alphas.size(); ++i) {
        CHECK(path.ccp_alphas[i] == doctest::Approx(naive.ccp_alphas[i]).epsilon(1e-9));
        CHECK(path.impurities[i] == doctest::Approx(naive.impurities[i]).epsilon(1e-9));
      }
      CHECK(path.impurities.back() == doctest::Approx(tree.impurity[0]));
      CHECK(std::is_sorted(path.impurities.begin(), path.impurities.end(),
                           [](double a, double b) { return a < b - 1e-12; }));
    }
}

TEST_CASE("pruned_at: leaves the smallest of the cheapest trees") {
  for (const std::string criterion : {"gini", "squared_error"})
    for (const Weights weights : {Weights::kNone, Weights::kFractional}) {
      const CartTree tree = grown(criterion, 7, weights);
      const PruningPath path = pruning_path(tree.nodes);
      std::vector<double> alphas{0.0, 1e-6, 1e9};
      for (std::size_t i = 1; i < path.ccp_alphas.size(); i += 3)
        alphas.push_back(path.ccp_alphas[i] * 1.0000001 + 1e-12);
      for (const double alpha : alphas) {
        CAPTURE(alpha);
        const CartTree pruned = tree.without_branches(pruned_at(tree.nodes, alpha));
        const Branch expected = cheapest(tree.nodes, 0, alpha);
        double n_leaves = 0, cost = 0;
        for (std::int32_t node = 0; node < pruned.n_nodes(); ++node)
          if (pruned.nodes.is_leaf(node)) {
            ++n_leaves;
            cost += cost_of(pruned.nodes, static_cast<std::size_t>(node));
          }
        CHECK(n_leaves == expected.n_leaves);
        CHECK(cost == doctest::Approx(expected.cost).epsilon(1e-9));
      }
    }
}

TEST_CASE("pruning: a tree of one node has nothing to lose") {
  CartTree tree(1);
  tree.add_root({0, 5});
  tree.nodes.hess_sum[0] = 5.0;
  tree.nodes.impurity[0] = 0.25;
  CHECK(pruning_path(tree.nodes).ccp_alphas == std::vector<double>{0.0});
  CHECK(pruning_path(tree.nodes).impurities == std::vector<double>{0.25});
  CHECK(pruned_at(tree.nodes, 1e9) == std::vector<std::uint8_t>{0});
}

TEST_CASE("pruning: a branch that is cut keeps the rows of all its leaves") {
  const CartTree tree = grown("gini", 3);
  const CartTree pruned = tree.without_branches(pruned_at(tree.nodes, 0.01));
  REQUIRE(pruned.n_nodes() < tree.n_nodes());
  std::int64_t n_rows = 0;
  for (std::int32_t node = 0; node < pruned.n_nodes(); ++node)
    if (pruned.nodes.is_leaf(node)) {
      const auto at = static_cast<std::size_t>(node);
      n_rows += pruned.rows[at].size;
      CHECK(pruned.rows[at].size == pruned.nodes.n_samples[at]);
      CHECK(pruned.nodes.split_gain[at] == 0.0);
    }
  CHECK(n_rows == 150);
}

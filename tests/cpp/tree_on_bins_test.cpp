#include "gbengine/predict/tree_on_bins.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <random>

#include "gbengine/base/error.hpp"
#include "random_table.hpp"
#include "random_trees.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

/// A tree that is split between bins of x; the bins are put into `bins`.
Tree tree_between_bins(const BinnedMatrix& x, std::vector<std::uint8_t>& bins,
                       std::mt19937& random) {
  Tree tree = random_tree(x.n_features, 30, TreeForm::kAny, random);
  bins.assign(tree.feature.size(), 0);
  for (std::size_t i = 0; i < bins.size(); ++i) {
    if (tree.feature[i] == kLeafFeature) continue;
    const BinMapper& mapper = x.mappers[static_cast<std::size_t>(tree.feature[i])];
    bins[i] = static_cast<std::uint8_t>(random() % static_cast<unsigned>(mapper.n_bins()));
    tree.threshold[i] = bins[i] < mapper.thresholds.size() ? mapper.thresholds[bins[i]] : kInf;
  }
  return tree;
}

EnsembleModel model_of(const BinnedMatrix& x, const std::vector<Tree>& trees) {
  EnsembleModel model;
  model.n_features = x.n_features;
  model.n_outputs = 1;
  model.base_score = {0.0};
  for (const Tree& tree : trees) model.append(tree, 0);
  return model;
}

}  // namespace

TEST_CASE("each tree of a model becomes one over bins") {
  std::mt19937 random(3);
  const BinnedMatrix x = random_table(50, {2, 255, 3, 40, 1}, /*has_missing=*/true, 5);
  std::vector<Tree> trees;
  std::vector<std::vector<std::uint8_t>> bins(3);
  for (auto& of_tree : bins) trees.push_back(tree_between_bins(x, of_tree, random));
  const EnsembleModel model = model_of(x, trees);
  for (std::int32_t t = 0; t < 3; ++t) {
    const auto at = static_cast<std::size_t>(t);
    const BinnedTree tree = tree_on_bins(model, t, x);
    CHECK(tree.bin_threshold == bins[at]);
    CHECK(tree.feature == trees[at].feature);
    CHECK(tree.left_child == trees[at].left_child);
    CHECK(tree.missing_goes_left == trees[at].missing_goes_left);
    CHECK(tree.value == trees[at].value);
  }
}

TEST_CASE("a threshold that is none of the bins' is refused") {
  std::mt19937 random(4);
  const BinnedMatrix x = random_table(50, {9, 9}, /*has_missing=*/false, 5);
  std::vector<std::uint8_t> bins;
  const Tree tree = tree_between_bins(x, bins, random);
  for (const double wrong : {0.4, -kInf, 100.0}) {
    Tree altered = tree;
    altered.threshold[0] = wrong;
    CHECK_THROWS_AS(tree_on_bins(model_of(x, {altered}), 0, x), ValueError);
  }
  CHECK_NOTHROW(tree_on_bins(model_of(x, {tree}), 0, x));
}

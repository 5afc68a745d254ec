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
    if (mapper.is_categorical()) {
      tree.threshold[i] = static_cast<double>(tree.category_sets.size());
      CategorySet set;
      const auto last = static_cast<std::uint32_t>(mapper.n_bins() - 1);
      for (std::uint32_t code = 0; code < last; ++code)
        if (random() % 2 == 0) set.insert(code);
      if (random() % 2 == 0) set.insert_from(last);
      tree.category_sets.push_back(set);
      continue;
    }
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
  for (const BinMapper& mapper : x.mappers) model.n_categories.push_back(mapper.n_categories);
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

TEST_CASE("splits on categories keep their sets, and walk as the model does") {
  std::mt19937 random(5);
  const BinnedMatrix x = with_categories(random_table(300, {9, 30, 255, 2}, true, 6));
  std::vector<std::uint8_t> bins;
  std::vector<Tree> trees;
  for (int i = 0; i < 3; ++i) trees.push_back(tree_between_bins(x, bins, random));
  const EnsembleModel model = model_of(x, trees);
  for (std::int32_t t = 0; t < 3; ++t) {
    const BinnedTree tree = tree_on_bins(model, t, x);
    std::vector<double> raw(300, 0.0), expected(raw), row(4);
    add_tree_binned(Parallel(1), tree, x, {}, raw.data());
    for (std::int64_t i = 0; i < 300; ++i) {
      for (std::int32_t f = 0; f < 4; ++f) {
        const int code = x.column(f)[i];
        const BinMapper& mapper = x.mappers[static_cast<std::size_t>(f)];
        row[static_cast<std::size_t>(f)] = code == mapper.missing_bin() ? std::nan("")
                                           : mapper.is_categorical()    ? code
                                                                        : code + 0.25;
      }
      expected[static_cast<std::size_t>(i)] = *model.value_of(
          model.tree_begin[static_cast<std::size_t>(t)] + naive_leaf(model, t, 0, row.data()));
    }
    CHECK(raw == expected);
  }
}

TEST_CASE("other categories than the table's, or sets inside a bin, are refused") {
  std::mt19937 random(6);
  const BinnedMatrix x = with_categories(random_table(50, {9, 9, 9}, false, 7));
  std::vector<std::uint8_t> bins;
  Tree tree = tree_between_bins(x, bins, random);
  EnsembleModel model = model_of(x, {tree});
  CHECK_NOTHROW(tree_on_bins(model, 0, x));
  model.n_categories[0] = 10;
  CHECK_THROWS_WITH_AS(
      tree_on_bins(model, 0, x),
      "the model to continue has 10 categories in column 0, the table 9; they must "
      "be the same",
      ValueError);
  CHECK_THROWS_AS(tree_on_bins(model, 0, random_table(50, {9, 9, 9}, false, 7)), ValueError);
  model = model_of(x, {tree});
  for (std::size_t i = 0; i < model.nodes.feature.size(); ++i)
    if (model.nodes.feature[i] == 2)  // 49 categories in 9 bins
      model.nodes.category_sets[static_cast<std::size_t>(model.nodes.threshold[i])].words()[0] ^=
          1ULL << 48;
  CHECK_THROWS_AS(tree_on_bins(model, 0, x), ValueError);
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

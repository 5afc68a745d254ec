#include "gbengine/model/ensemble_model.hpp"

#include <doctest/doctest.h>

#include "gbengine/base/error.hpp"
#include "random_trees.hpp"

using namespace gbengine;
using namespace gbengine::test;

TEST_CASE("append lays trees end to end") {
  std::mt19937 random(1);
  const Tree a = random_tree(3, 5, TreeForm::kAny, random);
  const Tree b = random_tree(3, 1, TreeForm::kAny, random);
  EnsembleModel model;
  model.n_features = 3;
  model.n_outputs = 2;
  model.base_score = {0.0, 0.0};
  CHECK(model.n_trees() == 0);
  CHECK(model.n_nodes() == 0);
  model.append(a, 1);
  model.append(b, 0);
  CHECK(model.n_trees() == 2);
  CHECK(model.tree_begin == std::vector<std::int64_t>{0, 9, 10});
  CHECK(model.tree_output == std::vector<std::int32_t>{1, 0});
  for_each_field(
      [](const char* name, const auto& all, const auto& first, const auto& second) {
        CAPTURE(name);
        auto joined = first;
        joined.insert(joined.end(), second.begin(), second.end());
        CHECK(all == joined);
      },
      model.nodes, a, b);
  validate(model);
}

TEST_CASE("keep_trees gives the model of the first appends") {
  const std::vector<int> sizes{4, 1, 9, 2, 31};
  const EnsembleModel model = random_model(6, 2, sizes, TreeForm::kAny, 2);
  for (std::size_t n = 0; n <= sizes.size(); ++n) {
    const EnsembleModel kept = keep_trees(model, static_cast<std::int32_t>(n));
    const EnsembleModel expected = random_model(
        6, 2, {sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(n)}, TreeForm::kAny, 2);
    validate(kept);
    CHECK(kept.n_features == 6);
    CHECK(kept.base_score == expected.base_score);
    CHECK(kept.tree_begin == expected.tree_begin);
    CHECK(kept.tree_output == expected.tree_output);
    for_each_field([](const char*, const auto& a, const auto& b) { CHECK(a == b); }, kept.nodes,
                   expected.nodes);
  }
}

TEST_CASE("keep_trees keeps link and aggregation") {
  EnsembleModel model = random_model(2, 1, {3, 3}, TreeForm::kAny, 3);
  model.link = Link::kLogit;
  model.aggregation = Aggregation::kMean;
  CHECK(keep_trees(model, 1).link == Link::kLogit);
  CHECK(keep_trees(model, 1).aggregation == Aggregation::kMean);
}

TEST_CASE("select_trees gives the trees named, in that order") {
  EnsembleModel model = random_forest(4, 3, {5, 1, 30, 2}, TreeForm::kAny, 4);
  model.nodes.n_samples.clear();
  const std::vector<std::int32_t> order{2, 0, 2};
  const EnsembleModel selected = select_trees(model, order);
  validate(selected);
  CHECK(selected.n_trees() == 3);
  CHECK(selected.nodes.n_samples.empty());
  CHECK(selected.nodes.hess_sum.size() == selected.nodes.feature.size());
  const std::vector<double> x = awkward_rows(model, 50, 4);
  for (std::int32_t t = 0; t < 3; ++t)
    CHECK(naive_raw_scores(selected, x, t, t + 1) ==
          naive_raw_scores(model, x, order[static_cast<std::size_t>(t)],
                           order[static_cast<std::size_t>(t)] + 1));
  CHECK(select_trees(model, {}).n_trees() == 0);
  for (const std::int32_t outside : {-1, 4})
    CHECK_THROWS_AS(select_trees(model, std::vector<std::int32_t>{0, outside}), ValueError);
}

namespace {

/// A tree of four leaves on columns of categories 0, 2 and 0, whose sets lie in another order than
/// its nodes, one of them unused.
Tree tree_with_sets(std::uint32_t code) {
  Tree tree;
  tree.feature = {0, 2, 0, kLeafFeature, kLeafFeature, kLeafFeature, kLeafFeature};
  tree.threshold = {3.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0};
  tree.left_child = {1, 3, 5, kNoChild, kNoChild, kNoChild, kNoChild};
  tree.missing_goes_left = {0, 1, 0, 0, 0, 0, 0};
  tree.value = {0, 0, 0, 1, 2, 3, 4};
  tree.category_sets.resize(4);
  for (std::uint32_t i = 0; i < 4; ++i) tree.category_sets[i].insert(code + i);
  return tree;
}

std::vector<std::uint32_t> first_codes(const EnsembleModel& model) {
  std::vector<std::uint32_t> codes;
  for (const CategorySet& set : model.nodes.category_sets) {
    std::uint32_t code = 0;
    while (!set.contains(code)) ++code;
    codes.push_back(code);
  }
  return codes;
}

}  // namespace

TEST_CASE("sets follow their splits, in the order of the nodes") {
  std::mt19937 random(6);
  EnsembleModel model;
  model.n_features = 3;
  model.n_categories = {9, 0, 300};
  model.base_score = {0.0};
  model.append(tree_with_sets(10), 0);
  Tree numeric = random_tree(1, 3, TreeForm::kAny, random);
  for (std::int32_t& f : numeric.feature) f = f == kLeafFeature ? f : 1;
  model.append(numeric, 0);
  model.append(tree_with_sets(50), 0);
  validate(model);
  CHECK(first_codes(model) == std::vector<std::uint32_t>{13, 10, 11, 53, 50, 51});
  CHECK(model.nodes.threshold[0] == 0.0);
  CHECK(model.nodes.threshold[7 + 5 + 2] == 5.0);

  const EnsembleModel kept = keep_trees(model, 2);
  validate(kept);
  CHECK(kept.n_categories == model.n_categories);
  CHECK(first_codes(kept) == std::vector<std::uint32_t>{13, 10, 11});
  const std::vector<std::int32_t> order{2, 1, 0, 2};
  const EnsembleModel selected = select_trees(model, order);
  validate(selected);
  CHECK(first_codes(selected) == std::vector<std::uint32_t>{53, 50, 51, 13, 10, 11, 53, 50, 51});
  const std::vector<double> x = awkward_rows(model, 200, 6);
  for (std::int32_t t = 0; t < 4; ++t)
    CHECK(naive_raw_scores(selected, x, t, t + 1) ==
          naive_raw_scores(model, x, order[static_cast<std::size_t>(t)],
                           order[static_cast<std::size_t>(t)] + 1));
  CHECK(select_trees(model, std::vector<std::int32_t>{1}).nodes.category_sets.empty());
}

TEST_CASE("a statistic that one tree lacks is left out") {
  std::mt19937 random(5);
  Tree whole = random_tree(2, 4, TreeForm::kAny, random), bare = whole;
  whole.impurity.assign(whole.feature.size(), 0.5);
  bare.split_gain.clear();
  for (const bool bare_first : {false, true}) {
    EnsembleModel model;
    model.n_features = 2;
    model.base_score = {0.0};
    model.append(bare_first ? bare : whole, 0);
    CHECK(model.nodes.impurity.empty() == bare_first);
    model.append(bare_first ? whole : bare, 0);
    model.append(whole, 0);
    validate(model);
    CHECK(model.nodes.impurity.empty());
    CHECK(model.nodes.split_gain.empty());
    CHECK(model.nodes.hess_sum.size() == 3 * whole.feature.size());
    CHECK(split_counts(model)[0] + split_counts(model)[1] == 9);
    CHECK_THROWS_WITH_AS(split_gains(model),
                         "the model was grown without statistics: it has no split_gain",
                         ValueError);
  }
}

TEST_CASE("gains and counts add up by feature") {
  EnsembleModel model;
  model.n_features = 4;
  model.base_score = {0.0};
  const auto split_tree = [](std::int32_t feature, double gain) {
    std::mt19937 random(1);
    Tree tree = random_tree(1, 2, TreeForm::kAny, random);
    tree.feature[0] = feature;
    tree.split_gain[0] = gain;
    return tree;
  };
  model.append(split_tree(2, 1.5), 0);
  model.append(split_tree(0, 4.0), 0);
  model.append(split_tree(2, 0.25), 0);
  CHECK(split_gains(model) == std::vector<double>{4.0, 0.0, 1.75, 0.0});
  CHECK(split_counts(model) == std::vector<std::int64_t>{1, 0, 2, 0});
}

TEST_CASE("aggregations have names, and other names are refused with the list of them") {
  for (const Aggregation aggregation : {Aggregation::kSum, Aggregation::kMean})
    CHECK(aggregation_of_name(aggregation_name(aggregation)) == aggregation);
  CHECK(aggregation_name(Aggregation::kMean) == "mean");
  CHECK_THROWS_WITH_AS(aggregation_of_name("median"),
                       "aggregation is 'median'; allowed are: sum, mean", ValueError);
}

TEST_CASE("links have names, and other names are refused with the list of them") {
  for (Link link : {Link::kIdentity, Link::kLog, Link::kLogit, Link::kSoftmax})
    CHECK(link_of_name(link_name(link)) == link);
  CHECK(link_name(Link::kLog) == "log");
  CHECK_THROWS_WITH_AS(link_of_name("probit"),
                       "link is 'probit'; allowed are: identity, log, logit, softmax", ValueError);
  CHECK_THROWS_AS(link_of_name(""), ValueError);
}

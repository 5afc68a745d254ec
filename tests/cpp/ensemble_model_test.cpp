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

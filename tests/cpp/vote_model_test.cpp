#include "gbengine/model/vote_model.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "gbengine/base/error.hpp"

using namespace gbengine;

namespace {

/// Stumps on one column whose left and right leaves hold the shares given.
EnsembleModel stumps(std::int32_t width, const std::vector<std::vector<double>>& leaves) {
  EnsembleModel model;
  model.n_features = 1;
  model.n_outputs = model.leaf_width = width;
  model.aggregation = Aggregation::kMean;
  model.base_score.assign(static_cast<std::size_t>(width), 0.0);
  for (const std::vector<double>& both : leaves) {
    Tree tree;
    tree.feature = {0, kLeafFeature, kLeafFeature};
    tree.threshold = {0.5, 0.0, 0.0};
    tree.left_child = {1, kNoChild, kNoChild};
    tree.missing_goes_left = {0, 0, 0};
    tree.value.assign(static_cast<std::size_t>(width), 1.0 / width);
    tree.value.insert(tree.value.end(), both.begin(), both.end());
    tree.hess_sum = {2, 1, 1};
    model.append(tree, 0);
  }
  return model;
}

std::vector<double> values(const EnsembleModel& model, std::int64_t node) {
  return {model.value_of(node), model.value_of(node) + model.leaf_width};
}

}  // namespace

TEST_CASE("vote_model: two classes say 2 a / A for the second and the opposite for the first") {
  const EnsembleModel shares = stumps(1, {{0.2, 0.9}, {0.5, 0.51}});
  const EnsembleModel votes = vote_model(shares, 2, {3.0, 1.0});
  validate(votes);
  CHECK(votes.link == Link::kLogit);
  CHECK(votes.aggregation == Aggregation::kSum);
  CHECK(votes.nodes.hess_sum.empty());
  CHECK(values(votes, 1) == std::vector<double>{-1.5});
  CHECK(values(votes, 2) == std::vector<double>{1.5});
  CHECK(values(votes, 4) == std::vector<double>{-0.5});  // one half is the first class's
  CHECK(values(votes, 5) == std::vector<double>{0.5});
}

TEST_CASE("vote_model: of more classes the first of the largest shares gets the vote") {
  const EnsembleModel shares = stumps(3, {{0.4, 0.4, 0.2, 0.0, 0.1, 0.9}});
  const EnsembleModel votes = vote_model(shares, 3, {0.25});
  validate(votes);
  CHECK(votes.link == Link::kSoftmax);
  CHECK(values(votes, 1) == std::vector<double>{1.0, -0.5, -0.5});
  CHECK(values(votes, 2) == std::vector<double>{-0.5, -0.5, 1.0});
}

TEST_CASE("vote_model: a single class has nothing to vote on") {
  const EnsembleModel votes = vote_model(stumps(1, {{1.0, 1.0}}), 1, {1.0});
  validate(votes);
  CHECK(votes.link == Link::kIdentity);
  CHECK(values(votes, 2) == std::vector<double>{0.0});
}

TEST_CASE("vote_model: splits on categories keep their sets") {
  EnsembleModel shares = stumps(1, {{0.2, 0.9}});
  shares.n_categories = {7};
  shares.nodes.threshold[0] = 0.0;
  shares.nodes.category_sets.resize(1);
  shares.nodes.category_sets[0].insert(3);
  const EnsembleModel votes = vote_model(shares, 2, {1.0});
  validate(votes);
  CHECK(votes.n_categories == shares.n_categories);
  CHECK(votes.nodes.category_sets == shares.nodes.category_sets);
}

TEST_CASE("vote_model: weights and leaves must fit") {
  const EnsembleModel shares = stumps(1, {{0.2, 0.9}});
  CHECK_THROWS_WITH_AS(vote_model(shares, 3, {1.0}), "leaves of 1 shares are not of 3 classes",
                       ValueError);
  CHECK_THROWS_WITH_AS(vote_model(shares, 2, {1.0, 2.0}),
                       "2 weights for 1 trees; each tree needs one", ValueError);
  CHECK_THROWS_WITH_AS(vote_model(shares, 2, {0.0}),
                       "a tree weighs 0; it must be finite and above 0", ValueError);
}

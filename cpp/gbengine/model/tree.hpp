// Tree: one decision tree as arrays, a slot a node; node 0 is the root, children come after
// parents, and the right child is the node behind the left one.
//
// At an inner node a row goes left if x[feature] <= threshold, or, if the feature is categorical
// (the model says which are), if category_sets[threshold] contains x[feature]; NaN goes left if
// missing_goes_left; all others go right. Made by learn/, read by everything after it. Example:
//   for_each_field([](const char* name, const auto& values) { save(name, values); }, tree);
#pragma once

#include <cstdint>
#include <vector>

#include "gbengine/base/category_set.hpp"

namespace gbengine {

inline constexpr std::int32_t kNoChild = -1;
inline constexpr std::int32_t kLeafFeature = -1;

struct Tree {
  std::vector<std::int32_t> feature;            // kLeafFeature at a leaf
  std::vector<double> threshold;                // +inf: every value left, NaN right; 0 at a leaf;
                                                // of a categorical feature: index of its set
  std::vector<std::int32_t> left_child;         // kNoChild at a leaf; right child: left_child + 1
  std::vector<std::uint8_t> missing_goes_left;  // 0 or 1; 0 at a leaf
  std::vector<CategorySet> category_sets;       // the categories that go left, a set a split
  std::vector<double> value;  // what the node says if it is (or were) a leaf: leaf_width a node

  // Statistics, for importances and explanations; each may be left out, and is empty then.
  std::vector<double> split_gain;       // 0 at a leaf
  std::vector<double> hess_sum;         // sum of w * h of the training rows; CART: of w
  std::vector<std::int64_t> n_samples;  // training rows in the node
  std::vector<double> impurity;         // CART: the criterion's value

  std::int32_t n_nodes() const { return static_cast<std::int32_t>(feature.size()); }
  bool is_leaf(std::int32_t node) const {
    return feature[static_cast<std::size_t>(node)] == kLeafFeature;
  }
};

/// Calls visit(name, field, ...) for every array that prediction needs: with that array of each
/// tree given.
template <typename Visit, typename... Trees>
void for_each_walk_field(Visit&& visit, Trees&... trees) {
  visit("feature", trees.feature...);
  visit("threshold", trees.threshold...);
  visit("left_child", trees.left_child...);
  visit("missing_goes_left", trees.missing_goes_left...);
  visit("value", trees.value...);
}

/// The same for every array that may be left out.
template <typename Visit, typename... Trees>
void for_each_statistic(Visit&& visit, Trees&... trees) {
  visit("split_gain", trees.split_gain...);
  visit("hess_sum", trees.hess_sum...);
  visit("n_samples", trees.n_samples...);
  visit("impurity", trees.impurity...);
}

/// All of a tree's arrays.
template <typename Visit, typename... Trees>
void for_each_field(Visit&& visit, Trees&... trees) {
  for_each_walk_field(visit, trees...);
  for_each_statistic(visit, trees...);
}

}  // namespace gbengine

// vote_model: a model whose raw scores are the trees' weighted votes, from trees of class shares.
//
// Each tree t votes, with weight a_t, for the class that its leaf holds most of; of equals for the
// first. With A = a_1 + a_2 + … and K classes (Zhu, Zou, Rosset, Hastie, "Multi-class AdaBoost",
// 2009; scikit-learn's decision_function):
//   K > 2:  raw[k] = sum over t of a_t / A * (1 if t votes for k, else -1 / (K - 1))
//   K == 2: raw = sum over t of 2 a_t / A * (1 if t votes for class 1, else -1)
// The link gives probabilities: kLogit of raw for two classes, kSoftmax of raw / (K - 1) for more.
// Example: EnsembleModel votes = vote_model(shares, /*n_classes=*/3, {0.9, 0.4});
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "gbengine/model/ensemble_model.hpp"

namespace gbengine {

/// The largest of n shares, the first of equals.
inline std::int32_t first_largest(const double* shares, std::int32_t n) {
  return static_cast<std::int32_t>(std::max_element(shares, shares + n) - shares);
}

/// The class that a leaf's shares vote for. Of two classes there is the second's share only.
inline std::int32_t class_of(const double* shares, std::int32_t n_classes) {
  if (n_classes == 2) return *shares > 0.5 ? 1 : 0;
  return first_largest(shares, n_classes);
}

/// Throws ValueError if the weights are not one > 0 for each tree.
/// @param n_classes 1 … ; with a single class the only raw score is 0
EnsembleModel vote_model(const EnsembleModel& shares, std::int32_t n_classes,
                         const std::vector<double>& tree_weight);

}  // namespace gbengine

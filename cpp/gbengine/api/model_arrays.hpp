// The arrays of a model by name: one list that saving, loading and pickling share.
//
// Example:
//   visit_arrays(model, [](const char* name, auto& vector) { ... });
#pragma once

#include "gbengine/model/ensemble_model.hpp"

namespace gbengine {

/// Calls visit(name, vector) for every array of the model, in a fixed order. Model may be const.
template <typename Model, typename Visit>
void visit_arrays(Model& model, Visit&& visit) {
  visit("base_score", model.base_score);
  visit("tree_begin", model.tree_begin);
  visit("tree_output", model.tree_output);
  visit("feature", model.nodes.feature);
  visit("threshold", model.nodes.threshold);
  visit("left_child", model.nodes.left_child);
  visit("right_child", model.nodes.right_child);
  visit("missing_goes_left", model.nodes.missing_goes_left);
  visit("value", model.nodes.value);
  visit("split_gain", model.nodes.split_gain);
  visit("hess_sum", model.nodes.hess_sum);
  visit("n_samples", model.nodes.n_samples);
}

}  // namespace gbengine

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
  for_each_field(visit, model.nodes);
}

}  // namespace gbengine

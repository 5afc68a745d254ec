// The scalar walk: from the root to a leaf over the model's own arrays, in double.
//
// Runs every validated model and defines what every other engine must give, bit for bit; also finds
// the leaves for Predictor::apply. Example:
//   leaf = walk_to_leaf(model, tree, x, row);   // node index, from the tree's root
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>

#include "gbengine/base/matrix_view.hpp"
#include "gbengine/model/ensemble_model.hpp"
#include "gbengine/predict/predict_engine.hpp"

namespace gbengine {

inline std::int32_t walk_to_leaf(const EnsembleModel& model, std::int32_t tree, const MatrixView& x,
                                 std::int64_t row) {
  const Tree& nodes = model.nodes;
  const auto root = static_cast<std::size_t>(model.tree_begin[static_cast<std::size_t>(tree)]);
  std::int32_t at = 0;
  for (;;) {
    const std::size_t node = root + static_cast<std::size_t>(at);
    if (nodes.feature[node] == kLeafFeature) return at;
    const std::int32_t feature = nodes.feature[node];
    const double value = x.get(row, feature);
    bool goes_left = value <= nodes.threshold[node];
    if (std::isnan(value))
      goes_left = nodes.missing_goes_left[node] != 0;
    else if (model.is_categorical(feature))
      goes_left =
          nodes.category_sets[static_cast<std::size_t>(nodes.threshold[node])].contains_value(
              value);
    at = nodes.left_child[node] + (goes_left ? 0 : 1);
  }
}

bool can_run_scalar_walk(const EnsembleModel& model);  // always
std::unique_ptr<const PredictEngine> make_scalar_walk(const EnsembleModel& model);

}  // namespace gbengine

// A tree of a model as one over the bins of a table that it was grown on, to be walked by codes.
//
// For boosting on that goes on from a model where only the bins of the table are at hand. Example:
//   add_tree_binned(parallel, tree_on_bins(model, /*tree=*/0, bins), bins, {}, raw);
#pragma once

#include <cstdint>

#include "gbengine/data/binned_matrix.hpp"
#include "gbengine/model/ensemble_model.hpp"
#include "gbengine/predict/binned_walk.hpp"

namespace gbengine {

/// Its values are leaf_width a node, as the model's.
/// Throws ValueError if a threshold lies inside a bin, or a set tells apart what shares one: then
/// codes do not tell where a row goes; and if the table's categories are not the model's.
BinnedTree tree_on_bins(const EnsembleModel& model, std::int32_t tree, const BinnedMatrix& bins);

}  // namespace gbengine

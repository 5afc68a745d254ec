// WalkTable: all trees of a model as the packed nodes that kernel/walk reads.
//
// Made by predict/packed_walk when the first table of its number type comes. Example:
//   if (NarrowWalkTable::can_hold(model)) NarrowWalkTable table(parallel, model);
#pragma once

#include <cstdint>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/base/parallel.hpp"
#include "gbengine/kernel/walk.hpp"
#include "gbengine/model/ensemble_model.hpp"

namespace gbengine {

template <typename Node>
class WalkTable {
 public:
  WalkTable(const Parallel& parallel, const EnsembleModel& model);

  /// Whether the model's columns and its largest tree fit a node's word: wide nodes hold any.
  static bool can_hold(const EnsembleModel& model);

  /// model: the one that the table was made of.
  WalkForest<Node> forest(const EnsembleModel& model) const {
    return {
        nodes_.data(),
        model.nodes.value.data(),
        model.tree_begin.data(),
        model.tree_output.data(),
        model.nodes.category_sets.empty() ? nullptr : model.nodes.category_sets[0].words().data(),
        model.n_outputs,
        model.leaf_width,
        feature_bits_};
  }

 private:
  int feature_bits_;
  AlignedBuffer<Node> nodes_;
};

using NarrowWalkTable = WalkTable<NarrowWalkNode>;
using WideWalkTable = WalkTable<WideWalkNode>;

extern template class WalkTable<NarrowWalkNode>;
extern template class WalkTable<WideWalkNode>;

}  // namespace gbengine

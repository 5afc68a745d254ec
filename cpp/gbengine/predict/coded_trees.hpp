// CodedTrees: a model's trees over a training table's codes instead of its values.
//
// For what is asked of training rows while training: out-of-bag values, AdaBoost's errors. Only for
// trees grown on that table. Example:
//   CodedTrees trees(model, table);
//   std::int64_t leaf = trees.leaf_of(/*tree=*/3, row);   // place in model.nodes
#pragma once

#include <cstdint>
#include <vector>

#include "gbengine/data/coded_table.hpp"
#include "gbengine/model/ensemble_model.hpp"

namespace gbengine {

class CodedTrees {
 public:
  /// Trees [first_tree, n_trees) of the model. Both must outlive this object.
  CodedTrees(const EnsembleModel& model, const CodedTable& table, std::int32_t first_tree = 0);

  /// The leaf, counted from the first root of all, that a row reaches.
  std::int64_t leaf_of(std::int32_t tree, std::uint32_t row) const {
    return leaf_by(tree, [&](std::int32_t feature) { return code_of(feature, row); });
  }

  /// The same where column `changed` has the value it has in another row.
  std::int64_t leaf_with(std::int32_t tree, std::uint32_t row, std::int32_t changed,
                         std::uint32_t other_row) const {
    return leaf_by(tree, [&](std::int32_t feature) {
      return code_of(feature, feature == changed ? other_row : row);
    });
  }

 private:
  std::uint32_t code_of(std::int32_t feature, std::uint32_t row) const {
    return table_.column(feature).visit(
        [row](const auto* codes) { return std::uint32_t{codes[row]}; });
  }

  template <typename CodeOf>
  std::int64_t leaf_by(std::int32_t tree, CodeOf&& code_of_feature) const {
    const std::int64_t root = model_.tree_begin[static_cast<std::size_t>(tree)];
    std::int64_t node = root;
    for (;;) {
      const auto at = static_cast<std::size_t>(node);
      const std::int32_t feature = model_.nodes.feature[at];
      if (feature == kLeafFeature) return node;
      const std::uint32_t code = code_of_feature(feature);
      bool left = code < end_code_[at - begin_];
      if (code == table_.column(feature).n_codes)
        left = model_.nodes.missing_goes_left[at] != 0;
      else if (table_.column(feature).is_categorical)
        left = model_.nodes.category_sets[end_code_[at - begin_]].contains(code);
      node = root + model_.nodes.left_child[at] + (left ? 0 : 1);
    }
  }

  const EnsembleModel& model_;
  const CodedTable& table_;
  std::size_t begin_;                    // of the first tree
  std::vector<std::uint32_t> end_code_;  // by node: codes below it go left; or the place of its set
};

}  // namespace gbengine

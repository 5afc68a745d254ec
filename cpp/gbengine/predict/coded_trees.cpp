#include "gbengine/predict/coded_trees.hpp"

namespace gbengine {

CodedTrees::CodedTrees(const EnsembleModel& model, const CodedTable& table, std::int32_t first_tree)
    : model_(model),
      table_(table),
      begin_(static_cast<std::size_t>(model.tree_begin[static_cast<std::size_t>(first_tree)])),
      end_code_(model.nodes.feature.size() - begin_) {
  for (std::size_t i = 0; i < end_code_.size(); ++i) {
    const std::int32_t feature = model.nodes.feature[begin_ + i];
    if (feature != kLeafFeature)
      end_code_[i] = table.codes_up_to(feature, model.nodes.threshold[begin_ + i]);
  }
}

}  // namespace gbengine

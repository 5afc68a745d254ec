#include "gbengine/predict/coded_trees.hpp"

namespace gbengine {

CodedTrees::CodedTrees(const EnsembleModel& model, const CodedTable& table, std::int32_t first_tree)
    : model_(model),
      table_(table),
      begin_(static_cast<std::size_t>(model.tree_begin[static_cast<std::size_t>(first_tree)])),
      end_code_(model.nodes.feature.size() - begin_) {
  for (std::size_t i = 0; i < end_code_.size(); ++i) {
    const std::int32_t feature = model.nodes.feature[begin_ + i];
    if (feature == kLeafFeature) continue;
    const double threshold = model.nodes.threshold[begin_ + i];
    end_code_[i] = table.column(feature).is_categorical ? static_cast<std::uint32_t>(threshold)
                                                        : table.codes_up_to(feature, threshold);
  }
}

}  // namespace gbengine

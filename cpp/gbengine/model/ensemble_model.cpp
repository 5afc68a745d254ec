#include "gbengine/model/ensemble_model.hpp"

#include <cassert>

namespace gbengine {

void EnsembleModel::append(const Tree& tree, std::int32_t output) {
  assert(tree.n_nodes() >= 1 && output >= 0 && output < n_outputs);
  for_each_field(
      [&](const char*, auto& all, const auto& added) {
        assert(added.size() == tree.feature.size());
        all.insert(all.end(), added.begin(), added.end());
      },
      nodes, tree);
  tree_begin.push_back(static_cast<std::int64_t>(nodes.feature.size()));
  tree_output.push_back(output);
}

EnsembleModel keep_trees(const EnsembleModel& model, std::int32_t n) {
  assert(n >= 0 && n <= model.n_trees());
  EnsembleModel kept;
  kept.n_features = model.n_features;
  kept.n_outputs = model.n_outputs;
  kept.link = model.link;
  kept.base_score = model.base_score;
  kept.tree_begin.assign(model.tree_begin.begin(), model.tree_begin.begin() + n + 1);
  kept.tree_output.assign(model.tree_output.begin(), model.tree_output.begin() + n);
  for_each_field([&](const char*, auto& to,
                     const auto& from) { to.assign(from.begin(), from.begin() + kept.n_nodes()); },
                 kept.nodes, model.nodes);
  return kept;
}

std::vector<double> split_gains(const EnsembleModel& model) {
  const Tree& nodes = model.nodes;
  std::vector<double> gains(static_cast<std::size_t>(model.n_features), 0.0);
  for (std::size_t i = 0; i < nodes.feature.size(); ++i)
    if (nodes.feature[i] != kLeafFeature)
      gains[static_cast<std::size_t>(nodes.feature[i])] += nodes.split_gain[i];
  return gains;
}

std::vector<std::int64_t> split_counts(const EnsembleModel& model) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(model.n_features), 0);
  for (const std::int32_t f : model.nodes.feature)
    if (f != kLeafFeature) ++counts[static_cast<std::size_t>(f)];
  return counts;
}

}  // namespace gbengine

#include "gbengine/model/ensemble_model.hpp"

#include <cassert>
#include <numeric>
#include <string>
#include <string_view>

#include "gbengine/base/error.hpp"

namespace gbengine {
namespace {

/// Everything but the trees.
EnsembleModel without_trees(const EnsembleModel& model) {
  EnsembleModel empty;
  empty.n_features = model.n_features;
  empty.n_outputs = model.n_outputs;
  empty.leaf_width = model.leaf_width;
  empty.n_categories = model.n_categories;
  empty.link = model.link;
  empty.aggregation = model.aggregation;
  empty.base_score = model.base_score;
  return empty;
}

/// Appends one tree's part of an array; of an array that is left out, nothing.
template <typename T>
void append_part(std::vector<T>& to, const std::vector<T>& from, std::int64_t begin,
                 std::int64_t end) {
  if (from.empty()) return;
  to.insert(to.end(), from.begin() + begin, from.begin() + end);
}

/// Of the nodes from `begin` on, whose thresholds are places in `sets`: takes over the sets that
/// they use, by node, and makes the thresholds places in the model's own.
void take_sets(EnsembleModel& model, std::size_t begin, const std::vector<CategorySet>& sets) {
  if (model.n_categories.empty()) return;
  Tree& nodes = model.nodes;
  for (std::size_t i = begin; i < nodes.feature.size(); ++i) {
    if (nodes.feature[i] == kLeafFeature || !model.is_categorical(nodes.feature[i])) continue;
    const auto set = static_cast<std::size_t>(nodes.threshold[i]);
    assert(set < sets.size());
    nodes.threshold[i] = static_cast<double>(nodes.category_sets.size());
    nodes.category_sets.push_back(sets[set]);
  }
}

void append_tree_of(EnsembleModel& to, const EnsembleModel& from, std::size_t tree) {
  const std::int64_t begin = from.tree_begin[tree], end = from.tree_begin[tree + 1];
  for_each_field(
      [&](std::string_view name, auto& all, const auto& part) {
        const std::int64_t width = name == "value" ? from.leaf_width : 1;
        append_part(all, part, begin * width, end * width);
      },
      to.nodes, from.nodes);
  take_sets(to, static_cast<std::size_t>(to.n_nodes()), from.nodes.category_sets);
  to.tree_begin.push_back(to.n_nodes() + end - begin);
  to.tree_output.push_back(from.tree_output[tree]);
}

}  // namespace

void EnsembleModel::reserve_more(std::int64_t n_nodes) {
  const std::size_t size = nodes.feature.size() + static_cast<std::size_t>(n_nodes);
  for_each_field(
      [&](std::string_view name, auto& values) {
        const auto width = static_cast<std::size_t>(name == "value" ? leaf_width : 1);
        if (!values.empty()) values.reserve(size * width);
      },
      nodes);
}

void EnsembleModel::append(const Tree& tree, std::int32_t output) {
  assert(tree.n_nodes() >= 1 && output >= 0 && output < n_outputs);
  assert(leaf_width == 1 || output == 0);
  assert(tree.value.size() == tree.feature.size() * static_cast<std::size_t>(leaf_width));
  assert(tree.category_sets.empty() || !n_categories.empty());
  const bool is_first = tree_output.empty();
  for_each_walk_field([](const char*, auto& all,
                         const auto& added) { all.insert(all.end(), added.begin(), added.end()); },
                      nodes, tree);
  for_each_statistic(
      [&](const char*, auto& all, const auto& added) {
        if (added.empty() || (all.empty() && !is_first))
          all.clear();
        else
          all.insert(all.end(), added.begin(), added.end());
      },
      nodes, tree);
  take_sets(*this, static_cast<std::size_t>(n_nodes()), tree.category_sets);
  tree_begin.push_back(static_cast<std::int64_t>(nodes.feature.size()));
  tree_output.push_back(output);
}

EnsembleModel mean_of_trees(std::int32_t n_features, std::int32_t leaf_width) {
  EnsembleModel model;
  model.n_features = n_features;
  model.n_outputs = model.leaf_width = leaf_width;
  model.aggregation = Aggregation::kMean;
  model.base_score.assign(static_cast<std::size_t>(leaf_width), 0.0);
  return model;
}

EnsembleModel select_trees(const EnsembleModel& model, std::span<const std::int32_t> trees) {
  EnsembleModel selected = without_trees(model);
  for (const std::int32_t tree : trees) {
    if (tree < 0 || tree >= model.n_trees())
      throw ValueError("tree " + std::to_string(tree) + " is not among the model's " +
                       std::to_string(model.n_trees()));
    append_tree_of(selected, model, static_cast<std::size_t>(tree));
  }
  return selected;
}

EnsembleModel keep_trees(const EnsembleModel& model, std::int32_t n) {
  assert(n >= 0 && n <= model.n_trees());
  std::vector<std::int32_t> first(static_cast<std::size_t>(n));
  std::iota(first.begin(), first.end(), 0);
  return select_trees(model, first);
}

std::vector<double> split_gains(const EnsembleModel& model) {
  const Tree& nodes = model.nodes;
  if (nodes.split_gain.size() != nodes.feature.size())
    throw ValueError("the model was grown without statistics: it has no split_gain");
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

// The validator: between a file that anybody may have written and loops that check nothing.
//
// In steps, each relying on those before: the header, the arrays' lengths, each node alone, the
// category sets, the shape of each tree.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "gbengine/base/error.hpp"
#include "gbengine/model/ensemble_model.hpp"

namespace gbengine {
namespace {

constexpr std::int64_t kMaxCount = std::numeric_limits<std::int32_t>::max();

std::string text_of(double value) {
  return number_text(value);
}
std::string text_of(std::int64_t value) {
  return std::to_string(value);
}
std::string text_of(std::size_t value) {
  return std::to_string(value);
}
std::string text_of(std::int32_t value) {
  return std::to_string(value);
}
std::string text_of(std::uint8_t value) {
  return std::to_string(value);
}

template <typename T>
[[noreturn]] void refuse(const std::string& what, T value, const std::string& allowed) {
  throw ValueError("model: " + what + " is " + text_of(value) + "; it must be " + allowed);
}

template <typename T>
[[noreturn]] void refuse_at(const char* array, std::size_t place, T value,
                            const std::string& allowed) {
  refuse(std::string(array) + "[" + std::to_string(place) + "]", value, allowed);
}

void check_length(const char* array, std::size_t length, std::size_t wanted, const char* why) {
  if (length != wanted)
    refuse(std::string("the length of ") + array, length,
           std::to_string(wanted) + " (" + why + ")");
}

void check_finite(const char* array, const std::vector<double>& values) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i])) refuse_at(array, i, values[i], "finite");
}

void check_header(const EnsembleModel& model) {
  if (model.n_features < 1 || model.n_features > kMaxFeatures)
    refuse("n_features", model.n_features, "1 to " + text_of(kMaxFeatures));
  if (model.n_outputs < 1) refuse("n_outputs", model.n_outputs, ">= 1");
  if (model.leaf_width != 1 && model.leaf_width != model.n_outputs)
    refuse("leaf_width", model.leaf_width,
           "1, or the number of outputs, " + text_of(model.n_outputs));
  if (model.aggregation > Aggregation::kMean)
    refuse("aggregation", static_cast<std::uint8_t>(model.aggregation), "0 or 1");
  if (model.link > Link::kSoftmax) refuse("link", static_cast<std::uint8_t>(model.link), "0 to 3");
  if (model.link == Link::kLogit && model.n_outputs != 1)
    refuse("n_outputs", model.n_outputs, "1 with the logit link");
  if (model.link == Link::kSoftmax && model.n_outputs < 2)
    refuse("n_outputs", model.n_outputs, ">= 2 with the softmax link");
  check_length("base_score", model.base_score.size(), static_cast<std::size_t>(model.n_outputs),
               "n_outputs");
  check_finite("base_score", model.base_score);
  if (!model.n_categories.empty())
    check_length("n_categories", model.n_categories.size(),
                 static_cast<std::size_t>(model.n_features), "n_features; or left out");
  for (std::size_t f = 0; f < model.n_categories.size(); ++f)
    if (model.n_categories[f] < 0) refuse_at("n_categories", f, model.n_categories[f], ">= 0");
}

void check_node_lengths(const EnsembleModel& model) {
  const std::size_t n_nodes = model.nodes.feature.size();
  const auto width = static_cast<std::size_t>(model.leaf_width);
  for_each_walk_field(
      [&](std::string_view name, const auto& values) {
        if (name != "value") check_length(name.data(), values.size(), n_nodes, "nodes");
      },
      model.nodes);
  const std::size_t n_values = model.nodes.value.size();
  if (n_values % width != 0 || n_values / width != n_nodes)  // a product might overflow
    refuse("the length of value", n_values,
           text_of(model.leaf_width) + " (leaf_width) times " + text_of(n_nodes) + " (nodes)");
  for_each_statistic(
      [&](const char* name, const auto& values) {
        if (!values.empty()) check_length(name, values.size(), n_nodes, "nodes; or left out");
      },
      model.nodes);
}

/// Array lengths, and where each tree begins.
void check_layout(const EnsembleModel& model) {
  const std::size_t n_trees = model.tree_output.size(), n_nodes = model.nodes.feature.size();
  if (n_trees > static_cast<std::size_t>(kMaxCount))
    refuse("the length of tree_output", n_trees, "below 2^31");
  check_length("tree_begin", model.tree_begin.size(), n_trees + 1, "trees + 1");
  check_node_lengths(model);
  if (model.tree_begin[0] != 0) refuse_at("tree_begin", 0, model.tree_begin[0], "0");
  const auto end = static_cast<std::int64_t>(n_nodes);
  for (std::size_t t = 0; t < n_trees; ++t) {
    const std::int64_t begin = model.tree_begin[t], next = model.tree_begin[t + 1];
    if (next <= begin || next > end)
      refuse_at("tree_begin", t + 1, next,
                "above " + text_of(begin) + " (a tree has a node) and at most " + text_of(end));
    if (next - begin > kMaxCount)
      refuse_at("tree_begin", t + 1, next, "less than 2^31 above the one before");
  }
  if (model.tree_begin[n_trees] != end)
    refuse_at("tree_begin", n_trees, model.tree_begin[n_trees], text_of(end) + ", all nodes");
  const std::int32_t last_output = model.leaf_width == 1 ? model.n_outputs - 1 : 0;
  for (std::size_t t = 0; t < n_trees; ++t)
    if (model.tree_output[t] < 0 || model.tree_output[t] > last_output)
      refuse_at("tree_output", t, model.tree_output[t],
                model.leaf_width == 1 ? "0 to " + text_of(last_output) + ", an output"
                                      : "0, since a tree adds to all outputs");
}

void check_nodes(const EnsembleModel& model) {
  const Tree& nodes = model.nodes;
  for (std::size_t i = 0; i < nodes.feature.size(); ++i) {
    if (nodes.feature[i] < kLeafFeature || nodes.feature[i] >= model.n_features)
      refuse_at("feature", i, nodes.feature[i],
                "-1 (a leaf) to " + text_of(model.n_features - 1) + ", a feature");
    if (std::isnan(nodes.threshold[i])) refuse_at("threshold", i, nodes.threshold[i], "a number");
    if (nodes.missing_goes_left[i] > 1)
      refuse_at("missing_goes_left", i, nodes.missing_goes_left[i], "0 or 1");
  }
  check_finite("value", nodes.value);
  check_finite("split_gain", nodes.split_gain);
  check_finite("hess_sum", nodes.hess_sum);
  check_finite("impurity", nodes.impurity);
  for (std::size_t i = 0; i < nodes.n_samples.size(); ++i)
    if (nodes.n_samples[i] < 0) refuse_at("n_samples", i, nodes.n_samples[i], ">= 0");
}

/// The splits on categories number their sets 0, 1, … in the order of the nodes: so each set is
/// used once, and equal models are equal arrays.
void check_sets(const EnsembleModel& model) {
  const Tree& nodes = model.nodes;
  std::size_t n_sets = 0;
  for (std::size_t i = 0; i < nodes.feature.size() && !model.n_categories.empty(); ++i) {
    if (nodes.feature[i] == kLeafFeature || !model.is_categorical(nodes.feature[i])) continue;
    if (nodes.threshold[i] != static_cast<double>(n_sets))
      refuse_at("threshold", i, nodes.threshold[i],
                text_of(n_sets) + ", the number of splits on categories before it");
    ++n_sets;
  }
  check_length("category_sets", nodes.category_sets.size(), n_sets, "splits on categories");
}

/// Children come after their parent and each node but the root is a child once: so every node can
/// be reached, and no walk can turn in a circle.
void check_tree(const Tree& nodes, std::size_t begin, std::size_t end,
                std::vector<std::uint8_t>& has_parent) {
  const std::size_t n_nodes = end - begin;
  has_parent.assign(n_nodes, 0);
  for (std::size_t i = begin; i < end; ++i) {
    const std::int32_t left = nodes.left_child[i];
    if (nodes.feature[i] == kLeafFeature) {
      if (left != kNoChild) refuse_at("left_child", i, left, "-1 at a leaf");
      continue;
    }
    const auto parent_idx = static_cast<std::int64_t>(i - begin);
    if (left <= parent_idx || left >= static_cast<std::int64_t>(n_nodes) - 1)
      refuse_at("left_child", i, left,
                "above its parent's index in the tree, " + text_of(parent_idx) +
                    ", and below the tree's last node, " + text_of(n_nodes - 1) +
                    ", since the right child comes behind it");
    for (const auto child : {static_cast<std::size_t>(left), static_cast<std::size_t>(left) + 1})
      if (has_parent[child]++ != 0)
        refuse_at("left_child", i, left, "a node that, like the next, is nobody else's child");
  }
  for (std::size_t i = 1; i < n_nodes; ++i)
    if (has_parent[i] == 0)
      throw ValueError("model: node " + text_of(begin + i) + " is no node's child");
}

/// Finite values may still add up to infinity, and softmax would make NaN of it.
void check_sums(const EnsembleModel& model) {
  const auto width = static_cast<std::size_t>(model.leaf_width);
  std::vector<double> largest_sum(model.base_score);
  for (double& sum : largest_sum) sum = std::abs(sum);
  std::vector<double> largest(width);
  for (std::size_t t = 0; t < model.tree_output.size(); ++t) {
    std::fill(largest.begin(), largest.end(), 0.0);
    for (std::int64_t i = model.tree_begin[t]; i < model.tree_begin[t + 1]; ++i)
      for (std::size_t k = 0; k < width; ++k)
        largest[k] = std::max(largest[k], std::abs(model.value_of(i)[k]));
    for (std::size_t k = 0; k < width; ++k)
      largest_sum[static_cast<std::size_t>(model.tree_output[t]) + k] += largest[k];
  }
  for (std::size_t k = 0; k < largest_sum.size(); ++k)
    if (!std::isfinite(largest_sum[k]))
      refuse("the sum of base_score and the trees' values for output " + text_of(k), largest_sum[k],
             "finite");
}

}  // namespace

void validate(const EnsembleModel& model) {
  check_header(model);
  check_layout(model);
  check_nodes(model);
  check_sets(model);
  std::vector<std::uint8_t> has_parent;
  for (std::size_t t = 0; t + 1 < model.tree_begin.size(); ++t)
    check_tree(model.nodes, static_cast<std::size_t>(model.tree_begin[t]),
               static_cast<std::size_t>(model.tree_begin[t + 1]), has_parent);
  check_sums(model);
}

}  // namespace gbengine

// Random trees and models of awkward shapes and thresholds, and the obvious way to predict with
// them: for the tests of model/ and predict/.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "gbengine/model/ensemble_model.hpp"

namespace gbengine::test {

enum class TreeForm { kAny, kLeftChain, kRightChain };

/// Numbers near which comparisons go wrong: beyond float32, between two of them, subnormal, zeros.
inline const std::vector<double>& awkward_numbers() {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  static const std::vector<double> numbers{
      0.0,    -0.0,   kInf,  -kInf,        0.1,          -0.1,    1.0,      1.0 + 1e-12,
      2.5,    -2.5,   1e300, -1e300,       1e-310,       -1e-310, 1e-45,    -1e-45,
      3.4e38, 3.5e38, 1e-40, 0x1.fffffep0, 0x1.ffffffp0, 7.0,     -1.0e-38, 0.30000000000000004,
  };
  return numbers;
}

/// The leaf that is split next: any, or always the outermost one.
inline std::int32_t pick_leaf(const std::vector<std::int32_t>& leaves, TreeForm form,
                              std::mt19937& random) {
  const auto last = static_cast<std::int32_t>(leaves.size()) - 1;
  if (form == TreeForm::kLeftChain) return std::max(last - 1, 0);
  if (form == TreeForm::kRightChain) return last;
  // Half of the time one of the two youngest: deep, unbalanced trees.
  if (random() % 2 == 0) return last - static_cast<std::int32_t>(random() % 2 && last > 0);
  return static_cast<std::int32_t>(random() % leaves.size());
}

inline void add_node(Tree& tree, std::int32_t leaf_width, std::mt19937& random) {
  tree.feature.push_back(kLeafFeature);
  tree.threshold.push_back(0.0);
  tree.left_child.push_back(kNoChild);
  tree.missing_goes_left.push_back(0);
  for (std::int32_t k = 0; k < leaf_width; ++k)
    tree.value.push_back(std::uniform_real_distribution<double>(-1.0, 1.0)(random));
  tree.split_gain.push_back(0.0);
  tree.hess_sum.push_back(1.0);
  tree.n_samples.push_back(1);
}

inline Tree random_tree(std::int32_t n_features, int n_leaves, TreeForm form, std::mt19937& random,
                        std::int32_t leaf_width = 1) {
  Tree tree;
  add_node(tree, leaf_width, random);
  std::vector<std::int32_t> leaves{0};
  while (static_cast<int>(leaves.size()) < n_leaves) {
    const auto picked = leaves.begin() + pick_leaf(leaves, form, random);
    const auto node = static_cast<std::size_t>(*picked);
    leaves.erase(picked);
    tree.feature[node] = static_cast<std::int32_t>(random() % static_cast<unsigned>(n_features));
    tree.threshold[node] = random() % 3 == 0
                               ? awkward_numbers()[random() % awkward_numbers().size()]
                               : std::normal_distribution<double>()(random);
    tree.missing_goes_left[node] = static_cast<std::uint8_t>(random() % 2);
    tree.split_gain[node] = 0.5;
    tree.left_child[node] = tree.n_nodes();
    for (int child = 0; child < 2; ++child) {
      leaves.push_back(tree.n_nodes());
      add_node(tree, leaf_width, random);
    }
  }
  return tree;
}

/// A valid model with a tree of each size, outputs in turn.
inline EnsembleModel random_model(std::int32_t n_features, std::int32_t n_outputs,
                                  const std::vector<int>& n_leaves, TreeForm form, unsigned seed) {
  std::mt19937 random(seed);
  EnsembleModel model;
  model.n_features = n_features;
  model.n_outputs = n_outputs;
  for (std::int32_t k = 0; k < n_outputs; ++k) model.base_score.push_back(0.1 * k - 0.3);
  std::int32_t output = 0;
  for (const int n : n_leaves) {
    model.append(random_tree(n_features, n, form, random), output);
    output = (output + 1) % n_outputs;
  }
  return model;
}

/// A valid model whose trees speak for all outputs, joined by their mean.
inline EnsembleModel random_forest(std::int32_t n_features, std::int32_t n_outputs,
                                   const std::vector<int>& n_leaves, TreeForm form, unsigned seed) {
  std::mt19937 random(seed);
  EnsembleModel model;
  model.n_features = n_features;
  model.n_outputs = model.leaf_width = n_outputs;
  model.aggregation = Aggregation::kMean;
  model.base_score.assign(static_cast<std::size_t>(n_outputs), 0.25);
  for (const int n : n_leaves) model.append(random_tree(n_features, n, form, random, n_outputs), 0);
  return model;
}

/// The model with every second column, from the first on, one of categories: as many as come, and
/// more; sets of any bits.
inline EnsembleModel with_categories(EnsembleModel model, unsigned seed) {
  std::mt19937_64 random(seed);
  const std::int32_t counts[] = {3, 1, 40, 255, 256, 9000, 20};
  for (std::int32_t f = 0; f < model.n_features; ++f)
    model.n_categories.push_back(f % 2 == 0 ? counts[f / 2 % 7] : 0);
  Tree& nodes = model.nodes;
  for (std::size_t i = 0; i < nodes.feature.size(); ++i) {
    if (nodes.feature[i] == kLeafFeature || nodes.feature[i] % 2 != 0) continue;
    nodes.threshold[i] = static_cast<double>(nodes.category_sets.size());
    CategorySet set;
    for (std::uint64_t& word : set.words()) word = random();
    nodes.category_sets.push_back(set);
  }
  return model;
}

/// Whether a set has a value that is not NaN, by the definition.
inline bool naive_contains(const CategorySet& set, double x) {
  const double code = std::min(std::max(std::trunc(x), 0.0), 255.0);
  const auto bit = static_cast<unsigned>(code);
  return (set.words()[bit / 64] >> (bit % 64)) % 2 == 1;
}

/// Node index, from the root, of the leaf that a row of doubles reaches: by the rule, recursively.
inline std::int32_t naive_leaf(const EnsembleModel& model, std::int32_t tree, std::int32_t at,
                               const double* row) {
  const auto node = static_cast<std::size_t>(model.tree_begin[static_cast<std::size_t>(tree)] + at);
  const Tree& nodes = model.nodes;
  if (nodes.feature[node] == kLeafFeature) return at;
  const double x = row[nodes.feature[node]];
  bool left = x <= nodes.threshold[node];
  if (std::isnan(x))
    left = nodes.missing_goes_left[node] == 1;
  else if (!model.n_categories.empty() &&
           model.n_categories[static_cast<std::size_t>(nodes.feature[node])] > 0)
    left = naive_contains(nodes.category_sets[static_cast<std::size_t>(nodes.threshold[node])], x);
  return naive_leaf(model, tree, nodes.left_child[node] + (left ? 0 : 1), row);
}

/// Adds trees [begin, end) to out (n_rows x n_outputs); x is n_rows x n_features.
inline void naive_add_trees(const EnsembleModel& model, const std::vector<double>& x,
                            std::int32_t begin, std::int32_t end, std::vector<double>& out) {
  const auto n_features = static_cast<std::size_t>(model.n_features);
  const auto n_outputs = static_cast<std::size_t>(model.n_outputs);
  for (std::size_t row = 0; row * n_features < x.size(); ++row)
    for (std::int32_t t = begin; t < end; ++t) {
      const auto tree = static_cast<std::size_t>(t);
      const std::int64_t leaf =
          model.tree_begin[tree] + naive_leaf(model, t, 0, x.data() + row * n_features);
      const auto width = static_cast<std::size_t>(model.leaf_width);
      for (std::size_t k = 0; k < width; ++k)
        out[row * n_outputs + static_cast<std::size_t>(model.tree_output[tree]) + k] +=
            model.nodes.value[static_cast<std::size_t>(leaf) * width + k];
    }
}

/// Raw scores of the trees [begin, end), by the definition.
inline std::vector<double> naive_raw_scores(const EnsembleModel& model,
                                            const std::vector<double>& x, std::int32_t begin,
                                            std::int32_t end) {
  const auto n_outputs = static_cast<std::size_t>(model.n_outputs);
  std::vector<double> scores(x.size() / static_cast<std::size_t>(model.n_features) * n_outputs);
  const bool is_mean = model.aggregation == Aggregation::kMean;
  for (std::size_t i = 0; i < scores.size() && !is_mean; ++i)
    scores[i] = model.base_score[i % n_outputs];
  naive_add_trees(model, x, begin, end, scores);
  for (std::size_t i = 0; i < scores.size() && is_mean; ++i)
    scores[i] = model.base_score[i % n_outputs] + (begin < end ? scores[i] / (end - begin) : 0.0);
  return scores;
}

/// Rows with missing values, infinities and values on, just below and just above thresholds;
/// columns of categories have codes, too. Every number is a float32.
inline std::vector<double> awkward_rows(const EnsembleModel& model, std::int64_t n_rows,
                                        unsigned seed) {
  std::mt19937 random(seed);
  std::vector<double> x(static_cast<std::size_t>(n_rows * model.n_features));
  constexpr float kInf = std::numeric_limits<float>::infinity();
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto feature = static_cast<std::int32_t>(i % static_cast<std::size_t>(model.n_features));
    const unsigned kind = random() % 16;
    float v = std::normal_distribution<float>()(random);
    if (kind < 3) v = std::numeric_limits<float>::quiet_NaN();
    if (kind == 3) v = static_cast<float>(awkward_numbers()[random() % awkward_numbers().size()]);
    if (kind >= 4 && kind < 8 && !model.nodes.threshold.empty()) {
      v = static_cast<float>(model.nodes.threshold[random() % model.nodes.threshold.size()]);
      if (kind == 4) v = std::nextafter(v, -kInf);
      if (kind == 5) v = std::nextafter(v, kInf);
    }
    if (kind >= 7 && model.is_categorical(feature)) v = static_cast<float>(random() % 260);
    x[i] = static_cast<double>(v);
  }
  return x;
}

}  // namespace gbengine::test

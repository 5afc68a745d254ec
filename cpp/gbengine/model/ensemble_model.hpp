// EnsembleModel: trees one after the other in flat arrays, and how their values are joined.
//
// A tree has leaf_width values a node. If that is 1, raw score k hears the trees t with
// tree_output[t] == k; if it is more, it is n_outputs, and every tree speaks for all outputs. The
// values of the leaves that a row reaches are added in tree order, in double:
//   kSum:  raw_score[k] = base_score[k] + v_1 + v_2 + ..., from the left
//   kMean: raw_score[k] = base_score[k] + (v_1 + v_2 + ...) / number of trees; without trees
//          base_score[k]
// Immutable once validated. Example:
//   EnsembleModel model = ...; model.append(tree, /*output=*/0); validate(model);
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/model/aggregation.hpp"
#include "gbengine/model/link.hpp"
#include "gbengine/model/tree.hpp"

namespace gbengine {

struct EnsembleModel {
  std::int32_t n_features = 0;
  std::int32_t n_outputs = 1;
  std::int32_t leaf_width = 1;  // values of a node: 1 or n_outputs
  Link link = Link::kIdentity;
  Aggregation aggregation = Aggregation::kSum;
  std::vector<std::int32_t> n_categories;   // n_features, 0: numbers; empty: all are numbers
  std::vector<double> base_score;           // n_outputs
  std::vector<std::int64_t> tree_begin{0};  // n_trees + 1: first node of each tree in `nodes`
  std::vector<std::int32_t> tree_output;    // n_trees: which output a tree adds to; 0 if it is all
  Tree nodes;  // all trees' nodes; child indices count from the tree's root, sets from the first

  std::int32_t n_trees() const { return static_cast<std::int32_t>(tree_output.size()); }
  std::int64_t n_nodes() const { return tree_begin.back(); }
  bool is_categorical(std::int32_t feature) const {
    return !n_categories.empty() && n_categories[static_cast<std::size_t>(feature)] > 0;
  }

  /// The leaf_width values of a node, counted from the first tree's root.
  const double* value_of(std::int64_t node) const { return nodes.value.data() + node * leaf_width; }

  /// Room for so many nodes more, so that appending need not move those there are. Arrays that are
  /// empty so far get none.
  void reserve_more(std::int64_t n_nodes);

  /// A statistic that this tree or one before lacks is left out. Of a tree's category sets the
  /// model takes those that are used, in the order of the nodes; n_categories must be known by
  /// then.
  void append(const Tree& tree, std::int32_t output);
};

/// A model without trees whose scores will be the mean of their leaves' values.
EnsembleModel mean_of_trees(std::int32_t n_features, std::int32_t leaf_width);

/// A copy with the trees named, in that order. Throws ValueError for a tree that is not there.
EnsembleModel select_trees(const EnsembleModel& model, std::span<const std::int32_t> trees);

/// A copy with the first n trees, 0 <= n <= n_trees.
EnsembleModel keep_trees(const EnsembleModel& model, std::int32_t n);

/// Of each feature: the sum of the gains of the splits on it (throws ValueError if the model does
/// not have them), and their number.
std::vector<double> split_gains(const EnsembleModel& model);
std::vector<std::int64_t> split_counts(const EnsembleModel& model);

/// No table has more columns, so that a model of few nodes cannot make its reader hold billions.
inline constexpr std::int32_t kMaxFeatures = 1 << 24;

/// Checks everything that prediction relies on; throws ValueError naming the array and the place.
/// After it, hot loops need no checks: array lengths agree, every feature is in [0, n_features),
/// every left child comes after its parent and has a sibling behind it in the tree, each node but
/// the root has exactly one parent, thresholds are not NaN, values and base scores are finite and
/// so is every sum of them, the statistics that are there are finite, sample counts are not
/// negative, flags are 0 or 1, every split on categories has a set of its own, numbered in the
/// order of the nodes, outputs are in [0, n_outputs) and as many as the link needs. Any bit pattern
/// may be given: the time and memory taken are in proportion to the arrays' true lengths.
void validate(const EnsembleModel& model);

}  // namespace gbengine

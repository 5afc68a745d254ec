// EnsembleModel: trees one after the other in flat arrays, and how their values are joined.
//
// raw_score[k] = base_score[k] + sum over trees t with tree_output[t] == k of the value of the leaf
// that the row reaches, added in tree order, in double. Immutable once validated. Example:
//   EnsembleModel model = ...; model.append(tree, /*output=*/0); validate(model);
#pragma once

#include <cstdint>
#include <vector>

#include "gbengine/model/link.hpp"
#include "gbengine/model/tree.hpp"

namespace gbengine {

struct EnsembleModel {
  std::int32_t n_features = 0;
  std::int32_t n_outputs = 1;
  Link link = Link::kIdentity;
  std::vector<double> base_score;           // n_outputs
  std::vector<std::int64_t> tree_begin{0};  // n_trees + 1: first node of each tree in `nodes`
  std::vector<std::int32_t> tree_output;    // n_trees: which output a tree adds to
  Tree nodes;  // all trees' nodes; child indices count from the tree's root

  std::int32_t n_trees() const { return static_cast<std::int32_t>(tree_output.size()); }
  std::int64_t n_nodes() const { return tree_begin.back(); }

  void append(const Tree& tree, std::int32_t output);
};

/// A copy with the first n trees, 0 <= n <= n_trees.
EnsembleModel keep_trees(const EnsembleModel& model, std::int32_t n);

/// Of each feature: the sum of the gains of the splits on it, and their number.
std::vector<double> split_gains(const EnsembleModel& model);
std::vector<std::int64_t> split_counts(const EnsembleModel& model);

/// Checks everything that prediction relies on; throws ValueError naming the array and the place.
/// After it, hot loops need no checks: array lengths agree, every feature is in [0, n_features),
/// every child index is inside its tree and greater than its parent's, each node but the root has
/// exactly one parent, thresholds are not NaN, values and base scores are finite and so is every
/// sum of them, gains and hessian sums are finite, sample counts are not negative, flags are 0 or
/// 1, outputs are in [0, n_outputs) and as many as the link needs. Any bit pattern may be given:
/// the time and memory taken are in proportion to the arrays' true lengths.
void validate(const EnsembleModel& model);

}  // namespace gbengine

// SplitFinder: the best split of a node over its candidate features.
//
// Ties go to the lowest feature, then to missing rows on the right, then to the lowest bin, so the
// choice depends on the sums alone. Categories have their own search (category_split.hpp). Example:
//   SplitFinder finder(x, config, CellWidth::kNarrow, fixed_point);
//   SplitInfo best = finder.find(parallel, features, {words, nullptr, sums, 0});
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "gbengine/base/parallel.hpp"
#include "gbengine/data/binned_matrix.hpp"
#include "gbengine/kernel/split_scan.hpp"
#include "gbengine/learn/category_split.hpp"
#include "gbengine/learn/column_screen.hpp"
#include "gbengine/learn/fixed_point.hpp"
#include "gbengine/learn/grower_config.hpp"
#include "gbengine/learn/split_info.hpp"

namespace gbengine {

/// What is known of a node when its split is sought.
struct NodeSums {
  std::int64_t* words;   // its histogram; of sparse codes without the cells of the zero codes,
                         // which find() sets
  std::int64_t* counts;  // rows (repetitions) of each cell, or nullptr: checked later; likewise
  GradientSum sum;
  std::int64_t count;  // rows (repetitions) in the node
};

class SplitFinder {
 public:
  SplitFinder(const BinnedMatrix& x, const GrowerConfig& config, CellWidth width);

  /// The units of this tree's integer sums. `hess_counts`: hessian sums are counts of rows, so
  /// min_samples_leaf can be checked on them.
  void start_tree(const FixedPoint& fixed, bool hess_counts);

  /// Features that no split is to be sought on because none could be allowed: 1 by feature.
  void pass_over(std::vector<std::uint8_t> is_idle) { is_idle_ = std::move(is_idle); }

  /// Invalid (no feature) if no allowed split gains more than min_split_gain.
  SplitInfo find(const Parallel& parallel, std::span<const std::int32_t> features,
                 const NodeSums& node) const;

  /// The same on dense codes with the rows counted, but only of the features that need it: a
  /// column's best split without counts is no worse than its best one with them, so those that
  /// others beat need no counting.
  /// @param first the feature that has the best split without counts
  /// @param count sets node.counts at the cells of a feature
  SplitInfo find_counted(std::span<const std::int32_t> features, const NodeSums& node,
                         std::int32_t first, const CountFeature& count) const;

  /// The raw-score step of a node with these sums, before shrinkage.
  double node_value(GradientSum sum) const;

 private:
  double node_score(GradientSum sum) const;
  template <typename Task>
  void for_features(const Parallel& parallel, std::int64_t n_features, Task&& task) const;
  bool completes(std::int32_t feature, const NodeSums& node, double to_beat) const;
  void seek(std::int32_t feature, const NodeSums& node, SplitInfo& best) const;
  double bounds(std::span<const std::int32_t> features, const NodeSums& node, double to_reach,
                bool rises, std::span<double> at_most) const;
  void seek_among(std::span<const std::int32_t> features, const NodeSums& node,
                  SplitInfo& best) const;
  SplitInfo if_it_gains(SplitInfo best, const NodeSums& node) const;
  bool may_beat(double total, std::size_t feature, const NodeSums& node) const;

  const BinnedMatrix& x_;
  const GrowerConfig& config_;
  CategoryRules category_rules_;
  CellWidth width_;
  ColumnScreen screen_;
  ScoreParams params_{};
  double min_hess_ = 0;
  std::vector<std::uint8_t> is_idle_;  // empty: none
};

}  // namespace gbengine

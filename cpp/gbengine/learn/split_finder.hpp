// SplitFinder: the best split of a node over its candidate features.
//
// Ties go to the lowest feature, then to missing rows on the right, then to the lowest bin, so the
// choice depends on the sums alone. Categories have their own search (category_split.hpp). Example:
//   SplitFinder finder(x, config, CellWidth::kNarrow, fixed_point);
//   SplitInfo best = finder.find(parallel, features, {words, nullptr, sums, 0});
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
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
  std::int64_t* words;   // its histogram
  std::int64_t* counts;  // rows (repetitions) of each cell, or nullptr: checked later
  GradientSum sum;
  std::int64_t count;  // rows (repetitions) in the node
};

class SplitFinder {
 public:
  SplitFinder(const BinnedMatrix& x, const GrowerConfig& config, CellWidth width);

  /// The units of this tree's integer sums. `hess_counts`: hessian sums are counts of rows, so
  /// min_samples_leaf can be checked on them.
  void start_tree(const FixedPoint& fixed, bool hess_counts);

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

  /// The best of the splits that seek(some, best) finds: it makes `best` the best split of some of
  /// the features if that is better, maybe on many threads.
  template <typename Seek>
  SplitInfo best_of(const Parallel& parallel, std::span<const std::int32_t> features,
                    GradientSum sum, Seek&& seek) const;

  /// Makes `best` the best split of a feature if that is better; `cells` are those of it alone.
  void seek(std::int32_t feature, const NodeSums& cells, SplitInfo& best) const;

  /// Whether a scan of a feature of few bins could find more than `total`. A scan costs as much for
  /// two bins as for twenty; most columns of sparse tables have two or three.
  bool may_beat(double total, std::int32_t feature, const NodeSums& cells) const;

  /// Whether a child may have this hessian.
  bool is_enough(GradientSum child) const {
    return child.hess >= 1 && static_cast<double>(child.hess) >= min_hess_;
  }

  /// The raw-score step of a node with these sums, before shrinkage.
  double node_value(GradientSum sum) const;

 private:
  double node_score(GradientSum sum) const;
  template <typename Task>
  void for_features(const Parallel& parallel, std::int64_t n_features, Task&& task) const;
  NodeSums cells_of(std::int32_t feature, const NodeSums& node) const;
  double bounds(std::span<const std::int32_t> features, const NodeSums& node, double to_reach,
                bool rises, std::span<double> at_most) const;
  void seek_among(std::span<const std::int32_t> features, const NodeSums& node,
                  SplitInfo& best) const;
  SplitInfo gained(const SplitInfo& best, GradientSum sum) const;

  /// Features a task: enough scans (about 0.5 µs each) to be worth handing out.
  static constexpr std::int64_t kFeatureGrain = 16;
  static constexpr std::int64_t kTasksAThread = 16;
  static constexpr std::int64_t kScanNanoseconds = 40;  // and one for each cell

  const BinnedMatrix& x_;
  const GrowerConfig& config_;
  CategoryRules category_rules_;
  CellWidth width_;
  ColumnScreen screen_;
  ScoreParams params_{};
  double min_hess_ = 0;
};

/// Calls task(begin, end) on runs of kFeatureGrain features or more.
template <typename Task>
void SplitFinder::for_features(const Parallel& parallel, std::int64_t n_features,
                               Task&& task) const {
  const std::int64_t n_cells =
      x_.cell_offset.back() * n_features / static_cast<std::int64_t>(x_.mappers.size());
  const Parallel threads = parallel.worth(n_features * kScanNanoseconds + n_cells);
  if (threads.n_threads() == 1) return task(0, n_features);
  const std::int64_t grain =
      std::max(kFeatureGrain, n_features / (kTasksAThread * threads.n_threads()));
  threads.for_rows(n_features, grain,
                   [&](std::int64_t begin, std::int64_t end, int) { task(begin, end); });
}

template <typename Seek>
SplitInfo SplitFinder::best_of(const Parallel& parallel, std::span<const std::int32_t> features,
                               GradientSum sum, Seek&& seek) const {
  const auto n_features = static_cast<std::int64_t>(features.size());
  // Of each task, at the place of its first feature: ties go to the first.
  std::vector<SplitInfo> found(static_cast<std::size_t>(n_features / kFeatureGrain + 1));
  for_features(parallel, n_features, [&](std::int64_t begin, std::int64_t end) {
    SplitInfo best;
    seek(features.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)),
         best);
    found[static_cast<std::size_t>(begin / kFeatureGrain)] = best;
  });
  SplitInfo best;
  for (const SplitInfo& split : found)
    if (split.total > best.total) best = split;
  return gained(best, sum);
}

}  // namespace gbengine

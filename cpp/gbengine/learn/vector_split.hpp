// VectorSplitFinder: the best split of a node for several outputs at once.
//
// What split_finder.hpp is for one output: the score of a side is the sum of its outputs' scores
// (kernel/vector_scan.hpp), min_hessian_leaf holds for every output. Ties go as there. Of dense
// codes only. Categories have their own search (vector_category.hpp). Example:
//   VectorSplitFinder finder(x, config, CellWidth::kNarrow, {n_outputs, n_hess, stride});
//   finder.take_units(grad_unit, hess_unit, /*hess_counts=*/false);
//   SplitInfo best = finder.find(parallel, features, histogram, {words, nullptr, sums, n_rows});
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/base/parallel.hpp"
#include "gbengine/data/binned_matrix.hpp"
#include "gbengine/kernel/vector_scan.hpp"
#include "gbengine/learn/category_split.hpp"
#include "gbengine/learn/grower_config.hpp"
#include "gbengine/learn/split_info.hpp"
#include "gbengine/learn/vector_histogram.hpp"

namespace gbengine {

/// What a row, a cell and a node's sums are made of: gradients, then hessians, then padding.
struct VectorShape {
  std::int32_t n_outputs;
  std::int32_t n_hess;  // n_outputs, or 1 that all share
  std::int32_t stride;

  std::int32_t n_columns() const { return n_outputs + n_hess; }
  std::int32_t hess_column(std::int32_t output) const {
    return n_outputs + (n_hess == 1 ? 0 : output);
  }
};

/// A node whose split is sought.
struct VectorNode {
  const std::int64_t* words;   // its histogram
  const std::int64_t* counts;  // rows (repetitions) of each cell, or nullptr: checked later
  const std::int64_t* sums;    // n_columns
  std::int64_t count;
};

class VectorSplitFinder {
 public:
  VectorSplitFinder(const BinnedMatrix& x, const GrowerConfig& config, CellWidth width,
                    const VectorShape& shape);

  /// Real values of the integer 1, by output and by hessian.
  /// @param hess_counts the hessian sums are counts of rows: min_samples_leaf is checked on them
  void take_units(std::vector<double> grad_unit, std::vector<double> hess_unit, bool hess_counts);

  double hess_unit(std::int32_t hess) const { return hess_unit_[static_cast<std::size_t>(hess)]; }

  SplitInfo find(const Parallel& parallel, std::span<const std::int32_t> features,
                 const VectorHistogram& histogram, const VectorNode& node) const;

  /// The same with the rows counted, of those features alone that no other beats without.
  SplitInfo find_counted(const Parallel& parallel, std::span<const std::int32_t> features,
                         const VectorHistogram& histogram, const VectorNode& node,
                         const CountFeature& count) const;

  /// The raw-score step of an output of a node with these sums, before shrinkage.
  double node_value(const std::int64_t* sums, std::int32_t output) const;

 private:
  double node_score(const std::int64_t* sums) const;
  SplitInfo seek(std::int32_t feature, const VectorHistogram& histogram,
                 const VectorNode& node) const;
  std::vector<SplitInfo> seek_all(const Parallel& parallel, std::span<const std::int32_t> features,
                                  const VectorHistogram& histogram, const VectorNode& node) const;
  SplitInfo gained(const SplitInfo& best, const VectorNode& node) const;
  VectorUnits units() const;

  const BinnedMatrix& x_;
  const GrowerConfig& config_;
  CategoryRules category_rules_;
  CellWidth width_;
  VectorShape shape_;
  bool hess_counts_ = false;
  std::vector<double> grad_unit_;
  std::vector<double> hess_unit_;
  std::vector<double> min_hess_;
};

}  // namespace gbengine

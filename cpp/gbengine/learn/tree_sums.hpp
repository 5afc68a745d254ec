// TreeSums: what a grower knows of gradients: the sums of a tree's nodes, and what follows from
// them.
//
// A grower decides which node is split when, and moves rows; the sums by bin, the best split, the
// values of a node are asked for here. PairSums has one gradient a row, VectorSums several, whose
// trees have a value for each. Example:
//   sums.take_gradients(parallel, pairs);
//   GrownTree grown = TreeGrower(x, config, weights, sums).grow(parallel, root, /*tree_idx=*/0);
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "gbengine/base/parallel.hpp"
#include "gbengine/learn/split_info.hpp"

namespace gbengine {

/// The rows of a node: n row indices, or rows 0 … n - 1 if nullptr.
struct RowList {
  const std::uint32_t* row_idx;
  std::int64_t n;
};

/// A node whose split is sought, and what is known of its rows.
struct NodeCells {
  std::int32_t node_idx;
  std::int64_t* words;   // its histogram; of sparse codes without the cells of the zero codes,
                         // which a search sets
  std::int64_t* counts;  // rows (repetitions) of each cell, or nullptr: checked later; likewise
  std::int64_t count;    // rows (repetitions) in the node
};

class TreeSums {
 public:
  virtual ~TreeSums() = default;

  /// Values of a node: the outputs that a tree adds to.
  virtual std::int32_t leaf_width() const = 0;

  /// Makes integers of the gradients that the trees to come are grown from, in place.
  /// @param pairs FloatPairs (hess, grad as float32): element (k, row) at k * n_rows + row
  virtual void take_gradients(const Parallel& parallel, void* pairs) = 0;

  /// Whether the hessian sums of splits are counts of rows (repetitions).
  virtual bool hess_counts() const = 0;

  /// Features that no split is to be sought on because none could be allowed: 1 by feature.
  virtual void pass_over(std::vector<std::uint8_t> is_idle) = 0;

  /// 64-bit words of a histogram.
  virtual std::int64_t n_words() const = 0;
  virtual void build(const Parallel& parallel, RowList rows, std::int64_t* words) = 0;
  /// Makes of a node's histogram that of its other child, by the histogram of one.
  virtual void subtract(std::int64_t* words, const std::int64_t* child) const = 0;
  /// The same by the rows of one. Of sparse codes only.
  virtual void take_away(const Parallel& parallel, RowList rows, std::int64_t* words) = 0;

  /// Starts a tree: the sums of its root, whose histogram is there (nullptr: no rows).
  virtual void add_root(RowList rows, const std::int64_t* words) = 0;
  /// The sums of two nodes more, behind those there are.
  virtual void add_children(std::int32_t parent, const SplitInfo& split, RowList left,
                            RowList right) = 0;

  virtual double hess_sum(std::int32_t node_idx) const = 0;
  /// Appends leaf_width raw-score steps, before shrinkage.
  virtual void append_value(std::int32_t node_idx, std::vector<double>& value) const = 0;

  /// The best split; invalid (no feature) if no allowed split gains more than min_split_gain.
  virtual SplitInfo find(const Parallel& parallel, std::span<const std::int32_t> features,
                         const NodeCells& node) const = 0;
  /// The same on dense codes with the rows counted, of the features that need it.
  /// @param first the feature that has the best split without counts
  virtual SplitInfo find_counted(const Parallel& parallel, std::span<const std::int32_t> features,
                                 const NodeCells& node, std::int32_t first,
                                 const CountFeature& count) const = 0;
};

}  // namespace gbengine

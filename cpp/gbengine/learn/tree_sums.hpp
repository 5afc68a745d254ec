// TreeSums: what a grower knows of gradients: the sums of a tree's nodes, and what follows from
// them.
//
// A grower decides which node is split when, and moves rows; the sums by bin, the best split, the
// values of a node are asked for here. PairSums has one gradient a row, SparseSums too but of
// sparse codes, VectorSums several, whose trees have a value for each. Example:
//   sums.take_gradients(parallel, pairs);
//   GrownTree grown = TreeGrower(x, config, weights, sums).grow(parallel, root, /*tree_idx=*/0);
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/base/parallel.hpp"
#include "gbengine/learn/split_info.hpp"

namespace gbengine {

/// The rows of a node: n row indices, or rows 0 … n - 1 if nullptr.
struct RowList {
  const std::uint32_t* row_idx;
  std::int64_t n;
};

/// A node of the tree, and its rows.
struct NodeRows {
  std::int32_t node_idx;
  RowList rows;
  std::int64_t count;  // rows, or repetitions where weights are whole
  bool may_split;      // whether its split is to be sought
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

  /// Starts a tree: the sums of its root, which may have no rows.
  virtual void add_root(const Parallel& parallel, RowList rows) = 0;
  /// The sums of two nodes more, behind those there are.
  virtual void add_children(std::int32_t parent, const SplitInfo& split, RowList left,
                            RowList right) = 0;

  virtual double hess_sum(std::int32_t node_idx) const = 0;
  /// Appends leaf_width raw-score steps, before shrinkage.
  virtual void append_value(std::int32_t node_idx, std::vector<double>& value) const = 0;

  /// Sums by bin the rows of a split node's children. The splits of those that may be split are to
  /// be sought next, the smaller one's first.
  virtual void sum_children(const Parallel& parallel, std::int32_t parent, const NodeRows& smaller,
                            const NodeRows& larger) = 0;

  /// The best split; invalid (no feature) if no allowed split gains more than min_split_gain.
  virtual SplitInfo find(const Parallel& parallel, std::span<const std::int32_t> features,
                         const NodeRows& node) = 0;
  /// The same with the rows counted, of the features that need it.
  /// @param first the feature that has the best split without counts
  virtual SplitInfo find_counted(const Parallel& parallel, std::span<const std::int32_t> features,
                                 const NodeRows& node, std::int32_t first) = 0;
};

}  // namespace gbengine

// CartGrower: grows one tree of single decisions (CART; Breiman et al., 1984) over coded columns.
//
// With several threads, nodes with many rows are searched by all of them column by column, and the
// branches below are grown one a thread; the tree is the same for any number. Where leaves are
// limited, the one that gains most is split next; otherwise order does not matter. Used by the
// forest, bagging and AdaBoost. Example:
//   CartGrower grower(parallel, table, targets, config, find_criterion("gini"), max_rows);
//   CartTree tree = grower.grow(parallel, {rows, counts, columns, tree_idx});
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "gbengine/learn/cart_worker.hpp"

namespace gbengine {

/// What one tree is grown on.
struct CartRows {
  std::vector<std::uint32_t> rows;    // each row once, ascending
  const std::uint32_t* counts;        // by row of the table, or nullptr: each row counts once
  std::vector<std::int32_t> columns;  // ascending
  std::uint64_t tree_idx;
  double count_unit = 1.0;  // true weight of a count of 1
};

class CartGrower {
 public:
  /// @param max_rows most rows of a tree. The arguments must outlive the grower.
  CartGrower(const Parallel& parallel, const CodedTable& table, const Targets& targets,
             const CartConfig& config, const CriterionRow& criterion, std::int64_t max_rows);

  /// Pruned, if the configuration says so. hess_sum, n_samples, split_gain (share of the root's
  /// weight) and impurity (if asked for) are all filled.
  CartTree grow(const Parallel& parallel, CartRows rows);

  /// The rows of the tree grown last: each node's span holds its own.
  const std::vector<std::uint32_t>& rows() const { return rows_; }

 private:
  CartTree grow_whole(const Parallel& parallel, OpenNode root, const RowSpan& all);
  CartTree grow_by_gain(const Parallel& parallel, OpenNode root);
  CartTree grow_in_branches(const Parallel& parallel, OpenNode root);

  const Targets& targets_;
  const CartConfig& config_;
  std::vector<std::unique_ptr<CartWorker>> workers_;  // by thread
  std::vector<std::uint32_t> rows_;
};

}  // namespace gbengine

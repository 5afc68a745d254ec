// CartWorker: one thread's part in growing a tree of single decisions: splits node after node.
//
// It knows no criterion (that is SplitSearch) and no ensemble. A node's draws depend on the tree
// and on the way from the root alone. Example:
//   CartWorker worker(table, targets, config, criterion, max_rows);
//   worker.start_tree({tree_idx, rows, counts, count_unit}, columns);
//   worker.set_total_weight(total);
//   CartTree branch = worker.grow_branch(parallel, open_node, row_span);
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "gbengine/base/parallel.hpp"
#include "gbengine/criterion/registry.hpp"
#include "gbengine/criterion/split_search.hpp"
#include "gbengine/data/coded_view.hpp"
#include "gbengine/learn/cart_config.hpp"
#include "gbengine/learn/cart_sums.hpp"
#include "gbengine/learn/cart_tree.hpp"
#include "gbengine/learn/column_draw.hpp"
#include "gbengine/learn/cut_draw.hpp"

namespace gbengine {

/// What all nodes of a tree share.
struct CartTreeContext {
  std::uint64_t tree_idx = 0;
  std::uint32_t* rows = nullptr;          // in place, node after node
  const std::uint32_t* counts = nullptr;  // by row: how often it was drawn; nullptr: once
  double count_unit = 1.0;                // true weight of a count of 1
};

/// A node that waits to be split.
struct OpenNode {
  std::int32_t node = 0;
  std::int32_t depth = 0;
  std::uint64_t key = 1;  // of the way from the root
  MeanBounds bounds;
  CartSums sums;
};

/// A split that has been found, and the rows already parted.
struct FoundSplit {
  SplitCandidate split;
  double improvement;  // decrease of impurity, in shares of the root's weight
  std::int64_t n_left;
  CartSums left_sums;
};

class CartWorker {
 public:
  /// The arguments must outlive the worker.
  CartWorker(const CodedTable& table, const Targets& targets, const CartConfig& config,
             const CriterionRow& criterion, std::int64_t max_rows);

  void start_tree(const CartTreeContext& tree, std::vector<std::int32_t> columns);

  CartSums sum(const RowSpan& rows) const;

  /// Of the root, in integer weight: what a split's improvement is a share of.
  void set_total_weight(double total) { total_weight_ = total; }

  /// Writes down what the node is and looks for its best split; parts its rows if there is one.
  /// @param helpers other threads' workers, for nodes with many rows; may be empty
  std::optional<FoundSplit> split(const Parallel& parallel, const OpenNode& open, CartTree& tree,
                                  const std::vector<std::unique_ptr<CartWorker>>* helpers);

  /// The two nodes below a split, once CartTree::split has made them.
  std::pair<OpenNode, OpenNode> children(const OpenNode& open, const FoundSplit& found,
                                         std::int32_t left_node) const;

  /// All that grows from a node, depth first; a tree of its own whose root is the node.
  CartTree grow_branch(const Parallel& parallel, OpenNode open, const RowSpan& rows);

 private:
  NodeFacts open_node(const OpenNode& open, bool is_splittable, CartTree& tree);
  void start_cuts(const OpenNode& open, const RowSpan& rows);
  bool may_split(const OpenNode& open, std::int64_t n_rows) const;
  template <typename TryNext>
  void for_each_column(const OpenNode& open, TryNext&& try_next);
  static bool is_settled(const SplitCandidate& best, std::int64_t n_rows);
  SplitCandidate find(const OpenNode& open, std::int64_t n_rows);
  SplitCandidate find_together(const Parallel& parallel, const OpenNode& open, const RowSpan& rows,
                               const std::vector<std::unique_ptr<CartWorker>>& helpers);
  SplitCandidate find_among_drawn(const OpenNode& open, std::int64_t n_rows);
  bool seek(std::int32_t feature, SplitCandidate& best);
  void join(const OpenNode& open, const RowSpan& rows);
  bool wants_copy(const RowSpan& rows) const;
  void enter_copy(const RowSpan& rows);
  void leave_copy(const RowSpan& rows);
  NodeRows node_rows(const RowSpan& rows) const;
  std::int64_t part_rows(const RowSpan& rows, const SplitCandidate& split);
  template <typename GoesLeft>
  std::int64_t part_few(std::uint32_t* rows, std::int64_t n, const GoesLeft& goes_left);
  template <typename GoesLeft>
  std::int64_t part_many(std::uint32_t* rows, std::int64_t n, const GoesLeft& goes_left);
  std::int64_t count(std::int64_t n_rows, const CartSums& sums) const;

  CodedView whole_, copy_;            // of the table
  const CodedView* view_ = nullptr;   // the one that is searched
  std::vector<std::uint32_t> names_;  // of the copied rows in the table
  const Targets& targets_;
  const CartConfig& config_;
  std::int64_t min_weight_leaf_ = 0;  // in integer weight
  std::unique_ptr<SplitSearch> search_;
  ColumnDraw draw_;
  CounterRng cut_rng_;
  CutDraw cut_draw_;
  std::vector<DrawnCut> drawn_cuts_;  // of the node that is open
  CartTreeContext tree_;
  double total_weight_ = 0.0;
  AlignedBuffer<std::uint32_t> right_rows_;
  std::int64_t most_nodes_ = 0;  // of a branch so far
};

}  // namespace gbengine

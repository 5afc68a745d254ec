// TreeGrower: grows one tree from integer gradients, whose sums it asks TreeSums for. It knows no
// loss and no ensemble.
//
// min_samples_leaf is checked optimistically: histogram cells carry no counts, the best split is
// sought without them, and the true sizes of the children fall out of the partition. Only if one is
// too small are the node's rows counted cell by cell and the search repeated. A search without
// counts can only find a larger gain, so the node keeps its place in the queue as long as it
// matters, and the tree is the one that counting everywhere would give. Example:
//   TreeGrower grower(x, config, weights, sums);
//   GrownTree grown = grower.grow(parallel, grower.partition().start_all(), tree_idx);
#pragma once

#include <cstdint>
#include <vector>

#include "gbengine/base/parallel.hpp"
#include "gbengine/data/binned_matrix.hpp"
#include "gbengine/learn/feature_sampler.hpp"
#include "gbengine/learn/fixed_point.hpp"
#include "gbengine/learn/grower_config.hpp"
#include "gbengine/learn/row_partition.hpp"
#include "gbengine/learn/split_info.hpp"
#include "gbengine/learn/tree_sums.hpp"
#include "gbengine/model/tree.hpp"

namespace gbengine {

struct GrownLeaf {
  std::int32_t node_idx;
  RowRun rows;  // of the grower's partition; valid until the next tree
};

struct GrownTree {
  Tree tree;                                // values before shrinkage
  std::vector<std::uint8_t> bin_threshold;  // by node: codes <= it go left; 0 for categories
  std::vector<GrownLeaf> leaves;            // in node order
};

class TreeGrower {
 public:
  /// The arguments must outlive the grower.
  TreeGrower(const BinnedMatrix& x, const GrowerConfig& config, const FixedWeights& weights,
             TreeSums& sums);

  RowPartition& partition() { return partition_; }
  const RowPartition& partition() const { return partition_; }

  /// Grows by the gradients that the sums have taken.
  /// @param root the rows to grow on, from partition()
  GrownTree grow(const Parallel& parallel, const RowRun& root, std::int64_t tree_idx);

 private:
  struct Node {
    RowRun rows;
    std::int64_t count = 0;  // rows, or repetitions where weights are whole
    std::int32_t depth = 0;
    SplitInfo split;
  };

  void add_node(const RowRun& rows, std::int64_t count, std::int32_t depth);
  void grow_root(const Parallel& parallel, const RowRun& rows);
  void expand(const Parallel& parallel, std::int32_t node_idx);
  void make_children(const Parallel& parallel, std::int32_t node_idx, std::int64_t n_left,
                     std::int64_t left_count);
  void record_split(std::int32_t node_idx);
  void find_children_splits(const Parallel& parallel, std::int32_t parent, std::int32_t left);
  void find_split(const Parallel& parallel, std::int32_t node_idx);
  void search_with_counts(const Parallel& parallel, std::int32_t node_idx);
  void settle_split(std::int32_t node_idx, const SplitInfo& split);
  bool may_split(const Node& node) const;
  bool is_full() const;
  std::int64_t count_rows(const RowRun& rows) const;
  RowList row_list(const RowRun& rows) const { return {partition_.rows(rows), rows.size}; }
  NodeRows node_rows(std::int32_t node_idx);
  std::int32_t pop_best_open();
  GrownTree take_tree();

  Node& node(std::int32_t node_idx) { return nodes_[static_cast<std::size_t>(node_idx)]; }

  const BinnedMatrix& x_;
  const GrowerConfig& config_;
  const FixedWeights& weights_;
  RowPartition partition_;
  TreeSums& sums_;
  FeatureSampler sampler_;

  // The tree being grown.
  std::vector<Node> nodes_;
  std::vector<std::int32_t> open_;  // nodes with a valid split
  std::int32_t n_leaves_ = 0;
  GrownTree grown_;
};

}  // namespace gbengine

// PairSums: the sums of trees that add to one output, a gradient pair a row, on dense codes.
//
// Example:
//   PairSums sums(x, config, weights, /*is_const_hessian=*/true);
//   sums.take_gradients(parallel, float_pairs);
#pragma once

#include <cstdint>
#include <span>

#include "gbengine/learn/dense_sums.hpp"
#include "gbengine/learn/histogram_builder.hpp"
#include "gbengine/learn/pair_nodes.hpp"

namespace gbengine {

class PairSums final : public PairNodes<DenseSums> {
 public:
  /// The arguments must outlive this object.
  PairSums(const BinnedMatrix& x, const GrowerConfig& config, const FixedWeights& weights,
           bool is_const_hessian);

 private:
  void build(const Parallel& parallel, RowList rows, std::int64_t* words) override {
    builder_.build(parallel, pairs(), rows.row_idx, rows.n, words);
  }
  void subtract(std::int64_t* words, const std::int64_t* child) const override;
  void set_root(RowList rows, const std::int64_t* words) override;
  SplitInfo search(const Parallel& parallel, std::span<const std::int32_t> features,
                   const NodeCells& node) const override {
    return finder().find(parallel, features, with_sum(node));
  }
  SplitInfo search_counted(const Parallel&, std::span<const std::int32_t> features,
                           const NodeCells& node, std::int32_t first,
                           const CountFeature& count) const override {
    return finder().find_counted(features, with_sum(node), first, count);
  }
  NodeSums with_sum(const NodeCells& node) const {
    return {node.words, node.counts, sum(node.node_idx), node.count};
  }

  CellWidth width_;
  std::int32_t n_first_cells_;  // of the first feature
  HistogramBuilder builder_;
};

}  // namespace gbengine

// PairSums: the sums of trees that add to one output, a gradient pair a row.
//
// Example:
//   PairSums sums(x, config, weights, /*is_const_hessian=*/true);
//   sums.take_gradients(parallel, float_pairs);
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "gbengine/learn/fixed_point.hpp"
#include "gbengine/learn/grower_config.hpp"
#include "gbengine/learn/histogram_builder.hpp"
#include "gbengine/learn/split_finder.hpp"
#include "gbengine/learn/tree_sums.hpp"

namespace gbengine {

class PairSums final : public TreeSums {
 public:
  /// The arguments must outlive this object, and so must the gradients.
  PairSums(const BinnedMatrix& x, const GrowerConfig& config, const FixedWeights& weights,
           bool is_const_hessian);

  std::int32_t leaf_width() const override { return 1; }
  void take_gradients(const Parallel& parallel, void* pairs) override;
  bool hess_counts() const override { return hess_counts_; }

  /// Takes gradients that are integers already.
  /// @param hess_counts every pair's hess is the row's repetitions
  void take_pairs(const GradientPair* pairs, const FixedPoint& fixed, bool hess_counts);

  void pass_over(std::vector<std::uint8_t> is_idle) override {
    finder_.pass_over(std::move(is_idle));
  }

  std::int64_t n_words() const override { return builder_.n_words(); }
  void build(const Parallel& parallel, RowList rows, std::int64_t* words) override {
    builder_.build(parallel, pairs_, rows.row_idx, rows.n, words);
  }
  void subtract(std::int64_t* words, const std::int64_t* child) const override;
  void take_away(const Parallel& parallel, RowList rows, std::int64_t* words) override {
    builder_.take_away(parallel, pairs_, rows.row_idx, rows.n, words);
  }

  void add_root(RowList rows, const std::int64_t* words) override;
  void add_children(std::int32_t parent, const SplitInfo& split, RowList left,
                    RowList right) override;

  double hess_sum(std::int32_t node_idx) const override {
    return static_cast<double>(sum(node_idx).hess) * hess_unit_;
  }
  void append_value(std::int32_t node_idx, std::vector<double>& value) const override {
    value.push_back(finder_.node_value(sum(node_idx)));
  }

  SplitInfo find(const Parallel& parallel, std::span<const std::int32_t> features,
                 const NodeCells& node) const override {
    return finder_.find(parallel, features, with_sum(node));
  }
  SplitInfo find_counted(const Parallel&, std::span<const std::int32_t> features,
                         const NodeCells& node, std::int32_t first,
                         const CountFeature& count) const override {
    return finder_.find_counted(features, with_sum(node), first, count);
  }

 private:
  GradientSum root_sum(RowList rows, const std::int64_t* words) const;
  const GradientSum& sum(std::int32_t node_idx) const {
    return sums_[static_cast<std::size_t>(node_idx)];
  }
  NodeSums with_sum(const NodeCells& node) const {
    return {node.words, node.counts, sum(node.node_idx), node.count};
  }

  const BinnedMatrix& x_;
  const FixedWeights& weights_;
  bool is_const_hessian_;
  HistogramBuilder builder_;
  SplitFinder finder_;

  const GradientPair* pairs_ = nullptr;
  bool hess_counts_ = false;
  double hess_unit_ = 1.0;
  std::vector<GradientSum> sums_;  // by node of the tree
};

}  // namespace gbengine

// VectorSums: the sums of trees that serve several outputs, a gradient for each in every row.
//
// The hessians are a column for each output, or one for all where they are constant. The sums of a
// node come from the rows of the smaller child of its parent, and the parent's. Example:
//   VectorSums sums(x, config, weights, /*n_outputs=*/3, /*is_const_hessian=*/true);
//   sums.take_gradients(parallel, float_pairs);
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/learn/dense_sums.hpp"
#include "gbengine/learn/fixed_point.hpp"
#include "gbengine/learn/grower_config.hpp"
#include "gbengine/learn/vector_histogram.hpp"
#include "gbengine/learn/vector_split.hpp"

namespace gbengine {

class VectorSums final : public DenseSums {
 public:
  /// The arguments must outlive this object.
  VectorSums(const BinnedMatrix& x, const GrowerConfig& config, const FixedWeights& weights,
             std::int32_t n_outputs, bool is_const_hessian);

  std::int32_t leaf_width() const override { return shape_.n_outputs; }
  void take_gradients(const Parallel& parallel, void* pairs) override;
  bool hess_counts() const override { return is_const_hessian_ && weights_.is_whole(); }
  void add_children(std::int32_t parent, const SplitInfo& split, RowList left,
                    RowList right) override;

  /// The mean of the outputs' own.
  double hess_sum(std::int32_t node_idx) const override;
  void append_value(std::int32_t node_idx, std::vector<double>& value) const override;

 private:
  void build(const Parallel& parallel, RowList rows, std::int64_t* words) override {
    histogram_.build(parallel, values_.data(), rows, words);
  }
  void subtract(std::int64_t* words, const std::int64_t* child) const override {
    histogram_.subtract(words, child);
  }
  void set_root(RowList rows, const std::int64_t* words) override;
  SplitInfo search(const Parallel& parallel, std::span<const std::int32_t> features,
                   const NodeCells& node) const override {
    return finder_.find(parallel, features, histogram_, with_sums(node));
  }
  SplitInfo search_counted(const Parallel& parallel, std::span<const std::int32_t> features,
                           const NodeCells& node, std::int32_t /*first*/,
                           const CountFeature& count) const override {
    return finder_.find_counted(parallel, features, histogram_, with_sums(node), count);
  }
  void append_sums(RowList rows);
  const std::int64_t* sums_of(std::int32_t node_idx) const {
    return sums_.data() + static_cast<std::int64_t>(node_idx) * shape_.n_columns();
  }
  VectorNode with_sums(const NodeCells& node) const {
    return {node.words, node.counts, sums_of(node.node_idx), node.count};
  }

  const BinnedMatrix& x_;
  const FixedWeights& weights_;
  bool is_const_hessian_;
  VectorShape shape_;
  VectorHistogram histogram_;
  VectorSplitFinder finder_;
  AlignedBuffer<std::int32_t> values_;  // by row, shape_.stride of them
  std::vector<std::int64_t> sums_;      // by node of the tree, n_columns of them
};

}  // namespace gbengine

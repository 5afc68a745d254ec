// PairNodes: the gradients of trees that add to one output, a pair a row, and the sums of nodes.
//
// The sums by bin are the matter of the class derived of this one, by way of DenseSums or straight
// from TreeSums. Example:
//   class PairSums final : public PairNodes<DenseSums> { … };
#pragma once

#include <cassert>
#include <cstdint>
#include <vector>

#include "gbengine/data/binned_matrix.hpp"
#include "gbengine/kernel/gradient_pair.hpp"
#include "gbengine/learn/fixed_point.hpp"
#include "gbengine/learn/grower_config.hpp"
#include "gbengine/learn/split_finder.hpp"
#include "gbengine/learn/tree_sums.hpp"

namespace gbengine {

template <typename Base>
class PairNodes : public Base {
 public:
  std::int32_t leaf_width() const final { return 1; }
  bool hess_counts() const final { return hess_counts_; }

  /// The gradients must outlive the trees grown from them.
  void take_gradients(const Parallel& parallel, void* pairs) final {
    const FixedPoint fixed =
        quantise(parallel, weights_, pairs, n_rows_, is_const_hessian_, weights_.cell_width());
    take_pairs(static_cast<const GradientPair*>(pairs), fixed,
               is_const_hessian_ && weights_.is_whole());
  }

  /// Takes gradients that are integers already.
  /// @param hess_counts every pair's hess is the row's repetitions
  void take_pairs(const GradientPair* pairs, const FixedPoint& fixed, bool hess_counts) {
    pairs_ = pairs;
    hess_counts_ = hess_counts;
    hess_unit_ = fixed.hess_unit;
    finder_.start_tree(fixed, hess_counts);
  }

  void add_children([[maybe_unused]] std::int32_t parent, const SplitInfo& split, RowList,
                    RowList) final {
    assert(split.left + split.right == sum(parent));
    sums_.push_back(split.left);
    sums_.push_back(split.right);
  }

  double hess_sum(std::int32_t node_idx) const final {
    return static_cast<double>(sum(node_idx).hess) * hess_unit_;
  }
  void append_value(std::int32_t node_idx, std::vector<double>& value) const final {
    value.push_back(finder_.node_value(sum(node_idx)));
  }

 protected:
  /// The arguments must outlive this object. `base`: those of the base.
  template <typename... BaseArgs>
  PairNodes(const BinnedMatrix& x, const GrowerConfig& config, const FixedWeights& weights,
            bool is_const_hessian, const BaseArgs&... base)
      : Base(base...),
        weights_(weights),
        n_rows_(x.n_rows),
        is_const_hessian_(is_const_hessian),
        finder_(x, config, weights.cell_width()) {}

  const GradientPair* pairs() const { return pairs_; }
  const SplitFinder& finder() const { return finder_; }
  void set_root_sum(GradientSum sum) { sums_.assign(1, sum); }
  const GradientSum& sum(std::int32_t node_idx) const {
    return sums_[static_cast<std::size_t>(node_idx)];
  }

 private:
  const FixedWeights& weights_;
  std::int64_t n_rows_;
  bool is_const_hessian_;
  SplitFinder finder_;

  const GradientPair* pairs_ = nullptr;
  bool hess_counts_ = false;
  double hess_unit_ = 1.0;
  std::vector<GradientSum> sums_;  // by node of the tree
};

}  // namespace gbengine

#include "gbengine/learn/pair_sums.hpp"

#include <cassert>

#include "gbengine/kernel/kernels.hpp"

namespace gbengine {

PairSums::PairSums(const BinnedMatrix& x, const GrowerConfig& config, const FixedWeights& weights,
                   bool is_const_hessian)
    : x_(x),
      weights_(weights),
      is_const_hessian_(is_const_hessian),
      builder_(x, weights.cell_width()),
      finder_(x, config, weights.cell_width()) {}

void PairSums::take_gradients(const Parallel& parallel, void* pairs) {
  const FixedPoint fixed =
      quantise(parallel, weights_, pairs, x_.n_rows, is_const_hessian_, weights_.cell_width());
  take_pairs(static_cast<const GradientPair*>(pairs), fixed,
             is_const_hessian_ && weights_.is_whole());
}

void PairSums::take_pairs(const GradientPair* pairs, const FixedPoint& fixed, bool hess_counts) {
  pairs_ = pairs;
  hess_counts_ = hess_counts;
  hess_unit_ = fixed.hess_unit;
  finder_.start_tree(fixed, hess_counts);
}

void PairSums::subtract(std::int64_t* words, const std::int64_t* child) const {
  kernels().histogram.subtract(words, child, n_words());
}

void PairSums::add_root(RowList rows, const std::int64_t* words) {
  sums_.assign(1, words == nullptr ? GradientSum{} : root_sum(rows, words));
}

void PairSums::add_children([[maybe_unused]] std::int32_t parent, const SplitInfo& split, RowList,
                            RowList) {
  assert(split.left + split.right == sum(parent));
  sums_.push_back(split.left);
  sums_.push_back(split.right);
}

/// The sum over all rows of the tree.
GradientSum PairSums::root_sum(RowList rows, const std::int64_t* words) const {
  GradientSum sum;
  if (x_.sparse) {
    for (std::int64_t i = 0; i < rows.n; ++i) {
      const GradientPair& pair =
          pairs_[rows.row_idx == nullptr ? static_cast<std::uint32_t>(i) : rows.row_idx[i]];
      sum = sum + GradientSum{pair.grad, pair.hess};
    }
    return sum;
  }
  // Any feature's cells hold every row once.
  for (std::int32_t cell = 0; cell < x_.cell_offset[1]; ++cell) {
    sum = sum + (weights_.cell_width() == CellWidth::kWide
                     ? GradientSum{words[2 * cell], words[2 * cell + 1]}
                     : GradientSum{words[cell] >> 32, words[cell] & 0xffffffff});
  }
  return sum;
}

}  // namespace gbengine

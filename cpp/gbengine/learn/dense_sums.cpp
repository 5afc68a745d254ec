#include "gbengine/learn/dense_sums.hpp"

namespace gbengine {

DenseSums::DenseSums(const BinnedMatrix& x, const FixedWeights& weights, std::int64_t words_a_cell)
    : x_(x),
      weights_(weights),
      counter_(x, weights.cell_width()),
      pool_(x.n_cells() * words_a_cell) {}

void DenseSums::add_root(const Parallel& parallel, RowList rows) {
  pool_.give_back_all();
  if (rows.n > 0) build(parallel, rows, pool_.take(0));
  set_root(rows, pool_.words(0));
}

void DenseSums::sum_children(const Parallel& parallel, std::int32_t parent, const NodeRows& smaller,
                             const NodeRows& larger) {
  if (smaller.may_split || larger.may_split)
    build(parallel, smaller.rows, pool_.take(smaller.node_idx));
  if (larger.may_split) {
    pool_.hand_on(parent, larger.node_idx);
    subtract(pool_.words(larger.node_idx), pool_.words(smaller.node_idx));
  }
  pool_.give_back(parent);
  if (!smaller.may_split) pool_.give_back(smaller.node_idx);
}

SplitInfo DenseSums::find(const Parallel& parallel, std::span<const std::int32_t> features,
                          const NodeRows& node) {
  return settled(
      node.node_idx,
      search(parallel, features, {node.node_idx, pool_.words(node.node_idx), nullptr, node.count}));
}

SplitInfo DenseSums::find_counted(const Parallel& parallel, std::span<const std::int32_t> features,
                                  const NodeRows& node, std::int32_t first) {
  if (counts_.size() == 0)
    counts_ = AlignedBuffer<std::int64_t>(static_cast<std::size_t>(x_.n_cells()));
  const NodeCells cells{node.node_idx, pool_.words(node.node_idx), counts_.data(), node.count};
  const auto count = [&](std::int32_t f) {
    counter_.count_feature(f, weights_.reps(), node.rows.row_idx, node.rows.n, counts_.data());
  };
  return settled(node.node_idx, search_counted(parallel, features, cells, first, count));
}

/// A node that is not split needs its histogram no more.
SplitInfo DenseSums::settled(std::int32_t node_idx, const SplitInfo& split) {
  if (!split.is_valid()) pool_.give_back(node_idx);
  return split;
}

}  // namespace gbengine

#include "gbengine/learn/sparse_sums.hpp"

#include <algorithm>

namespace gbengine {
namespace {

constexpr std::int64_t kPoolBytes = std::int64_t{1} << 20;
constexpr std::int64_t kPoolBytesACell = 5;

std::int64_t n_words_of(const BinnedMatrix& x, CellWidth width) {
  return std::int64_t{x.n_cells()} * static_cast<int>(width);
}

}  // namespace

SparseSums::SparseSums(const BinnedMatrix& x, const GrowerConfig& config,
                       const FixedWeights& weights, bool is_const_hessian)
    : PairNodes(x, config, weights, is_const_hessian),
      search_(x, config, weights, finder()),
      pool_(n_words_of(x, weights.cell_width())),
      max_histograms_(static_cast<std::size_t>(
          std::max(kPoolBytes, x.sparse->columns.n_cells() * kPoolBytesACell) /
          (pool_.n_words() * 8))) {}

void SparseSums::add_root(const Parallel&, RowList rows) {
  pool_.give_back_all();
  keepers_.clear();
  held_ = -1;
  GradientSum sum;
  for (std::int64_t i = 0; i < rows.n; ++i) {
    const GradientPair& pair = pairs()[rows.row_idx == nullptr ? i : std::int64_t{rows.row_idx[i]}];
    sum = sum + GradientSum{pair.grad, pair.hess};
  }
  set_root_sum(sum);
}

/// The larger child's histogram is the parent's with the smaller one's rows taken away, if the
/// parent has one. All others are summed when they are searched.
void SparseSums::sum_children(const Parallel& parallel, std::int32_t parent,
                              const NodeRows& smaller, const NodeRows& larger) {
  drop_keeper(parent);
  held_ = -1;
  std::int64_t* const words = pool_.words(parent);
  if (!larger.may_split || words == nullptr) return pool_.give_back(parent);
  pool_.hand_on(parent, larger.node_idx);
  hold(smaller);
  search_.take_away(parallel, pairs(), words);
}

SplitInfo SparseSums::find(const Parallel& parallel, std::span<const std::int32_t> features,
                           const NodeRows& node) {
  if (pool_.words(node.node_idx) == nullptr && held_ != node.node_idx) hold(node);
  return search(parallel, features, node, false);
}

SplitInfo SparseSums::find_counted(const Parallel& parallel, std::span<const std::int32_t> features,
                                   const NodeRows& node, std::int32_t) {
  drop_keeper(node.node_idx);
  hold(node);  // once more even if it was: its rows have been moved
  return search(parallel, features, node, true);
}

void SparseSums::hold(const NodeRows& node) {
  search_.hold(node.rows.row_idx, node.rows.n);
  held_ = node.node_idx;
}

/// Its rows are held, unless it has a histogram and is not counted.
SplitInfo SparseSums::search(const Parallel& parallel, std::span<const std::int32_t> features,
                             const NodeRows& node, bool is_counted) {
  std::int64_t* words = pool_.words(node.node_idx);
  if (words == nullptr && !search_.holds_few_rows() && makes_room()) {
    words = pool_.take(node.node_idx);
    search_.build(parallel, pairs(), words);
  }
  const SplitInfo split = search_.find(
      parallel, features, {words, pairs(), sum(node.node_idx), node.count, is_counted});
  if (!split.is_valid())
    pool_.give_back(node.node_idx);
  else if (words != nullptr)
    keepers_.push_back({node.node_idx, split.gain});
  return split;
}

/// Whether the pool has room for one more histogram. Of the nodes that keep one for when they are
/// split that which is split last gives it up, if it is not the only one.
bool SparseSums::makes_room() {
  if (pool_.n_taken() < max_histograms_) return true;
  if (keepers_.size() < 2) return false;
  const auto last = std::min_element(keepers_.begin(), keepers_.end(),
                                     [](auto a, auto b) { return a.gain < b.gain; });
  pool_.give_back(last->node_idx);
  keepers_.erase(last);
  return true;
}

void SparseSums::drop_keeper(std::int32_t node_idx) {
  std::erase_if(keepers_, [&](const Keeper& keeper) { return keeper.node_idx == node_idx; });
}

}  // namespace gbengine

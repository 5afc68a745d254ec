#include "gbengine/learn/grower.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

namespace gbengine {
namespace {

std::vector<std::int32_t> usable_features(const BinnedMatrix& x) {
  std::vector<std::int32_t> usable;
  for (std::int32_t f = 0; f < x.n_features; ++f)
    if (x.mappers[static_cast<std::size_t>(f)].can_split()) usable.push_back(f);
  return usable;
}

}  // namespace

TreeGrower::TreeGrower(const BinnedMatrix& x, const GrowerConfig& config,
                       const FixedWeights& weights, TreeSums& sums)
    : x_(x),
      config_(config),
      weights_(weights),
      partition_(x.n_rows),
      sums_(sums),
      sampler_(config, usable_features(x)) {}

GrownTree TreeGrower::grow(const Parallel& parallel, const RowRun& root, std::int64_t tree_idx) {
  nodes_.clear();
  open_.clear();
  grown_ = {};
  n_leaves_ = 1;
  sampler_.start_tree(tree_idx);

  grow_root(parallel, root);
  while (!open_.empty() && !is_full()) {
    parallel.poll();
    expand(parallel, pop_best_open());
  }
  return take_tree();
}

bool TreeGrower::is_full() const {
  return config_.max_leaf_nodes > 0 && n_leaves_ >= config_.max_leaf_nodes;
}

/// The open node to split next. Few nodes are open at a time: a scan beats a heap.
std::int32_t TreeGrower::pop_best_open() {
  const auto key = [&](std::int32_t idx) {
    const Node& n = nodes_[static_cast<std::size_t>(idx)];
    const std::int32_t depth = config_.grow_policy == GrowPolicy::kDepthWise ? n.depth : 0;
    return std::tuple(depth, -n.split.gain, idx);
  };
  const auto best =
      std::min_element(open_.begin(), open_.end(), [&](auto a, auto b) { return key(a) < key(b); });
  const std::int32_t node_idx = *best;
  *best = open_.back();
  open_.pop_back();
  return node_idx;
}

void TreeGrower::grow_root(const Parallel& parallel, const RowRun& rows) {
  sums_.add_root(parallel, row_list(rows));
  add_node(rows, count_rows(rows), 0);
  if (may_split(node(0)) && !is_full()) find_split(parallel, 0);
}

/// A node whose sums are there.
void TreeGrower::add_node(const RowRun& rows, std::int64_t count, std::int32_t depth) {
  const auto node_idx = static_cast<std::int32_t>(nodes_.size());
  Node n;
  n.rows = rows;
  n.count = count;
  n.depth = depth;
  nodes_.push_back(n);

  Tree& tree = grown_.tree;
  tree.feature.push_back(kLeafFeature);
  tree.threshold.push_back(0.0);
  tree.left_child.push_back(kNoChild);
  tree.missing_goes_left.push_back(0);
  sums_.append_value(node_idx, tree.value);
  tree.split_gain.push_back(0.0);
  tree.hess_sum.push_back(sums_.hess_sum(node_idx));
  tree.n_samples.push_back(rows.size);
  grown_.bin_threshold.push_back(0);
}

std::int64_t TreeGrower::count_rows(const RowRun& rows) const {
  const std::int32_t* reps = weights_.reps();
  if (reps == nullptr) return rows.size;
  const std::uint32_t* row_idx = partition_.rows(rows);
  if (row_idx == nullptr) return weights_.total();
  std::int64_t count = 0;
  for (std::int64_t i = 0; i < rows.size; ++i) count += reps[row_idx[i]];
  return count;
}

bool TreeGrower::may_split(const Node& n) const {
  // Not 2 * min_samples_leaf: any int64 may come from Python.
  return n.rows.size >= 2 && n.count - config_.min_samples_leaf >= config_.min_samples_leaf &&
         (config_.max_depth == 0 || n.depth < config_.max_depth);
}

void TreeGrower::expand(const Parallel& parallel, std::int32_t node_idx) {
  const Node parent = node(node_idx);
  const std::int64_t n_left =
      partition_.split(parallel, x_, parent.rows,
                       {parent.split.feature, static_cast<std::uint8_t>(parent.split.bin),
                        parent.split.missing_goes_left, parent.split.left_codes});
  const RowRun left = RowPartition::left_child(parent.rows, n_left);
  const std::int64_t left_count = sums_.hess_counts() ? parent.split.left.hess : count_rows(left);
  if (std::min(left_count, parent.count - left_count) < config_.min_samples_leaf) {
    search_with_counts(parallel, node_idx);
    return;
  }
  make_children(parallel, node_idx, n_left, left_count);
}

void TreeGrower::make_children(const Parallel& parallel, std::int32_t node_idx, std::int64_t n_left,
                               std::int64_t left_count) {
  const Node parent = node(node_idx);
  record_split(node_idx);
  const auto left_idx = static_cast<std::int32_t>(nodes_.size());
  const RowRun left = RowPartition::left_child(parent.rows, n_left);
  const RowRun right = RowPartition::right_child(parent.rows, n_left);
  sums_.add_children(node_idx, parent.split, row_list(left), row_list(right));
  add_node(left, left_count, parent.depth + 1);
  add_node(right, parent.count - left_count, parent.depth + 1);
  ++n_leaves_;
  if (!is_full()) find_children_splits(parallel, node_idx, left_idx);
}

void TreeGrower::record_split(std::int32_t node_idx) {
  const SplitInfo& split = node(node_idx).split;
  const auto at = static_cast<std::size_t>(node_idx);
  const BinMapper& mapper = x_.mappers[static_cast<std::size_t>(split.feature)];
  Tree& tree = grown_.tree;
  tree.feature[at] = split.feature;
  if (!mapper.is_categorical())  // a category set is numbered when all nodes are known
    tree.threshold[at] = split.bin < mapper.n_bins() - 1
                             ? mapper.thresholds[static_cast<std::size_t>(split.bin)]
                             : std::numeric_limits<double>::infinity();
  tree.left_child[at] = static_cast<std::int32_t>(nodes_.size());
  tree.missing_goes_left[at] = split.missing_goes_left ? 1 : 0;
  tree.split_gain[at] = split.gain;
  grown_.bin_threshold[at] = static_cast<std::uint8_t>(mapper.is_categorical() ? 0 : split.bin);
}

void TreeGrower::find_children_splits(const Parallel& parallel, std::int32_t parent,
                                      std::int32_t left) {
  std::int32_t smaller = left, larger = left + 1;
  if (node(smaller).rows.size > node(larger).rows.size) std::swap(smaller, larger);
  sums_.sum_children(parallel, parent, node_rows(smaller), node_rows(larger));
  for (const std::int32_t child : {smaller, larger})
    if (may_split(node(child))) find_split(parallel, child);
}

void TreeGrower::find_split(const Parallel& parallel, std::int32_t node_idx) {
  const auto features = sampler_.for_node(node(node_idx).depth, node_idx);
  settle_split(node_idx, sums_.find(parallel, features, node_rows(node_idx)));
}

void TreeGrower::search_with_counts(const Parallel& parallel, std::int32_t node_idx) {
  const auto features = sampler_.for_node(node(node_idx).depth, node_idx);
  settle_split(node_idx, sums_.find_counted(parallel, features, node_rows(node_idx),
                                            node(node_idx).split.feature));
}

void TreeGrower::settle_split(std::int32_t node_idx, const SplitInfo& split) {
  node(node_idx).split = split;
  if (split.is_valid()) open_.push_back(node_idx);
}

NodeRows TreeGrower::node_rows(std::int32_t node_idx) {
  const Node& n = node(node_idx);
  return {node_idx, row_list(n.rows), n.count, may_split(n)};
}

GrownTree TreeGrower::take_tree() {
  Tree& tree = grown_.tree;
  for (std::int32_t i = 0; i < tree.n_nodes(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (tree.is_leaf(i)) {
      grown_.leaves.push_back({i, node(i).rows});
    } else if (x_.mappers[static_cast<std::size_t>(tree.feature[at])].is_categorical()) {
      tree.threshold[at] = static_cast<double>(tree.category_sets.size());
      tree.category_sets.push_back(node(i).split.left_codes);
    }
  }
  return std::move(grown_);
}

}  // namespace gbengine

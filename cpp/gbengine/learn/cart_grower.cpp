#include "gbengine/learn/cart_grower.hpp"

#include <algorithm>
#include <utility>

#include "gbengine/learn/pruning.hpp"

namespace gbengine {
namespace {

/// A node of fewer rows is a branch for one thread.
constexpr std::int64_t kBranchRows = 1 << 12;

struct Waiting {
  double improvement;
  OpenNode open;
  FoundSplit found;
};

/// The largest improvement first, then the node that was made first.
bool comes_later(const Waiting& a, const Waiting& b) {
  if (a.improvement != b.improvement) return a.improvement < b.improvement;
  return a.open.node > b.open.node;
}

}  // namespace

CartGrower::CartGrower(const Parallel& parallel, const CodedTable& table, const Targets& targets,
                       const CartConfig& config, const CriterionRow& criterion,
                       std::int64_t max_rows)
    : targets_(targets), config_(config) {
  const Parallel threads = parallel.worth(max_rows * table.n_features());
  for (int t = 0; t < threads.n_threads(); ++t)
    workers_.push_back(std::make_unique<CartWorker>(table, targets, config, criterion, max_rows));
}

CartTree CartGrower::grow(const Parallel& parallel, CartRows rows) {
  rows_ = std::move(rows.rows);
  const RowSpan all{0, static_cast<std::int64_t>(rows_.size())};
  const CartTreeContext context{rows.tree_idx, rows_.data(), rows.counts, rows.count_unit};
  const Parallel threads(std::min<int>(parallel.n_threads(), static_cast<int>(workers_.size())));
  threads.for_each(static_cast<std::int64_t>(workers_.size()), [&](std::int64_t t, int) {
    workers_[static_cast<std::size_t>(t)]->start_tree(context, rows.columns);
  });
  OpenNode root;
  root.sums = workers_[0]->sum(all);
  for (const auto& worker : workers_)
    worker->set_total_weight(static_cast<double>(root.sums.weight()));
  CartTree tree = grow_whole(parallel, std::move(root), all);
  if (config_.ccp_alpha > 0) return tree.without_branches(pruned_at(tree.nodes, config_.ccp_alpha));
  return tree;
}

CartTree CartGrower::grow_whole(const Parallel& parallel, OpenNode root, const RowSpan& all) {
  if (config_.max_leaf_nodes > 0) return grow_by_gain(parallel, std::move(root));
  if (workers_.size() == 1) return workers_[0]->grow_branch(parallel, std::move(root), all);
  return grow_in_branches(parallel, std::move(root));
}

CartTree CartGrower::grow_by_gain(const Parallel& parallel, OpenNode root) {
  CartWorker& worker = *workers_[0];
  const auto* helpers = workers_.size() > 1 ? &workers_ : nullptr;
  CartTree tree(targets_.n_values);
  root.node = tree.add_root({0, static_cast<std::int64_t>(rows_.size())});
  std::vector<Waiting> waiting;
  const auto look_at = [&](OpenNode open) {
    const auto n_rows = tree.rows[static_cast<std::size_t>(open.node)].size;
    auto found = worker.split(parallel, open, tree, n_rows >= kBranchRows ? helpers : nullptr);
    if (!found) return;
    const double improvement = found->improvement;
    waiting.push_back({improvement, std::move(open), std::move(*found)});
    std::push_heap(waiting.begin(), waiting.end(), comes_later);
  };
  look_at(std::move(root));
  for (std::int32_t n_leaves = 1; !waiting.empty() && n_leaves < config_.max_leaf_nodes;
       ++n_leaves) {
    parallel.poll();
    std::pop_heap(waiting.begin(), waiting.end(), comes_later);
    const Waiting next = std::move(waiting.back());
    waiting.pop_back();
    const std::int32_t left =
        tree.split(next.open.node, next.found.split, next.improvement, next.found.n_left);
    auto [left_open, right_open] = worker.children(next.open, next.found, left);
    look_at(std::move(left_open));
    look_at(std::move(right_open));
  }
  return tree.in_depth_first_order();
}

CartTree CartGrower::grow_in_branches(const Parallel& parallel, OpenNode root) {
  CartWorker& worker = *workers_[0];
  CartTree trunk(targets_.n_values);
  root.node = trunk.add_root({0, static_cast<std::int64_t>(rows_.size())});
  std::vector<OpenNode> large{std::move(root)}, branches;
  while (!large.empty()) {
    OpenNode open = std::move(large.back());
    large.pop_back();
    if (trunk.rows[static_cast<std::size_t>(open.node)].size < kBranchRows) {
      branches.push_back(std::move(open));
      continue;
    }
    const auto found = worker.split(parallel, open, trunk, &workers_);
    if (!found) continue;
    const std::int32_t left =
        trunk.split(open.node, found->split, found->improvement, found->n_left);
    auto [left_open, right_open] = worker.children(open, *found, left);
    large.push_back(std::move(left_open));
    large.push_back(std::move(right_open));
  }
  std::vector<CartTree> grown(branches.size(), CartTree(targets_.n_values));
  parallel.for_each(static_cast<std::int64_t>(branches.size()), [&](std::int64_t i, int thread) {
    const auto at = static_cast<std::size_t>(i);
    const RowSpan rows = trunk.rows[static_cast<std::size_t>(branches[at].node)];
    grown[at] =
        workers_[static_cast<std::size_t>(thread)]->grow_branch(parallel, branches[at], rows);
  });
  for (std::size_t i = 0; i < branches.size(); ++i) trunk.graft(branches[i].node, grown[i]);
  return trunk.in_depth_first_order();
}

}  // namespace gbengine

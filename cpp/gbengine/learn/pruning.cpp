#include "gbengine/learn/pruning.hpp"

#include <functional>
#include <queue>
#include <tuple>
#include <utility>

namespace gbengine {
namespace {

/// The tree as links fall: each branch's cost, leaves and the alpha at which it goes.
class Links {
 public:
  explicit Links(const Tree& tree)
      : tree_(tree),
        n_(tree.feature.size()),
        parent_(n_, kNoChild),
        own_cost_(n_),
        branch_cost_(n_),
        n_leaves_(n_, 1),
        version_(n_, 0),
        is_gone_(n_, 0) {
    const double total = tree.hess_sum[0];
    for (std::size_t i = 0; i < n_; ++i) {
      own_cost_[i] = branch_cost_[i] = tree.hess_sum[i] * tree.impurity[i] / total;
      if (tree.left_child[i] == kNoChild) continue;
      parent_[left(i)] = parent_[left(i) + 1] = static_cast<std::int32_t>(i);
    }
    for (std::size_t i = n_; i-- > 0;) {  // children before parents
      if (tree.left_child[i] == kNoChild) continue;
      branch_cost_[i] = branch_cost_[left(i)] + branch_cost_[left(i) + 1];
      n_leaves_[i] = n_leaves_[left(i)] + n_leaves_[left(i) + 1];
      push(i);
    }
  }

  double cost() const { return branch_cost_[0]; }

  /// The weakest link and its alpha; false when only the root is left.
  bool weakest(std::size_t* node, double* alpha) {
    while (!queue_.empty()) {
      const auto [next_alpha, next, version] = queue_.top();
      if (!is_gone_[next] && version == version_[next]) {
        *node = next;
        *alpha = next_alpha;
        return true;
      }
      queue_.pop();
    }
    return false;
  }

  /// Makes a node a leaf, and brings its ancestors up to date.
  void prune(std::size_t node) {
    const std::int64_t lost = n_leaves_[node] - 1;
    const double risen = own_cost_[node] - branch_cost_[node];
    forget_below(node);
    ++version_[node];
    n_leaves_[node] = 1;
    branch_cost_[node] = own_cost_[node];
    for (std::int32_t up = parent_[node]; up != kNoChild;) {
      const auto at = static_cast<std::size_t>(up);
      n_leaves_[at] -= lost;
      branch_cost_[at] += risen;
      ++version_[at];
      push(at);
      up = parent_[at];
    }
  }

 private:
  using Entry = std::tuple<double, std::size_t, std::uint32_t>;  // alpha, node, version

  std::size_t left(std::size_t node) const {
    return static_cast<std::size_t>(tree_.left_child[node]);
  }

  void push(std::size_t node) {
    queue_.emplace(
        (own_cost_[node] - branch_cost_[node]) / static_cast<double>(n_leaves_[node] - 1), node,
        version_[node]);
  }

  void forget_below(std::size_t node) {
    std::vector<std::size_t> open{node};
    while (!open.empty()) {
      const std::size_t at = open.back();
      open.pop_back();
      if (tree_.left_child[at] == kNoChild || is_gone_[left(at)]) continue;
      for (const std::size_t child : {left(at), left(at) + 1}) {
        is_gone_[child] = 1;
        open.push_back(child);
      }
    }
  }

  const Tree& tree_;
  std::size_t n_;
  std::vector<std::int32_t> parent_;
  std::vector<double> own_cost_, branch_cost_;
  std::vector<std::int64_t> n_leaves_;
  std::vector<std::uint32_t> version_;
  std::vector<std::uint8_t> is_gone_;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue_;
};

}  // namespace

PruningPath pruning_path(const Tree& tree) {
  Links links(tree);
  PruningPath path{{0.0}, {links.cost()}};
  std::size_t node;
  double alpha;
  while (links.weakest(&node, &alpha)) {
    links.prune(node);
    path.ccp_alphas.push_back(alpha);
    path.impurities.push_back(links.cost());
  }
  return path;
}

std::vector<std::uint8_t> pruned_at(const Tree& tree, double ccp_alpha) {
  Links links(tree);
  std::vector<std::uint8_t> is_cut(tree.feature.size(), 0);
  std::size_t node;
  double alpha;
  while (links.weakest(&node, &alpha) && alpha <= ccp_alpha) {
    links.prune(node);
    is_cut[node] = 1;
  }
  return is_cut;
}

}  // namespace gbengine

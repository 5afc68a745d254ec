#include "gbengine/learn/cart_tree.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace gbengine {
namespace {

std::size_t at(std::int32_t node) {
  return static_cast<std::size_t>(node);
}

}  // namespace

void CartTree::add_node(const RowSpan& span) {
  nodes.feature.push_back(kLeafFeature);
  nodes.threshold.push_back(0.0);
  nodes.left_child.push_back(kNoChild);
  nodes.missing_goes_left.push_back(0);
  nodes.value.resize(nodes.value.size() + at(n_values_), 0.0);
  nodes.split_gain.push_back(0.0);
  nodes.hess_sum.push_back(0.0);
  nodes.n_samples.push_back(span.size);
  nodes.impurity.push_back(0.0);
  by_categories_.push_back(0);
  rows.push_back(span);
}

void CartTree::reserve(std::int32_t n_nodes) {
  for_each_statistic([&](const char*, auto& array) { array.reserve(at(n_nodes)); }, nodes);
  for_each_walk_field([&](const char*, auto& array) { array.reserve(at(n_nodes)); }, nodes);
  nodes.value.reserve(at(n_nodes) * at(n_values_));
  rows.reserve(at(n_nodes));
  by_categories_.reserve(at(n_nodes));
}

std::int32_t CartTree::add_root(const RowSpan& span) {
  assert(n_nodes() == 0);
  add_node(span);
  return 0;
}

std::int32_t CartTree::split(std::int32_t node, const SplitCandidate& split, double gain,
                             std::int64_t n_left) {
  const std::int32_t left = n_nodes();
  const RowSpan span = rows[at(node)];
  nodes.feature[at(node)] = split.feature;
  if (split.is_categorical()) {
    by_categories_[at(node)] = 1;
    nodes.threshold[at(node)] = static_cast<double>(nodes.category_sets.size());
    nodes.category_sets.push_back(split.categories.left);
  } else {
    nodes.threshold[at(node)] = split.cut.threshold;
  }
  nodes.left_child[at(node)] = left;
  nodes.missing_goes_left[at(node)] = split.missing_goes_left ? 1 : 0;
  nodes.split_gain[at(node)] = gain;
  add_node({span.begin, n_left});
  add_node({span.begin + n_left, span.size - n_left});
  return left;
}

void CartTree::copy_node(const CartTree& from, std::int32_t node, std::int32_t to) {
  for_each_field(
      [&](const char*, auto& out, const auto& in) {
        const std::size_t width = in.size() / at(from.n_nodes());
        std::copy_n(in.begin() + static_cast<std::ptrdiff_t>(at(node) * width), width,
                    out.begin() + static_cast<std::ptrdiff_t>(at(to) * width));
      },
      nodes, from.nodes);
  rows[at(to)] = from.rows[at(node)];
  by_categories_[at(to)] = from.by_categories_[at(node)];
}

void CartTree::graft(std::int32_t leaf, const CartTree& branch) {
  const std::int32_t offset = n_nodes() - 1;  // the branch's root takes the leaf's place
  const auto n_sets = static_cast<double>(nodes.category_sets.size());
  nodes.category_sets.insert(nodes.category_sets.end(), branch.nodes.category_sets.begin(),
                             branch.nodes.category_sets.end());
  for (std::int32_t node = 1; node < branch.n_nodes(); ++node) add_node({});
  for (std::int32_t node = 0; node < branch.n_nodes(); ++node) {
    const std::int32_t to = node == 0 ? leaf : node + offset;
    copy_node(branch, node, to);
    if (nodes.left_child[at(to)] != kNoChild) nodes.left_child[at(to)] += offset;
    if (by_categories_[at(to)] != 0) nodes.threshold[at(to)] += n_sets;
  }
}

void CartTree::make_leaf(std::int32_t node) {
  nodes.feature[at(node)] = kLeafFeature;
  nodes.threshold[at(node)] = 0.0;
  by_categories_[at(node)] = 0;
  nodes.left_child[at(node)] = kNoChild;
  nodes.missing_goes_left[at(node)] = 0;
  nodes.split_gain[at(node)] = 0.0;
}

CartTree CartTree::copy_without(const std::vector<std::uint8_t>& is_cut) const {
  CartTree copy(n_values_);
  copy.nodes.category_sets = nodes.category_sets;  // some may have no node any more
  copy.add_node({});
  std::vector<std::pair<std::int32_t, std::int32_t>> open{{0, 0}};  // old and new numbers
  while (!open.empty()) {
    const auto [node, to] = open.back();
    open.pop_back();
    copy.copy_node(*this, node, to);
    const std::int32_t left = nodes.left_child[at(node)];
    if (left == kNoChild) continue;
    if (!is_cut.empty() && is_cut[at(node)] != 0) {
      copy.make_leaf(to);
      continue;
    }
    const std::int32_t new_left = copy.n_nodes();
    copy.nodes.left_child[at(to)] = new_left;
    copy.add_node({});
    copy.add_node({});
    open.emplace_back(left + 1, new_left + 1);
    open.emplace_back(left, new_left);
  }
  return copy;
}

}  // namespace gbengine

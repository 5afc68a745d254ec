// CartTree: a tree of single decisions while it grows, and the rows that each node holds.
//
// Children are made in pairs, side by side. Grown by CartWorker, joined by CartGrower. Example:
//   CartTree tree(n_values);
//   std::int32_t root = tree.add_root({0, n_rows});
//   std::int32_t left = tree.split(root, candidate, gain, n_left);
#pragma once

#include <cstdint>
#include <vector>

#include "gbengine/criterion/split_search.hpp"
#include "gbengine/model/tree.hpp"

namespace gbengine {

struct RowSpan {
  std::int64_t begin = 0, size = 0;  // places in the grower's row list
};

class CartTree {
 public:
  explicit CartTree(std::int32_t n_values) : n_values_(n_values) {}

  /// Room for that many nodes, so that the arrays need not move as they grow.
  void reserve(std::int32_t n_nodes);

  std::int32_t add_root(const RowSpan& rows);

  /// Makes `node` an inner node; returns its left child, the right one is next to it.
  std::int32_t split(std::int32_t node, const SplitCandidate& split, double gain,
                     std::int64_t n_left);

  /// Puts another tree in the place of a leaf, whose number its root takes.
  void graft(std::int32_t leaf, const CartTree& branch);

  /// The same tree with its nodes in the order in which a depth-first walk makes them.
  CartTree in_depth_first_order() const { return copy_without({}); }

  /// The same without the branches below the nodes marked 1, which become leaves.
  CartTree without_branches(const std::vector<std::uint8_t>& is_cut) const {
    return copy_without(is_cut);
  }

  double* value(std::int32_t node) {
    return nodes.value.data() +
           static_cast<std::size_t>(node) * static_cast<std::size_t>(n_values_);
  }
  std::int32_t n_nodes() const { return nodes.n_nodes(); }
  std::int32_t n_values() const { return n_values_; }

  Tree nodes;
  std::vector<RowSpan> rows;  // by node

 private:
  void add_node(const RowSpan& span);
  CartTree copy_without(const std::vector<std::uint8_t>& is_cut) const;
  void make_leaf(std::int32_t node);
  void copy_node(const CartTree& from, std::int32_t node, std::int32_t to);

  std::int32_t n_values_;
  std::vector<std::uint8_t> by_categories_;  // by node: its threshold is the place of a set
};

}  // namespace gbengine

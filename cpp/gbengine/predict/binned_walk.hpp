// Adds one tree's values to rows that the grower did not put into leaves itself: the validation
// table and, with subsample < 1, the rows not drawn.
//
// Works on bin codes, so that it agrees with the grower by construction. Called by ensemble/ after
// each tree. Example:
//   add_tree_binned(parallel, tree, validation.x, /*rows=*/{}, raw.data());
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/base/category_set.hpp"
#include "gbengine/base/parallel.hpp"
#include "gbengine/data/binned_matrix.hpp"

namespace gbengine {

/// A tree as the grower has it: node 0 is the root, children come after their parents, side by
/// side.
struct BinnedTree {
  std::vector<std::int32_t> feature;            // -1 at a leaf
  std::vector<std::int32_t> left_child;         // the right child is the node behind it
  std::vector<std::uint8_t> bin_threshold;      // codes <= it go left
  std::vector<std::uint8_t> missing_goes_left;  // what the missing code does instead
  std::vector<double> value;
  // Of a tree with splits on columns of categories (as the table has them), where bin_threshold
  // says nothing; else they may be left out.
  std::vector<double> threshold = {};           // at such a split: the place of its set
  std::vector<CategorySet> category_sets = {};  // of bins that go left
};

/// Adds to raw[row] the value of the leaf that the row's codes reach.
/// @param rows distinct rows of x; empty: all rows
void add_tree_binned(const Parallel& parallel, const BinnedTree& tree, const BinnedMatrix& x,
                     std::span<const std::uint32_t> rows, double* raw);

}  // namespace gbengine

// Out-of-bag values: what the trees of a forest that have not seen a row say of it.
//
// The rows that each tree has seen are drawn again (RowDraw is a function), so nothing is kept of
// them while the trees grow. Example:
//   OutOfBag oob = out_of_bag(parallel, forest);
//   // oob.value: n_rows x leaf_width means, NaN where every tree has seen the row
#pragma once

#include <cstdint>
#include <vector>

#include "gbengine/base/parallel.hpp"
#include "gbengine/ensemble/forest.hpp"

namespace gbengine {

struct OutOfBag {
  std::vector<double> value;          // n_rows x leaf_width, row-major
  std::vector<std::int64_t> n_trees;  // by row: how many trees have not seen it
};

OutOfBag out_of_bag(const Parallel& parallel, const Forest& forest);

/// Permutation importance on out-of-bag rows (Breiman, 2001, section 10): of each column, how much
/// the mean error of a tree on the rows it has not seen grows when the column's values are shuffled
/// among them. The error is the share of wrong classes, or the squared error; several outputs are
/// averaged. @param n_repeats >= 1: shuffles, averaged
std::vector<double> out_of_bag_importances(const Parallel& parallel, const Forest& forest,
                                           std::int32_t n_repeats);

}  // namespace gbengine

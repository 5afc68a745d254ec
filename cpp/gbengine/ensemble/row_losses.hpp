// row_losses: what one tree of AdaBoost gets wrong of each row, between 0 and 1.
//
// Classes: 0 if the leaf votes for the row's class, else 1 (SAMME; Zhu, Zou, Rosset, Hastie, 2009).
// Numbers: the distance d between prediction and target over the largest of these distances, taken
// as it is, squared, or as 1 - e^-d (AdaBoost.R2; Drucker, 1997). Example:
//   row_losses(parallel, RowLoss::kLinear, tree, y, /*n_classes=*/0, leaf_of_row, losses);
#pragma once

#include <cstdint>
#include <vector>

#include "gbengine/base/parallel.hpp"
#include "gbengine/criterion/targets.hpp"
#include "gbengine/ensemble/adaboost_config.hpp"
#include "gbengine/model/tree.hpp"

namespace gbengine {

/// @param n_classes 0: y are numbers, and leaves hold means; else leaves hold class shares
/// @param leaf node that each row reaches, y.n_rows
/// @param out y.n_rows
void row_losses(const Parallel& parallel, RowLoss loss, const Tree& tree, const TargetView& y,
                std::int32_t n_classes, const std::vector<std::int32_t>& leaf, double* out);

}  // namespace gbengine

// weighted_median: the prediction of trees that are joined by their weighted median.
//
// Of the trees' values for a row, ascending, the first at which the weights so far reach half of
// all (AdaBoost.R2; Drucker, "Improving regressors using boosting techniques", 1997). Example:
//   weighted_median(parallel, predictor, x, {0.9, 0.4, 0.7}, out);   // the first three trees
#pragma once

#include <span>

#include "gbengine/base/parallel.hpp"
#include "gbengine/base/table_view.hpp"
#include "gbengine/predict/predictor.hpp"

namespace gbengine {

/// @param weight of the model's first trees, >= 0 and finite; later trees are left out
/// @param out x.n_rows()
/// Throws ValueError if the leaves have more than one value, or there are more weights than trees
/// or none.
void weighted_median(const Parallel& parallel, const Predictor& predictor, const TableView& x,
                     std::span<const double> weight, double* out);

}  // namespace gbengine

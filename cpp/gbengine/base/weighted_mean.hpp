// weighted_mean: sum of w * v over sum of w, the same bits for every order of rows and thread
// count.
//
// Values and weights become integers (base/integer_scale.hpp); products and sums of those are
// exact. So weight k is bit for bit k rows of weight 1, which a sum of rounded products w * v could
// not promise. The mean of finite values is finite. Used by
// objectives for their start value and by every metric. Example:
//   double mean = weighted_mean(parallel, labels.weight, labels.n_rows, values_of(labels.y));
#pragma once

#include <cstdint>

#include "gbengine/base/block_values.hpp"
#include "gbengine/base/parallel.hpp"

namespace gbengine {

/// @param weight  n_rows, all > 0 and finite, or nullptr
/// @param values  finite
/// @return 0 when n_rows is 0. Error below 2^-61 of the largest magnitude among the values.
double weighted_mean(const Parallel& parallel, const double* weight, std::int64_t n_rows,
                     const BlockValues& values);

}  // namespace gbengine

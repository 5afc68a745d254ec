// mean_loss: the weighted mean of a loss over all rows; every metric ends here.
//
// The loss is computed once a row and kept (8 bytes a row, for the length of the call), because the
// order-free sum looks at its numbers twice and an exponential costs more than a load. A loss
// beyond the largest double counts as that, so the result is always finite. Example:
//   return mean_loss(parallel, labels, [&](int64_t begin, int64_t end, double* out) { ... });
#pragma once

#include <limits>

#include "gbengine/base/block_values.hpp"
#include "gbengine/base/parallel.hpp"
#include "gbengine/data/labels.hpp"

namespace gbengine {

/// `loss` may write inf, but not NaN.
double mean_loss(const Parallel& parallel, const Labels& labels, const BlockValues& loss);

/// What exp and log of the kernels can take: the raw scores of a log link are cut to these bounds,
/// and labels are raised to kLeastNormal before their logarithm is multiplied by them.
inline constexpr double kLeastLog = -708.0, kLargestLog = 709.0;
inline constexpr double kLeastNormal = std::numeric_limits<double>::min();

}  // namespace gbengine

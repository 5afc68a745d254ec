// weighted_quantile: the value below which a share q of the weight lies.
//
// The rule: sort the values and add up their weights; the quantile is the first value whose
// cumulative weight reaches q times the total, or, if it meets that exactly, the mean of this and
// the next value. So the median of 1, 2, 3, 4 is 2.5 (as numpy has it), weight k is k copies, order
// does not matter, and negating the values mirrors the median. Weights are added as integers
// (base/integer_scale.hpp). Any value between the two neighbours has the least pinball loss, so
// absolute errors and quantile losses start from here and refit leaves with it. Example:
//   double median = weighted_quantile(parallel, labels.weight, labels.n_rows, values_of(y), 0.5);
#pragma once

#include <cstdint>
#include <span>

#include "gbengine/base/block_values.hpp"
#include "gbengine/base/parallel.hpp"

namespace gbengine {

struct WeightedValue {
  double value;
  std::int64_t weight;  // >= 0 (IntegerWeights)
};

/// Of a few values on one thread; reorders them. At least one weight is above 0; 0 <= q <= 1;
/// no value is NaN.
double weighted_quantile(std::span<WeightedValue> values, double q);

/// The same with all weights 1.
double quantile_of(std::span<double> values, double q);

/// Of many rows on all threads, without a copy of the values: they are asked for up to seven times.
/// @param weight  n_rows, all > 0 and finite, or nullptr; n_rows >= 1
double weighted_quantile(const Parallel& parallel, const double* weight, std::int64_t n_rows,
                         const BlockValues& values, double q);

/// The smallest value above `bound`, or `bound` if there is none.
double smallest_above(const Parallel& parallel, std::int64_t n_rows, const BlockValues& values,
                      double bound);

}  // namespace gbengine

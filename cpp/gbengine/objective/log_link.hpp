// LogLinkObjective: what the deviances of positive means share: the link and the best constant.
//
// The prediction is exp(raw), and raw is a constant c beside an offset o, the logarithm of what a
// row's y is a total over (its exposure). For the deviance of Tweedie's family with power p (1:
// Poisson, 2: gamma) the summed loss has derivative 0 by c where
//   exp(c) = sum w y exp((1 - p) o) / sum w exp((2 - p) o),
// which without offsets is the weighted mean of y. Base class of poisson.cpp, gamma.cpp,
// tweedie.cpp.
#pragma once

#include <algorithm>
#include <limits>

#include "gbengine/base/finite.hpp"
#include "gbengine/base/weighted_mean.hpp"
#include "gbengine/kernel/kernels.hpp"
#include "gbengine/objective/objective.hpp"

namespace gbengine {

class LogLinkObjective : public Objective {
 public:
  /// The variance is in proportion to this power of the mean.
  explicit LogLinkObjective(double variance_power) : variance_power_(variance_power) {}

  Link link() const override { return Link::kLog; }

  void base_score(const Parallel& parallel, const Labels& labels, double* out) const override {
    if (labels.offset == nullptr) {
      *out = log_of_mean(parallel, labels, values_of(labels.y));
      return;
    }
    const double up = 1.0 - variance_power_, down = 2.0 - variance_power_;
    const BlockValues totals = [&](std::int64_t begin, std::int64_t end, double* values) {
      exp_of_offsets(labels, up, begin, end, values);
      for (std::int64_t i = begin; i < end; ++i)
        values[i - begin] = finite(labels.y[i] * values[i - begin]);
    };
    const BlockValues exposures = [&](std::int64_t begin, std::int64_t end, double* values) {
      exp_of_offsets(labels, down, begin, end, values);
    };
    *out = log_of_mean(parallel, labels, totals) - log_of_mean(parallel, labels, exposures);
  }

 protected:
  double variance_power() const { return variance_power_; }

 private:
  static void exp_of_offsets(const Labels& labels, double factor, std::int64_t begin,
                             std::int64_t end, double* out) {
    for (std::int64_t i = begin; i < end; ++i) out[i - begin] = factor * labels.offset[i];
    kernels().math.exp(out, out, end - begin);
  }

  static double log_of_mean(const Parallel& parallel, const Labels& labels,
                            const BlockValues& values) {
    const double mean = weighted_mean(parallel, labels.weight, labels.n_rows, values);
    // Below the smallest normal number our logarithm is not defined.
    const double normal = std::max(mean, std::numeric_limits<double>::min());
    double log = 0.0;
    kernels().math.log(&normal, &log, 1);
    return log;
  }

  double variance_power_;
};

}  // namespace gbengine

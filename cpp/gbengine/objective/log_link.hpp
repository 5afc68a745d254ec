// LogLinkObjective: what the deviances of positive means share: the link and the best constant.
//
// The prediction is exp(raw). For the deviances of Tweedie's family (power 1 and 2 included) the
// derivative of the summed loss by a constant raw is zero where exp(raw) is the weighted mean of y.
// Base class of poisson.cpp, gamma.cpp, tweedie.cpp.
#pragma once

#include <algorithm>
#include <limits>

#include "gbengine/base/weighted_mean.hpp"
#include "gbengine/kernel/kernels.hpp"
#include "gbengine/objective/objective.hpp"

namespace gbengine {

class LogLinkObjective : public Objective {
 public:
  Link link() const override { return Link::kLog; }

  void base_score(const Parallel& parallel, const Labels& labels, double* out) const override {
    const double mean = weighted_mean(parallel, labels.weight, labels.n_rows, values_of(labels.y));
    // Below the smallest normal number our logarithm is not defined.
    const double normal = std::max(mean, std::numeric_limits<double>::min());
    kernels().math.log(&normal, out, 1);
  }
};

}  // namespace gbengine

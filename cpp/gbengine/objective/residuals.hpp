// ResidualObjective: what the losses of y - raw without a usable second derivative share.
//
// Their second derivative is 0 almost everywhere, so trees are grown with 1 instead, and each
// leaf's value is then found again from the residuals of its rows (Friedman 2001, Greedy function
// approximation). Base class of absolute_error.cpp, quantile.cpp, huber.cpp.
#pragma once

#include <cstdint>
#include <span>

#include "gbengine/base/finite.hpp"
#include "gbengine/objective/objective.hpp"

namespace gbengine {

class ResidualObjective : public Objective {
 public:
  Link link() const override { return Link::kIdentity; }
  bool is_const_hessian() const override { return true; }
  bool refits_leaves() const override { return true; }
};

inline double residual(const Labels& labels, const double* raw, std::int64_t row) {
  return finite(labels.y[row] - raw[row]);
}

/// The weighted q-quantile of y less its offsets (base/weighted_quantile.hpp).
double label_quantile(const Parallel& parallel, const Labels& labels, double q);

/// The weighted q-quantile of y - raw in some rows.
double residual_quantile(const Labels& labels, const double* raw,
                         std::span<const std::uint32_t> rows, double q);

}  // namespace gbengine

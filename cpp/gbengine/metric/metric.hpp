// Metric: one number that says how far raw scores are from the labels; lower is better.
//
// One file a metric, one row in registry.cpp. Example: squared_error.cpp.
#pragma once

#include "gbengine/base/parallel.hpp"
#include "gbengine/data/labels.hpp"

namespace gbengine {

class Metric {
 public:
  virtual ~Metric() = default;

  /// Weighted mean loss; raw is output-major (k * n_rows + i). Order-free.
  virtual double evaluate(const Parallel& parallel, const Labels& labels,
                          const double* raw) const = 0;
};

}  // namespace gbengine

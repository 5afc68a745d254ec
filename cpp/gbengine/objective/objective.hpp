// Objective: a loss as boosting needs it: derivatives by raw score, start value, link.
//
// One file a loss, one row in registry.cpp. Raw scores and gradients of several outputs are
// output-major: element (k, i) is at k * n_rows + i. Gradients are unweighted: the trainer applies
// weights after rounding, so that weight k is bit for bit k copies. Example: squared_error.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "gbengine/base/parallel.hpp"
#include "gbengine/data/labels.hpp"
#include "gbengine/model/link.hpp"

namespace gbengine {

/// First and second derivative of the loss by the raw score. The order of the members is the
/// order in which the fixed-point pair that replaces them in memory needs them.
struct FloatPair {
  float hess;
  float grad;
};

class Objective {
 public:
  virtual ~Objective() = default;

  virtual Link link() const = 0;

  /// Raw scores (and trees a round) per row.
  virtual int n_outputs() const { return 1; }

  /// Throws ValueError naming y, the offending value and what the loss allows. y is finite already.
  virtual void check_labels(const Labels&) const {}

  /// The constants with the least weighted loss when added to the offsets of the labels; out has
  /// n_outputs. Order-free, finite. Throws ValueError if the loss finds none beside offsets.
  virtual void base_score(const Parallel& parallel, const Labels& labels, double* out) const = 0;

  /// True if hess is 1 for every row and every round.
  virtual bool is_const_hessian() const { return false; }

  /// Before each round, with the scores of all rows: for losses whose shape follows the residuals.
  virtual void begin_round(const Parallel&, const Labels&, const double* /*raw*/) {}

  /// Rows [begin, end) of every output: out[k * n_rows + i]. Pure; called from many threads.
  virtual void gradients(const Labels& labels, const double* raw, std::int64_t begin,
                         std::int64_t end, FloatPair* out) const = 0;

  /// True if the leaves' values are found again from the residuals after a tree is grown.
  virtual bool refits_leaves() const { return false; }

  /// The loss of one output: another one than this only where each output has its own.
  virtual const Objective& of_output(int /*output*/) const { return *this; }

  /// The value with the least weighted loss when added to the raw score of these rows of output 0.
  /// Called from many threads; order-free.
  virtual double leaf_value(const Labels& /*labels*/, const double* /*raw*/,
                            std::span<const std::uint32_t> /*rows*/) const {
    return 0.0;
  }
};

}  // namespace gbengine

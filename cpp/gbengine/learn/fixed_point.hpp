// Fixed point: float gradients become integers whose sums over any rows are exact.
//
// A scale is a power of two chosen from the (order-free) sum of w |g|, so large that as many bits
// as possible are kept and so small that no sum can leave its half of a histogram word. Weights
// that are whole numbers multiply the rounded gradient, so weight k is bit for bit k copies of the
// row; others are first scaled by a power of two to at most 1, and the product is rounded again.
// Example:
//   FixedWeights weights(parallel, labels);
//   FixedPoint fixed = quantise(parallel, weights, pairs, n_rows, /*is_const_hessian=*/true);
//   double real = fixed.grad_unit * integer_sum;
#pragma once

#include <cstdint>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/base/parallel.hpp"
#include "gbengine/data/labels.hpp"
#include "gbengine/kernel/gradient_pair.hpp"

namespace gbengine {

/// The weights of the rows in the form that integer sums need. Found once a training set.
class FixedWeights {
 public:
  FixedWeights(const Parallel& parallel, const Labels& labels);

  /// All weights are whole numbers with a sum below 2^31: they count as repetitions.
  bool is_whole() const { return fractions_.size() == 0; }
  /// By row, or nullptr when every row counts once.
  const std::int32_t* reps() const { return reps_.size() == 0 ? nullptr : reps_.data(); }
  /// By row, at most 1 and more than 1/2 somewhere, or nullptr when the weights are whole.
  const double* fractions() const { return is_whole() ? nullptr : fractions_.data(); }
  /// Weight = fraction * 2^exponent; 0 when the weights are whole.
  int exponent() const { return exponent_; }
  /// Sum of repetitions, or the number of rows when the weights are not whole.
  std::int64_t total() const { return total_; }
  std::int32_t max_reps() const { return max_reps_; }
  CellWidth cell_width() const {
    return total_ <= kMaxNarrowRows ? CellWidth::kNarrow : CellWidth::kWide;
  }

  static constexpr std::int64_t kMaxNarrowRows = std::int64_t{1} << 24;

 private:
  AlignedBuffer<std::int32_t> reps_;
  AlignedBuffer<double> fractions_;
  int exponent_ = 0;
  std::int64_t total_ = 0;
  std::int32_t max_reps_ = 1;
};

/// Real value of the integer 1 in gradient and hessian sums.
struct FixedPoint {
  double grad_unit;
  double hess_unit;
};

/// Overwrites n_rows FloatPair (hess, grad as float32) at `pairs` with GradientPair.
FixedPoint quantise(const Parallel& parallel, const FixedWeights& weights, void* pairs,
                    std::int64_t n_rows, bool is_const_hessian, CellWidth width);

}  // namespace gbengine

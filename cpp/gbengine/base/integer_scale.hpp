// IntegerScale: doubles as 62-bit integers over one power of two, so that sums do not depend on
// order.
//
// The scale comes from the largest magnitude. What does not fit (bits 2^-62 below the largest) is
// cut off; whole numbers up to 2^62 stay exact. IntegerWeights applies it to row weights: sums of
// them are exact, and weight k is k times weight 1. Used by weighted sums and quantiles. Example:
//   IntegerWeights weights(parallel, labels.weight, labels.n_rows);
//   Int128 total = 0;
//   for (int64_t i = 0; i < n; ++i) total += weights[i];
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "gbengine/base/parallel.hpp"

namespace gbengine {

__extension__ using Int128 = __int128;

inline constexpr std::int64_t kSumGrain = 1 << 14;  // rows a task

class IntegerScale {
 public:
  static constexpr int kBits = 62;

  /// largest: finite, >= 0; every |x| to be scaled is at most that.
  explicit IntegerScale(double largest = 0.0)
      : shift_(largest == 0.0 ? 0 : kBits - 1 - std::ilogb(largest)),
        scale_a_(std::ldexp(1.0, shift_ / 2)),
        scale_b_(std::ldexp(1.0, shift_ - shift_ / 2)) {}

  /// x * 2^shift, cut to a whole number below 2^62. Two factors: 2^shift alone may be infinite.
  std::int64_t operator()(double x) const {
    return static_cast<std::int64_t>(x * scale_a_ * scale_b_);
  }

  int shift() const { return shift_; }

 private:
  int shift_;
  double scale_a_, scale_b_;
};

/// Largest |value(i)| of n rows.
template <typename Value>
double largest_magnitude(const Parallel& parallel, std::int64_t n, Value&& value) {
  std::vector<double> piece_max(static_cast<std::size_t>((n + kSumGrain - 1) / kSumGrain), 0.0);
  parallel.for_rows(n, kSumGrain, [&](std::int64_t begin, std::int64_t end, int) {
    double largest = 0.0;
    for (std::int64_t i = begin; i < end; ++i) largest = std::max(largest, std::abs(value(i)));
    piece_max[static_cast<std::size_t>(begin / kSumGrain)] = largest;
  });
  double largest = 0.0;
  for (double m : piece_max) largest = std::max(largest, m);
  return largest;
}

class IntegerWeights {
 public:
  /// weight: n_rows positive finite numbers, or nullptr for all 1 (then every integer is 1).
  IntegerWeights(const Parallel& parallel, const double* weight, std::int64_t n_rows)
      : weight_(weight) {
    if (weight != nullptr)
      scale_ = IntegerScale(
          largest_magnitude(parallel, n_rows, [&](std::int64_t i) { return weight[i]; }));
  }

  /// For the rows that are listed.
  template <typename Rows>
  IntegerWeights(const double* weight, const Rows& rows) : weight_(weight) {
    if (weight == nullptr) return;
    double largest = 0.0;
    for (auto row : rows) largest = std::max(largest, weight[row]);
    scale_ = IntegerScale(largest);
  }

  std::int64_t operator[](std::int64_t row) const {
    return weight_ == nullptr ? 1 : scale_(weight_[row]);
  }

  /// The integers are the weights times 2^shift.
  int shift() const { return weight_ == nullptr ? 0 : scale_.shift(); }

 private:
  const double* weight_;
  IntegerScale scale_;
};

}  // namespace gbengine

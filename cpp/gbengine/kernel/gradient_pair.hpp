// GradientPair: one row's gradient and hessian as fixed-point integers, in one 64-bit word.
//
// hess >= 0 sits in the low half, grad in the high half, so the word read as an int64 is
// grad * 2^32 + hess, and adding words adds both: a histogram cell is one such sum. That holds
// while every sum of hess stays below 2^31, which the fixed-point scale sees to
// (learn/fixed_point.hpp). Example: cell += word_of(pair);
#pragma once

#include <cstdint>

namespace gbengine {

struct GradientPair {
  std::int32_t hess;
  std::int32_t grad;
};
static_assert(sizeof(GradientPair) == 8);

/// Exact sums of pairs over any set of rows.
struct GradientSum {
  std::int64_t grad = 0;
  std::int64_t hess = 0;

  friend GradientSum operator-(GradientSum a, GradientSum b) {
    return {a.grad - b.grad, a.hess - b.hess};
  }
  friend GradientSum operator+(GradientSum a, GradientSum b) {
    return {a.grad + b.grad, a.hess + b.hess};
  }
  friend bool operator==(GradientSum, GradientSum) = default;
};

/// How many 64-bit words a histogram cell takes: one packed word, or a GradientSum when there are
/// too many rows for the halves of a word.
enum class CellWidth : std::uint8_t { kNarrow = 1, kWide = 2 };

}  // namespace gbengine

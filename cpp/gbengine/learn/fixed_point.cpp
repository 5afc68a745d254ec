#include "gbengine/learn/fixed_point.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "gbengine/base/integer_scale.hpp"
#include "gbengine/kernel/kernels.hpp"

namespace gbengine {
namespace {

constexpr std::int64_t kGrain = 1 << 15;
constexpr int kMagnitudeBits = 30;  // |value| * scale <= 2^30 in every pass

std::int64_t n_pieces(std::int64_t n) {
  return (n + kGrain - 1) / kGrain;
}

/// Exponent e with value < 2^e and value >= 2^(e-1).
int exponent_above(double value) {
  int exponent = 0;
  std::frexp(value, &exponent);
  return exponent;
}

struct Magnitude {
  float grad = 0;
  float hess = 0;
};

Magnitude largest_magnitude(const Parallel& parallel, const void* pairs, std::int64_t n) {
  std::vector<Magnitude> pieces(static_cast<std::size_t>(n_pieces(n)));
  parallel.for_rows(n, kGrain, [&](std::int64_t begin, std::int64_t end, int) {
    Magnitude& piece = pieces[static_cast<std::size_t>(begin / kGrain)];
    kernels().fixed_point.magnitude(static_cast<const char*>(pairs) + begin * 8, end - begin,
                                    &piece.grad, &piece.hess);
  });
  Magnitude all;
  for (const Magnitude& piece : pieces) {
    all.grad = std::max(all.grad, piece.grad);
    all.hess = std::max(all.hess, piece.hess);
  }
  return all;
}

/// The kernel arguments for rows [begin, end).
FixedPointArgs args_of(const FixedWeights& weights, void* pairs, std::int64_t begin,
                       std::int64_t end, double grad_scale, double hess_scale) {
  return {static_cast<char*>(pairs) + begin * 8,
          end - begin,
          weights.reps() == nullptr ? nullptr : weights.reps() + begin,
          weights.fractions() == nullptr ? nullptr : weights.fractions() + begin,
          grad_scale,
          hess_scale};
}

struct Bound {
  Int128 grad = 0;
  Int128 hess = 0;
};

/// Upper bounds of the sums of w |g| and w |h|, in units of 2^(e - 30).
Bound sum_bounds(const Parallel& parallel, const FixedWeights& weights, void* pairs, std::int64_t n,
                 double grad_scale, double hess_scale) {
  std::vector<MagnitudeSums> pieces(static_cast<std::size_t>(n_pieces(n)));
  parallel.for_rows(n, kGrain, [&](std::int64_t begin, std::int64_t end, int) {
    kernels().fixed_point.magnitude_sums(
        args_of(weights, pairs, begin, end, grad_scale, hess_scale),
        &pieces[static_cast<std::size_t>(begin / kGrain)]);
  });
  Bound all;
  for (const MagnitudeSums& piece : pieces) {
    all.grad += (static_cast<Int128>(piece.grad_high) << 32) + piece.grad_low;
    all.hess += (static_cast<Int128>(piece.hess_high) << 32) + piece.hess_low;
  }
  return all;
}

/// The largest s with bound * 2^(s - 30 + e) + n <= limit and s <= 30 - e - slack_bits, where
/// rounding moves every row by at most 1/2 (n leaves twice that).
int scale_exponent(Int128 bound, int e, std::int64_t n, CellWidth width, int slack_bits) {
  const Int128 limit = width == CellWidth::kNarrow ? (Int128{1} << 31) - 1 : Int128{1} << 62;
  int down = slack_bits;  // s = 30 - e - down
  while (bound > ((limit - n) << down)) ++down;
  return kMagnitudeBits - e - down;
}

int log2_above(std::int32_t reps) {
  int bits = 0;
  while ((std::int64_t{1} << bits) < reps) ++bits;
  return bits;
}

}  // namespace

FixedWeights::FixedWeights(const Parallel& parallel, const Labels& labels) : total_(labels.n_rows) {
  if (labels.weight == nullptr) return;
  const std::int64_t n = labels.n_rows;
  double largest = 0, sum_bound = 0;
  bool whole = true, all_one = true;
  for (std::int64_t i = 0; i < n; ++i) {
    const double w = labels.weight[i];
    largest = std::max(largest, w);
    sum_bound += w;
    whole &= w == std::floor(w);
    all_one &= w == 1.0;
  }
  if (all_one) return;
  // A float sum of whole numbers is exact far beyond 2^31, so this does not depend on the order.
  if (whole && sum_bound < 0x1p31) {
    reps_ = AlignedBuffer<std::int32_t>(static_cast<std::size_t>(n));
    parallel.for_rows(n, kGrain, [&](std::int64_t begin, std::int64_t end, int) {
      for (std::int64_t i = begin; i < end; ++i)
        reps_[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(labels.weight[i]);
    });
    total_ = static_cast<std::int64_t>(sum_bound);
    max_reps_ = static_cast<std::int32_t>(largest);
    return;
  }
  exponent_ = exponent_above(largest);
  fractions_ = AlignedBuffer<double>(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i)
    fractions_[static_cast<std::size_t>(i)] = std::ldexp(labels.weight[i], -exponent_);
}

FixedPoint quantise(const Parallel& parallel, const FixedWeights& weights, void* pairs,
                    std::int64_t n_rows, bool is_const_hessian, CellWidth width) {
  const Magnitude largest = largest_magnitude(parallel, pairs, n_rows);
  const int grad_e = exponent_above(largest.grad);
  const int hess_e = exponent_above(largest.hess);
  const bool is_hess_scaled = !is_const_hessian || !weights.is_whole();
  const Bound bound =
      sum_bounds(parallel, weights, pairs, n_rows, std::ldexp(1.0, kMagnitudeBits - grad_e),
                 is_hess_scaled ? std::ldexp(1.0, kMagnitudeBits - hess_e) : 0.0);
  const int slack = width == CellWidth::kWide ? log2_above(weights.max_reps()) : 0;
  const auto exponent = [&](float magnitude, Int128 sum, int e) {
    return magnitude == 0 ? 0 : scale_exponent(sum, e, weights.total(), width, slack);
  };
  const int grad_s = exponent(largest.grad, bound.grad, grad_e);
  const int hess_s = is_hess_scaled ? exponent(largest.hess, bound.hess, hess_e) : 0;
  const double grad_scale = std::ldexp(1.0, grad_s), hess_scale = std::ldexp(1.0, hess_s);
  parallel.for_rows(n_rows, kGrain, [&](std::int64_t begin, std::int64_t end, int) {
    kernels().fixed_point.quantise(args_of(weights, pairs, begin, end, grad_scale, hess_scale));
  });
  return {std::ldexp(1.0, weights.exponent() - grad_s),
          std::ldexp(1.0, weights.exponent() - hess_s)};
}

}  // namespace gbengine

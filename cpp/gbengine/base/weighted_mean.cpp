#include "gbengine/base/weighted_mean.hpp"

#include <cmath>
#include <vector>

#include "gbengine/base/integer_scale.hpp"

namespace gbengine {
namespace {

/// An integer of 192 bits: high * 2^64 + low. Products of two 62-bit integers fill 124 bits, so
/// their sum over many rows may not fit in 128.
struct WideSum {
  Int128 high = 0;
  Int128 low = 0;  // >= 0, not yet carried: room for 2^63 additions

  void add(Int128 x) {
    high += x >> 64;
    low += static_cast<Int128>(static_cast<std::uint64_t>(x));
  }

  void add(const WideSum& other) {
    high += other.high;
    low += other.low;
  }

  /// Correctly rounded, so that the result does not depend on how the factors were scaled.
  double to_double() const {
    const Int128 carried = high + (low >> 64);
    const auto rest = static_cast<std::uint64_t>(low);
    if (carried == static_cast<std::int64_t>(carried))
      return static_cast<double>(carried * (Int128{1} << 64) + static_cast<Int128>(rest));
    // At least 64 bits are above `rest`: it only decides a tie, as the lowest bit does.
    return std::ldexp(static_cast<double>(carried | Int128{rest != 0}), 64);
  }
};

struct PieceSums {
  WideSum product;
  Int128 weight = 0;
};

double largest_value(const Parallel& parallel, std::int64_t n_rows, const BlockValues& values) {
  std::vector<double> piece_max(static_cast<std::size_t>((n_rows + kSumGrain - 1) / kSumGrain));
  parallel.for_rows(n_rows, kSumGrain, [&](std::int64_t begin, std::int64_t end, int) {
    double block[kBlockRows];
    double largest = 0.0;
    for_blocks(begin, end, [&](std::int64_t first, std::int64_t last) {
      values(first, last, block);
      for (std::int64_t i = 0; i < last - first; ++i)
        largest = std::max(largest, std::abs(block[i]));
    });
    piece_max[static_cast<std::size_t>(begin / kSumGrain)] = largest;
  });
  return *std::max_element(piece_max.begin(), piece_max.end());
}

}  // namespace

double weighted_mean(const Parallel& parallel, const double* weight, std::int64_t n_rows,
                     const BlockValues& values) {
  if (n_rows == 0) return 0.0;
  const IntegerWeights weights(parallel, weight, n_rows);
  const IntegerScale scale(largest_value(parallel, n_rows, values));
  std::vector<PieceSums> pieces(static_cast<std::size_t>((n_rows + kSumGrain - 1) / kSumGrain));
  parallel.for_rows(n_rows, kSumGrain, [&](std::int64_t begin, std::int64_t end, int) {
    double block[kBlockRows];
    PieceSums sums;
    for_blocks(begin, end, [&](std::int64_t first, std::int64_t last) {
      values(first, last, block);
      for (std::int64_t i = first; i < last; ++i) {
        const std::int64_t w = weights[i];
        sums.product.add(static_cast<Int128>(scale(block[i - first])) * w);
        sums.weight += w;
      }
    });
    pieces[static_cast<std::size_t>(begin / kSumGrain)] = sums;
  });
  PieceSums total;
  for (const PieceSums& piece : pieces) {
    total.product.add(piece.product);
    total.weight += piece.weight;
  }
  // The scale of the weights cancels.
  return std::ldexp(total.product.to_double() / static_cast<double>(total.weight), -scale.shift());
}

}  // namespace gbengine

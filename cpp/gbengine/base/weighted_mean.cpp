#include "gbengine/base/weighted_mean.hpp"

#include <cmath>
#include <vector>

#include "gbengine/base/integer_scale.hpp"
#include "gbengine/base/wide_sum.hpp"

namespace gbengine {
namespace {

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

#include "gbengine/data/row_weights.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace gbengine {
namespace {

constexpr std::int64_t kGrain = 1 << 16;

struct WeightRange {
  double largest = 0.0;
  bool are_whole = true;
};

WeightRange range_of(const Parallel& parallel, const double* weight, std::int64_t n_rows) {
  std::vector<WeightRange> pieces(static_cast<std::size_t>((n_rows + kGrain - 1) / kGrain));
  parallel.for_rows(n_rows, kGrain, [&](std::int64_t begin, std::int64_t end, int) {
    WeightRange range;
    for (std::int64_t i = begin; i < end; ++i) {
      range.largest = std::max(range.largest, weight[i]);
      range.are_whole &= weight[i] == std::floor(weight[i]);
    }
    pieces[static_cast<std::size_t>(begin / kGrain)] = range;
  });
  WeightRange all;
  for (const WeightRange& piece : pieces) {
    all.largest = std::max(all.largest, piece.largest);
    all.are_whole &= piece.are_whole;
  }
  return all;
}

}  // namespace

RowWeights make_row_weights(const Parallel& parallel, const double* weight, std::int64_t n_rows) {
  if (weight == nullptr || n_rows == 0) return {};
  const WeightRange range = range_of(parallel, weight, n_rows);
  const bool is_exact = range.are_whole && range.largest < 0x1.0p32;
  const int shift = is_exact ? 0 : 30 - std::ilogb(range.largest);
  // Two factors: 2^shift alone leaves the range of double when the largest weight is tiny.
  const double scale_a = std::ldexp(1.0, shift / 2);
  const double scale_b = std::ldexp(1.0, shift - shift / 2);
  RowWeights weights(static_cast<std::size_t>(n_rows));
  parallel.for_rows(n_rows, kGrain, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t i = begin; i < end; ++i) {
      const double scaled = std::nearbyint(weight[i] * scale_a * scale_b);
      // At least 1: a row that is there must not vanish.
      weights[static_cast<std::size_t>(i)] = static_cast<std::uint32_t>(std::max(scaled, 1.0));
    }
  });
  return weights;
}

}  // namespace gbengine

#include "gbengine/ensemble/boosted_weights.hpp"

#include <algorithm>
#include <cmath>

#include "gbengine/base/block_values.hpp"
#include "gbengine/base/integer_scale.hpp"
#include "gbengine/kernel/kernels.hpp"

namespace gbengine {
namespace {

constexpr double kMostCopies = 0x1p32;
constexpr double kShareUnit = 0x1p-52;
static_assert(BoostedWeights::kShareBits == 52);

bool are_copies(const double* weight, std::int64_t n_rows) {
  return std::all_of(weight, weight + n_rows,
                     [](double w) { return w == std::floor(w) && w < kMostCopies; });
}

/// Exact sum over the rows of integers that `term` gives, by pieces.
template <typename Term>
Int128 sum_of(const Parallel& parallel, std::int64_t n_rows, Term&& term) {
  std::vector<Int128> pieces(static_cast<std::size_t>((n_rows + kSumGrain - 1) / kSumGrain));
  parallel.for_rows(n_rows, kSumGrain, [&](std::int64_t begin, std::int64_t end, int) {
    Int128 sum = 0;
    for (std::int64_t i = begin; i < end; ++i) sum += term(i);
    pieces[static_cast<std::size_t>(begin / kSumGrain)] = sum;
  });
  Int128 total = 0;
  for (const Int128 piece : pieces) total += piece;
  return total;
}

}  // namespace

BoostedWeights::BoostedWeights(const Parallel& parallel, const double* weight, std::int64_t n_rows)
    : n_rows_(n_rows),
      n_copies_(n_rows),
      weight_(static_cast<std::size_t>(n_rows)),
      shares_(static_cast<std::size_t>(n_rows)) {
  if (weight != nullptr && are_copies(weight, n_rows)) {
    copies_.assign(weight, weight + n_rows);
    n_copies_ = 0;
    for (const std::uint32_t copies : copies_) n_copies_ += copies;
    weight = nullptr;
  }
  for (std::size_t i = 0; i < weight_.size(); ++i) weight_[i] = weight == nullptr ? 1.0 : weight[i];
  normalise(parallel);
}

double BoostedWeights::mean(const Parallel& parallel, const double* values) const {
  const IntegerScale scale(1.0);
  const auto mass = [&](std::int64_t i) {
    return Int128{shares_[static_cast<std::size_t>(i)]} * copies_of(i);
  };
  const Int128 sum =
      sum_of(parallel, n_rows_, [&](std::int64_t i) { return mass(i) * scale(values[i]); });
  const Int128 total = sum_of(parallel, n_rows_, mass);
  return std::ldexp(static_cast<double>(sum) / static_cast<double>(total), -scale.shift());
}

void BoostedWeights::multiply(const Parallel& parallel, const double* values, double log_factor) {
  // The largest factor becomes 1: none overflows, however large log_factor is.
  const double largest =
      largest_magnitude(parallel, n_rows_, [&](std::int64_t i) { return values[i]; });
  parallel.for_rows(n_rows_, kSumGrain, [&](std::int64_t begin, std::int64_t end, int) {
    double factor[kBlockRows];
    for_blocks(begin, end, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t i = first; i < last; ++i)
        factor[i - first] = log_factor * (values[i] - largest);
      kernels().math.exp(factor, factor, last - first);
      for (std::int64_t i = first; i < last; ++i)
        weight_[static_cast<std::size_t>(i)] *= factor[i - first];
    });
  });
  normalise(parallel);
}

/// Divides by the sum, lifts what is too small to count, and writes down the shares.
void BoostedWeights::normalise(const Parallel& parallel) {
  const auto weight = [&](std::int64_t i) { return weight_[static_cast<std::size_t>(i)]; };
  const IntegerScale scale(largest_magnitude(parallel, n_rows_, weight));
  const Int128 sum = sum_of(
      parallel, n_rows_, [&](std::int64_t i) { return Int128{scale(weight(i))} * copies_of(i); });
  const double total = std::ldexp(static_cast<double>(sum), -scale.shift());
  parallel.for_rows(n_rows_, kSumGrain, [&](std::int64_t begin, std::int64_t end, int) {
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
      weight_[i] = std::max(weight_[i] / total, kShareUnit);
      shares_[i] = std::llrint(weight_[i] / kShareUnit);
    }
  });
}

}  // namespace gbengine

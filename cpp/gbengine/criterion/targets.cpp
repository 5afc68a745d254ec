#include "gbengine/criterion/targets.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "gbengine/base/block_values.hpp"
#include "gbengine/base/error.hpp"
#include "gbengine/base/integer_scale.hpp"
#include "gbengine/base/weighted_mean.hpp"

namespace gbengine {
namespace {

constexpr int kSumBits = 62;
constexpr double kMaxWholeTotal = 0x1p31;  // larger ones would take bits from the values

/// Sums of the weights, or 0 if one of them is not whole or they are too many together.
std::int64_t whole_total(const double* weight, std::int64_t n_rows) {
  double total = 0.0;
  for (std::int64_t i = 0; i < n_rows; ++i) {
    if (weight[i] != std::floor(weight[i])) return 0;
    total += weight[i];
  }
  return total <= kMaxWholeTotal ? static_cast<std::int64_t>(total) : 0;
}

void fill_slots(const TargetView& y, Targets& targets) {
  const auto n_outputs = static_cast<std::size_t>(y.n_outputs);
  std::vector<std::uint32_t> first(n_outputs, 0);
  for (std::size_t k = 1; k < n_outputs; ++k)
    first[k] = first[k - 1] + static_cast<std::uint32_t>(targets.n_classes[k - 1]);
  const auto n = static_cast<std::size_t>(y.n_rows);
  targets.slot = AlignedBuffer<std::uint32_t>(n * n_outputs);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < n_outputs; ++k) {
      const double code = y.y[i * n_outputs + k];
      if (!(code >= 0 && code < targets.n_classes[k]) || code != std::floor(code))
        throw ValueError("y[" + std::to_string(i) + "] is class " + number_text(code) +
                         "; it must be a whole number in [0, " +
                         std::to_string(targets.n_classes[k]) + ")");
      targets.slot[i * n_outputs + k] = first[k] + static_cast<std::uint32_t>(code);
    }
}

/// The power of two by which values become integers: sums of `total` distances from the centre
/// stay below 2^62, and so does a value itself.
int unit_exponent(double largest_distance, double largest, double total) {
  const auto bits = [](double x) { return x == 0.0 ? -1074 : std::ilogb(x) + 1; };
  const int room = kSumBits - (std::ilogb(std::max(total, 1.0)) + 1);
  return std::clamp(std::min(room - bits(largest_distance), kSumBits - bits(largest)), -1000, 1000);
}

void fill_values(const Parallel& parallel, const TargetView& y, double total, Targets& targets) {
  const auto n_outputs = static_cast<std::size_t>(y.n_outputs);
  const auto n = static_cast<std::size_t>(y.n_rows);
  targets.value = AlignedBuffer<std::int64_t>(n * n_outputs);
  for (std::size_t k = 0; k < n_outputs; ++k) {
    const auto at = [&](std::int64_t i) {
      return y.y[static_cast<std::size_t>(i) * n_outputs + k];
    };
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (std::size_t i = 0; i < n; ++i) {
      const double value = at(static_cast<std::int64_t>(i));
      if (!std::isfinite(value))
        throw ValueError("y[" + std::to_string(i) + "] is " + number_text(value) +
                         "; it must be finite");
      low = std::min(low, value);
      high = std::max(high, value);
    }
    const double middle = low / 2 + high / 2;
    const int exponent = unit_exponent(std::max(high - middle, middle - low),
                                       std::max(std::abs(low), std::abs(high)), total);
    targets.value_unit.push_back(std::ldexp(1.0, -exponent));
    // Zero is its own centre where it lies inside: whole numbers then stay what they are.
    const std::int64_t centre =
        low <= 0 && high >= 0 ? 0 : static_cast<std::int64_t>(std::ldexp(middle, exponent));
    targets.centre.push_back(centre);
    parallel.for_rows(y.n_rows, kSumGrain, [&](std::int64_t begin, std::int64_t end, int) {
      for (std::int64_t i = begin; i < end; ++i)
        targets.value[static_cast<std::size_t>(i) * n_outputs + k] =
            std::llrint(std::ldexp(at(i), exponent)) - centre;
    });
  }
}

}  // namespace

std::int64_t Targets::weighted_value(std::int64_t row, std::int32_t output) const {
  const std::int64_t q = value[static_cast<std::size_t>(row) * static_cast<std::size_t>(n_outputs) +
                               static_cast<std::size_t>(output)];
  if (fraction_unit == 1.0) return q * weight_of(row);
  const Int128 product = Int128{q} * weight_of(row);
  constexpr Int128 kHalf = Int128{1} << (kFractionBits - 1);
  return static_cast<std::int64_t>((product + kHalf) >> kFractionBits);
}

void set_weights(const Parallel& parallel, const double* weight, Targets& targets) {
  targets.weights_count = true;
  targets.weight_unit = targets.fraction_unit = 1.0;
  targets.weight = {};
  if (weight == nullptr) return;
  const std::int64_t n = targets.n_rows;
  targets.weight = AlignedBuffer<std::int64_t>(static_cast<std::size_t>(n));
  targets.weights_count = whole_total(weight, n) > 0;
  double scale = 1.0;
  if (!targets.weights_count) {
    const double largest =
        largest_magnitude(parallel, n, [&](std::int64_t i) { return weight[i]; });
    const int exponent = std::ilogb(largest) + 1;  // the largest fraction is in [1/2, 1)
    scale = std::ldexp(1.0, std::min(kFractionBits - exponent, 1000));
    targets.weight_unit = 1.0 / scale;
    targets.fraction_unit = std::ldexp(1.0, -kFractionBits);
  }
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t w = std::llrint(weight[i] * scale);
    targets.weight[static_cast<std::size_t>(i)] = std::max<std::int64_t>(w, 1);
  }
}

Targets make_targets(const Parallel& parallel, const TargetView& y,
                     std::vector<std::int32_t> n_classes, const double* weight,
                     std::int64_t max_draws) {
  Targets targets;
  targets.n_rows = y.n_rows;
  targets.y = y.y;
  targets.n_outputs = y.n_outputs;
  targets.n_classes = std::move(n_classes);
  set_weights(parallel, weight, targets);
  if (!targets.is_classes()) {
    const double total = weight != nullptr && targets.weights_count
                             ? static_cast<double>(whole_total(weight, y.n_rows))
                             : static_cast<double>(y.n_rows);
    fill_values(parallel, y, std::max(total, static_cast<double>(max_draws)), targets);
    targets.n_sums = targets.n_values = y.n_outputs;
  } else {
    fill_slots(y, targets);
    for (std::int32_t k : targets.n_classes) targets.n_sums += k;
    if (targets.is_binary()) targets.n_sums = 1;
    targets.n_values = targets.n_sums;
  }
  ++targets.n_sums;
  return targets;
}

}  // namespace gbengine

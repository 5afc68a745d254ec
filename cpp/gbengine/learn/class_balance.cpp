#include "gbengine/learn/class_balance.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace gbengine {
namespace {

constexpr double kLargestCount = 0x1p31;

}  // namespace

double balance_counts(const Targets& targets, std::uint32_t* counts) {
  const auto n_outputs = static_cast<std::size_t>(targets.n_outputs);
  std::size_t n_slots = 0;
  for (const std::int32_t k : targets.n_classes) n_slots += static_cast<std::size_t>(k);
  std::vector<std::int64_t> drawn(n_slots, 0);
  std::int64_t total = 0;
  for (std::int64_t i = 0; i < targets.n_rows; ++i) {
    total += counts[i];
    for (std::size_t k = 0; k < n_outputs; ++k)
      drawn[targets.slot[static_cast<std::size_t>(i) * n_outputs + k]] += counts[i];
  }
  std::vector<double> factor(n_slots, 0.0);
  for (std::size_t k = 0, slot = 0; k < n_outputs; ++k)
    for (std::int32_t c = 0; c < targets.n_classes[k]; ++c, ++slot)
      if (drawn[slot] > 0)
        factor[slot] =
            static_cast<double>(total) / (static_cast<double>(drawn[slot]) * targets.n_classes[k]);
  const auto weight_of = [&](std::int64_t i) {
    double weight = counts[i];
    for (std::size_t k = 0; k < n_outputs; ++k)
      weight *= factor[targets.slot[static_cast<std::size_t>(i) * n_outputs + k]];
    return weight;
  };
  double largest = 0.0;
  for (std::int64_t i = 0; i < targets.n_rows; ++i) largest = std::max(largest, weight_of(i));
  const double unit = std::ldexp(1.0, std::ilogb(largest) + 1) / kLargestCount;
  for (std::int64_t i = 0; i < targets.n_rows; ++i)
    if (counts[i] > 0)
      counts[i] = static_cast<std::uint32_t>(std::max(1.0, std::nearbyint(weight_of(i) / unit)));
  return unit;
}

}  // namespace gbengine

// What a node is, before any split: is it pure, its value, its impurity. Shared by the criteria.
//
// Example:
//   NumberFacts facts(targets);
//   if (facts.is_pure(rows, /*output=*/0)) value = facts.exact_value(rows, counts, 0);
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "gbengine/base/integer_scale.hpp"
#include "gbengine/criterion/split_search.hpp"
#include "gbengine/criterion/targets.hpp"

namespace gbengine {

/// Of targets that are numbers.
class NumberFacts {
 public:
  explicit NumberFacts(const Targets& targets) : targets_(targets) {}

  /// All rows have the same value: most nodes are decided by their first two.
  bool is_pure(const NodeRows& rows, std::int32_t output) const {
    const std::int64_t first = value(rows.in_table(0), output);
    for (std::int64_t i = 1; i < rows.n; ++i)
      if (value(rows.in_table(i), output) != first) return false;
    return true;
  }

  /// The value of a pure node: what the user gave, to the last bit. Values that differ by less than
  /// a unit are averaged.
  double exact_value(const NodeRows& rows, const std::uint32_t* counts, std::int32_t output) const {
    const double first = given(rows.in_table(0), output);
    for (std::int64_t i = 1; i < rows.n; ++i)
      if (given(rows.in_table(i), output) != first)
        return mean_of(rows, counts, output, [](double y) { return y; });
    return first + 0.0;  // -0.0 equals 0.0, and rows have no order
  }

  /// Mean of the values from the sums of a node, in y's units.
  double mean(std::int64_t a, std::int64_t w, std::int32_t output) const {
    return value_at(mean_distance(a, w), output);
  }

  /// What lies so many units from the centre, in y's units.
  double value_at(double distance, std::int32_t output) const {
    const auto k = static_cast<std::size_t>(output);
    return (static_cast<double>(targets_.centre[k]) + distance) * targets_.value_unit[k];
  }

  /// Mean of w (value - mean)^2 over the rows, in y's units: exact integers until the last step.
  double variance(const NodeRows& rows, const std::uint32_t* counts, std::int64_t a, std::int64_t w,
                  std::int32_t output) const {
    const auto middle = static_cast<std::int64_t>(std::nearbyint(mean_distance(a, w)));
    std::int64_t largest = 0;
    for (std::int64_t i = 0; i < rows.n; ++i)
      largest = std::max(largest, std::abs(value(rows.in_table(i), output) - middle));
    // Squares times weights must fit 126 bits: fine units give up their last bits for it.
    const int bits = 2 * static_cast<int>(std::bit_width(static_cast<std::uint64_t>(largest))) +
                     static_cast<int>(std::bit_width(static_cast<std::uint64_t>(w)));
    const int shift = bits > 126 ? (bits - 125) / 2 : 0;
    Int128 sum = 0;
    for (std::int64_t i = 0; i < rows.n; ++i) {
      const std::uint32_t row = rows.in_table(i);
      const std::int64_t d = (value(row, output) - middle) >> shift;
      const std::int64_t count = counts == nullptr ? 1 : counts[row];
      sum += Int128{d} * d * (targets_.weight_of(row) * count);
    }
    const double unit = targets_.value_unit[static_cast<std::size_t>(output)];
    const double around_middle =
        std::ldexp(static_cast<double>(sum), 2 * shift) / static_cast<double>(w);
    const double off = mean_distance(a, w) - static_cast<double>(middle);
    return std::max(around_middle - off * off, 0.0) * unit * unit;
  }

  /// Weighted mean of what `function` makes of the rows' values, free of their order.
  template <typename Function>
  double mean_of(const NodeRows& rows, const std::uint32_t* counts, std::int32_t output,
                 Function&& function) const {
    std::vector<double> values(static_cast<std::size_t>(rows.n));
    double largest = 0.0;
    for (std::int64_t i = 0; i < rows.n; ++i) {
      const double of_y = function(given(rows.in_table(i), output));
      values[static_cast<std::size_t>(i)] = of_y;
      largest = std::max(largest, std::abs(of_y));
    }
    const IntegerScale scale(largest);
    Int128 sum = 0, weight = 0;
    for (std::int64_t i = 0; i < rows.n; ++i) {
      const std::uint32_t row = rows.in_table(i);
      const Int128 w = Int128{targets_.weight_of(row)} * (counts == nullptr ? 1 : counts[row]);
      sum += scale(values[static_cast<std::size_t>(i)]) * w;
      weight += w;
    }
    return std::ldexp(static_cast<double>(sum) / static_cast<double>(weight), -scale.shift());
  }

 private:
  double given(std::uint32_t row, std::int32_t output) const {
    return targets_
        .y[row * static_cast<std::size_t>(targets_.n_outputs) + static_cast<std::size_t>(output)];
  }
  std::int64_t value(std::uint32_t row, std::int32_t output) const {
    return targets_.value[row * static_cast<std::size_t>(targets_.n_outputs) +
                          static_cast<std::size_t>(output)];
  }
  double mean_distance(std::int64_t a, std::int64_t w) const {
    return static_cast<double>(a) / (static_cast<double>(w) * targets_.fraction_unit);
  }

  const Targets& targets_;
};

}  // namespace gbengine

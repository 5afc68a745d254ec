// Targets: what rows are to be told apart by, as integers, so that sums over any rows are exact.
//
// A row adds `n_sums` integers to a node. Classes: its weight to the slot of its class, output
// after output (one output of two classes: to one slot, that of class 1). Numbers: weight times
// value, one slot an output. The last slot takes the weight itself. Values are fixed point: the
// distance from a centre in units of a power of two, as fine as the sums allow. Example:
//   Targets targets = make_targets(parallel, {y, n_rows, 1}, {3}, weight, /*max_draws=*/n_rows);
//   targets.n_sums == 4;   // three classes and the weight
#pragma once

#include <cstdint>
#include <vector>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/base/parallel.hpp"

namespace gbengine {

/// y as the caller has it: n_rows x n_outputs, row-major; class codes 0 … K - 1, or numbers. It
/// must outlive the Targets made of it.
struct TargetView {
  const double* y;
  std::int64_t n_rows;
  std::int32_t n_outputs;
};

struct Targets {
  std::int64_t n_rows = 0;
  std::int32_t n_outputs = 1;
  std::vector<std::int32_t> n_classes;  // an output each; empty for numbers
  std::int32_t n_sums = 0;              // integers of a node, the weight last
  std::int32_t n_values = 0;            // doubles of a leaf
  const double* y = nullptr;            // as given: n_rows x n_outputs

  AlignedBuffer<std::uint32_t> slot;   // classes: n_rows x n_outputs, where the weight goes
  AlignedBuffer<std::int64_t> value;   // numbers: n_rows x n_outputs, in units, from the centre
  AlignedBuffer<std::int64_t> weight;  // n_rows; empty: every row weighs 1
  bool weights_count = true;           // whole weights: a row of weight k is k rows

  std::vector<std::int64_t> centre;  // numbers, of each output: in units
  std::vector<double> value_unit;    // numbers, of each output: a power of two
  double weight_unit = 1.0;          // true weight of the integer 1
  double fraction_unit = 1.0;        // what the integer weight 1 does to a value: 2^-30 or 1

  bool is_classes() const { return !n_classes.empty(); }
  bool is_binary() const { return n_classes.size() == 1 && n_classes[0] == 2; }
  std::int64_t weight_of(std::int64_t row) const {
    return weight.size() == 0 ? 1 : weight[static_cast<std::size_t>(row)];
  }
  /// Weight times value of a row: what it adds to the slot of an output.
  std::int64_t weighted_value(std::int64_t row, std::int32_t output) const;
};

/// Weights that are not whole are fractions of 2^kFractionBits.
inline constexpr int kFractionBits = 30;

/// @param n_classes of each output, or empty: y are numbers
/// @param weight n_rows, > 0 and finite, or nullptr
/// @param max_draws most rows a tree is grown on, drawn ones counted as often as they are drawn
/// Throws ValueError for class codes out of range.
Targets make_targets(const Parallel& parallel, const TargetView& y,
                     std::vector<std::int32_t> n_classes, const double* weight,
                     std::int64_t max_draws);

/// The same rows with other weights; values stay what they are.
void set_weights(const Parallel& parallel, const double* weight, Targets& targets);

}  // namespace gbengine

// BoostedWeights: how much each row counts in the next round of AdaBoost.
//
// A row's share of the total weight is a double that depends on the row's own history and on sums
// over all rows; those are sums of integers, so order and threads do not matter. A row of whole
// weight k stands for k copies, each with a share of its own, bit for bit as if the copies were in
// the table. What trees see are the shares as whole multiples of 2^-52, at least 1 of them: a row
// that was always right is never out of sight. Example:
//   BoostedWeights weights(parallel, sample_weight, n_rows);
//   double error = weights.mean(parallel, losses);           // losses in [0, 1]
//   weights.multiply(parallel, losses, /*log_factor=*/0.7);  // share *= e^(0.7 loss), normalised
#pragma once

#include <cstdint>
#include <vector>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/base/parallel.hpp"

namespace gbengine {

class BoostedWeights {
 public:
  static constexpr int kShareBits = 52;

  /// @param weight n_rows, > 0 and finite, or nullptr: all rows count the same
  BoostedWeights(const Parallel& parallel, const double* weight, std::int64_t n_rows);

  /// How many copies a row stands for, by row; nullptr: one each.
  const std::uint32_t* copies() const { return copies_.empty() ? nullptr : copies_.data(); }
  std::uint32_t copies_of(std::int64_t row) const {
    return copies_.empty() ? 1U : copies_[static_cast<std::size_t>(row)];
  }
  std::int64_t n_copies() const { return n_copies_; }

  /// Share of one copy of each row in the total weight, in units of 2^-52.
  const AlignedBuffer<std::int64_t>& shares() const { return shares_; }

  /// Mean of values in [0, 1] by these shares; 0 only if all values are.
  double mean(const Parallel& parallel, const double* values) const;

  /// Multiplies each share by e^(log_factor * value), and all of them so that they sum to 1.
  /// @param log_factor >= 0 and finite; @param values in [0, 1]
  void multiply(const Parallel& parallel, const double* values, double log_factor);

 private:
  void normalise(const Parallel& parallel);

  std::int64_t n_rows_;
  std::vector<std::uint32_t> copies_;
  std::int64_t n_copies_;
  AlignedBuffer<double> weight_;  // of a copy; sums to about 1 over all copies
  AlignedBuffer<std::int64_t> shares_;
};

}  // namespace gbengine

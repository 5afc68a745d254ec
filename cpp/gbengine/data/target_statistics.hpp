// What the target is in each category of a column: smoothed means, and how much the category
// weighs.
//
// The mean of category c is (S_c + a p) / (N_c + a): S_c the sum of weight * target, N_c the sum of
// weights, p the mean of all rows, a = kPriorWeight (Micci-Barreca, "A preprocessing scheme for
// high-cardinality categorical attributes", 2001). A training row gets it from the rows of the
// other folds, so that its own target is not in it. Sums are exact integers: neither the order of
// rows nor threads matter, and a row of weight k is k rows. Called by api/category_statistics.
// Example:
//   const auto folds = row_folds(parallel, x, seed);
//   const TargetStatistics statistics(parallel, {y, /*n_classes=*/{0}, weight, n_rows});
//   ColumnStatistics column = statistics.of(parallel, x, feature, n_categories, folds);
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/base/integer_scale.hpp"
#include "gbengine/base/matrix_view.hpp"
#include "gbengine/base/parallel.hpp"

namespace gbengine {

inline constexpr int kTargetFolds = 5;
/// As much as this many rows of weight 1: measured on real tables, 1, 10 and 20 are worse.
inline constexpr double kPriorWeight = 5.0;

/// What rows are to be predicted as, all outputs side by side.
struct StatisticTargets {
  const double* y = nullptr;            // n_rows x n_classes.size(), in C order
  std::vector<std::int32_t> n_classes;  // of each output, whose y are their codes; 0: numbers
  const double* weight = nullptr;  // n_rows, all > 0 and finite; nullptr: every row counts once
  std::int64_t n_rows = 0;
};

/// The statistics of a column: of each output the mean, of each class from two on its share (of two
/// classes that of the second), and last the logarithm of 1 + N_c.
struct ColumnStatistics {
  std::vector<double> table;     // n_statistics x n_categories: from all rows
  std::vector<double> training;  // n_statistics x n_rows; NaN where the category is missing
  /// Share of the weight that other folds have in the category of a row, large categories counting
  /// more: 0.8 if rows fall into the folds independently, 0 if each category is in one fold.
  double spread = 0.0;
};

/// The fold of each row: a hash of the seed and of its cells. Rows that are equal in all of X are
/// in the same fold whatever their targets: were they in several, the means of the others would
/// tell what their own target is.
std::vector<std::uint8_t> row_folds(const Parallel& parallel, const MatrixView& x,
                                    std::uint64_t seed);

class TargetStatistics {
 public:
  TargetStatistics(const Parallel& parallel, StatisticTargets targets);

  /// Means and shares of all outputs, and the logarithm.
  std::int32_t n_statistics() const { return static_cast<std::int32_t>(statistics_.size()) + 1; }

  /// @param folds n_rows, below kTargetFolds
  /// Throws ValueError for a cell of x that is neither NaN nor one of n_categories codes.
  ColumnStatistics of(const Parallel& parallel, const MatrixView& x, std::int32_t feature,
                      std::int32_t n_categories, std::span<const std::uint8_t> folds) const;

 private:
  class Category;

  struct Statistic {
    double prior;  // of all rows
    int shift;     // sums are integers times 2^-shift
  };

  void add_numbers(const Parallel& parallel, std::int32_t output);
  void add_classes(std::int32_t output, std::int32_t n_classes);

  StatisticTargets targets_;
  IntegerWeights weights_;
  std::vector<IntegerScale> scales_;  // of each output
  std::vector<std::int32_t> first_;   // of each output its first statistic
  std::vector<Statistic> statistics_;
};

}  // namespace gbengine

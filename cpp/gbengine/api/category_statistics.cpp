#include "gbengine/api/category_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "gbengine/api/check_table.hpp"
#include "gbengine/base/error.hpp"

namespace gbengine {
namespace {

void check_targets(const StatisticTargets& targets) {
  const auto n_outputs = static_cast<std::int64_t>(targets.n_classes.size());
  if (n_outputs == 0) throw ValueError("n_classes must have a number for each output");
  for (std::int64_t i = 0; i < targets.n_rows; ++i) {
    if (targets.weight != nullptr && !(targets.weight[i] > 0.0 && std::isfinite(targets.weight[i])))
      throw ValueError("sample_weight[" + std::to_string(i) + "] is " +
                       number_text(targets.weight[i]) + "; it must be > 0 and finite");
    for (std::int64_t k = 0; k < n_outputs; ++k) {
      const double y = targets.y[i * n_outputs + k];
      const std::int32_t n_classes = targets.n_classes[static_cast<std::size_t>(k)];
      const bool is_class = y >= 0.0 && y < n_classes && y == std::floor(y);
      if (n_classes == 0 ? !std::isfinite(y) : !is_class)
        throw ValueError("y[" + std::to_string(i) + ", " + std::to_string(k) + "] is " +
                         number_text(y) + "; it must be finite, and of " +
                         std::to_string(n_classes) + " classes the number of one");
    }
  }
}

Parallel parallel_of(int n_threads, const Interrupt& interrupt) {
  if (n_threads < 1)
    throw ValueError("n_threads is " + std::to_string(n_threads) + "; it must be at least 1");
  return Parallel(n_threads, interrupt);
}

}  // namespace

std::vector<std::uint8_t> category_folds(const MatrixView& x, std::uint64_t seed, int n_threads,
                                         const Interrupt& interrupt) {
  check_table("X", x);
  return row_folds(parallel_of(n_threads, interrupt), x, seed);
}

ColumnStatistics category_statistics(const MatrixView& x, const CategoryColumn& column,
                                     const StatisticTargets& targets,
                                     std::span<const std::uint8_t> folds, int n_threads,
                                     const Interrupt& interrupt) {
  check_table("X", x);
  if (column.feature < 0 || column.feature >= x.n_cols || column.n_categories < 1)
    throw ValueError("feature " + std::to_string(column.feature) + " of " +
                     std::to_string(column.n_categories) +
                     " categories is no column of X, which has " + std::to_string(x.n_cols));
  check_targets(targets);
  if (std::any_of(folds.begin(), folds.end(), [](std::uint8_t f) { return f >= kTargetFolds; }))
    throw ValueError("folds must be below " + std::to_string(kTargetFolds));
  const Parallel parallel = parallel_of(n_threads, interrupt);
  return TargetStatistics(parallel, targets)
      .of(parallel, x, column.feature, column.n_categories, folds);
}

}  // namespace gbengine

// Statistics of the target by category, for columns of too many categories to be split by sets.
//
// Checks what Python passes and runs data/target_statistics. Example:
//   auto folds = category_folds(x, seed, n_threads, interrupt);
//   ColumnStatistics column =
//       category_statistics(x, {feature, n_categories}, targets, folds, n_threads, interrupt);
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/base/matrix_view.hpp"
#include "gbengine/base/parallel.hpp"
#include "gbengine/data/target_statistics.hpp"

namespace gbengine {

struct CategoryColumn {
  std::int32_t feature;
  std::int32_t n_categories;
};

/// The fold of each row, in [0, kTargetFolds).
std::vector<std::uint8_t> category_folds(const MatrixView& x, std::uint64_t seed, int n_threads,
                                         const Interrupt& interrupt);

/// Throws ValueError for a column that is not there, or what is no category, class or fold.
ColumnStatistics category_statistics(const MatrixView& x, const CategoryColumn& column,
                                     const StatisticTargets& targets,
                                     std::span<const std::uint8_t> folds, int n_threads,
                                     const Interrupt& interrupt);

}  // namespace gbengine

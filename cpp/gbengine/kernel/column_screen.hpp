// Column screen: what the best splits of a node's columns can be at most, quickly.
//
// Most columns of a node have no split that could be the best of all; only the others need a split
// scan. Example: see learn/column_screen.cpp.
#pragma once

#include <cstdint>

#include "gbengine/kernel/gradient_pair.hpp"
#include "gbengine/kernel/split_scan.hpp"

namespace gbengine {

/// Most cells of the columns that are screened together.
inline constexpr std::int32_t kScreenCells = 1024;

/// Columns of a node's dense histogram, a word a cell; score.screens.
struct ScreenArgs {
  const std::int64_t* cells;
  const std::int32_t* cell_offset;  // by feature, and the end
  const std::int32_t* features;     // of kScreenCells at most together
  std::int32_t n_features;
  GradientSum node;
  double min_hess;
  ScoreParams score;
  double to_reach;  // columns that stay below it do not matter
  bool rises;       // nor do columns that stay below another one
};

struct ColumnScreenKernels {
  /// Of columns of numbers: sets at_most[i], which no split of features[i] exceeds, of those that
  /// matter; -1 of the others. Returns a total that one split reaches, or a negative number.
  double (*numbers)(const ScreenArgs& args, double* at_most);
  /// Of one column of categories, of any number of cells: returns what no split exceeds.
  double (*categories)(const ScreenArgs& args);
};

}  // namespace gbengine

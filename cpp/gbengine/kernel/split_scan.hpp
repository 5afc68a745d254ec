// Split scan: the best split of one feature, from its histogram cells.
//
// Example: see learn/split_finder.cpp. The formulas are those of XGBoost (Chen and Guestrin 2016),
// with l1 as soft threshold and max_delta_step as a bound on the leaf's value.
#pragma once

#include <cstdint>

#include "gbengine/kernel/gradient_pair.hpp"

namespace gbengine {

/// What turns integer sums into the quality of a node.
struct ScoreParams {
  double grad_unit;  // real gradient of integer 1
  double hess_unit;
  double l1;
  double l2;
  double max_delta_step;  // 0: no bound
  bool screens = false;   // single precision can tell which splits are not the best: may_screen
};

/// Whether totals of these parameters can be looked through in single precision first, see
/// split_screen.inl.hpp. For callers of the kernels.
inline bool may_screen(const ScoreParams& p) {
  const double unit = p.grad_unit * p.grad_unit / p.hess_unit;
  return p.l1 == 0 && p.max_delta_step == 0 && p.l2 < 0x1p50 * p.hess_unit && unit > 1e-250 &&
         unit < 1e250;
}

struct ScanArgs {
  const std::int64_t* cells;   // the feature's first cell, n_bins + 1 of them, missing last
  const std::int64_t* counts;  // rows of each cell, or nullptr: not checked
  std::int32_t n_bins;
  GradientSum node;
  std::int64_t node_count;
  double min_hess;  // in units of hess_unit: real hessian over hess_unit
  std::int64_t min_count;
  ScoreParams score;
  double to_beat = -1.0;  // a best split that has no larger total need not be found
  // Rows in none of the cells: they follow the side with more hessian.
  std::int64_t loose_count = 0;
};

struct ScanResult {
  double total;                    // score(left) + score(right); -1: no valid split
  std::int32_t bin;                // codes <= bin go left
  std::int32_t missing_goes_left;  // of the direction tried; 0 also when the node has no missing
  std::int32_t has_missing;        // the node's missing cell is not (0, 0)
  GradientSum left;
};

struct SplitScanKernels {
  ScanResult (*narrow)(const ScanArgs& args);
  ScanResult (*wide)(const ScanArgs& args);
};

}  // namespace gbengine

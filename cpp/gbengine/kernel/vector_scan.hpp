// Vector scan: the best split of one feature by the sum of several outputs' gains.
//
// The gain of a split is the sum of the outputs' own (Zhang and Jung 2020, GBDT-MO: Learning
// multiple outputs), each as in split_scan.hpp. Outputs whose hessians are always equal share one
// sum of them. Example: see learn/vector_split.cpp.
#pragma once

#include <cstdint>

namespace gbengine {

/// What the sums of a cell, a node or a side of a split stand for: first the outputs' gradients,
/// then the hessians.
struct VectorUnits {
  std::int32_t n_outputs;
  std::int32_t n_hess;      // n_outputs, or 1: shared by all
  const double* grad_unit;  // by output: real gradient of integer 1
  const double* hess_unit;  // by hessian
  const double* min_hess;   // by hessian, what each side needs: real hessian over hess_unit
  double l1;
  double l2;
  double max_delta_step;  // 0: no bound
};

struct VectorScanArgs {
  const void* cells;           // the feature's first cell, n_bins + 1 of them, missing last
  std::int32_t stride;         // sums of a cell
  const std::int64_t* counts;  // rows of each cell, or nullptr: not checked
  std::int32_t n_bins;
  const std::int64_t* node;  // sums of the node
  std::int64_t node_count;
  std::int64_t min_count;
  std::int64_t loose_count;  // rows in none of the cells: they follow the side with more hessian
  const VectorUnits* units;
};

struct VectorScanResult {
  double total;            // score(left) + score(right), over all outputs; -1: no valid split
  std::int32_t bin;        // codes <= bin go left
  bool missing_goes_left;  // also when the node has no missing: where more hessian is
  bool left_is_heavier;
};

struct VectorScanKernels {
  VectorScanResult (*narrow)(const VectorScanArgs& args);  // int32 sums
  VectorScanResult (*wide)(const VectorScanArgs& args);    // int64 sums
};

}  // namespace gbengine

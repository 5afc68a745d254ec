// Tree walk on packed nodes: several rows, or several trees, side by side.
//
// One walk waits for memory at every level; eight walks side by side wait together. A node is its
// threshold, its column and its left child; the right child comes next. A leaf is its own left
// child and sends everything left, so a walk may go on past it and no branch depends on a value.
// For trees too large for kernel/bit_vector. Called by predict/packed_walk. Example:
//   kernels().walk.add_rows_f32(forest, tree_begin, tree_end, rows, out);
#pragma once

#include <cstdint>

namespace gbengine {

template <typename T>
struct WalkNode {
  T threshold;            // +inf at a leaf
  std::uint32_t feature;  // 0 at a leaf; the top bit: a missing value goes right
  std::int32_t left;      // from the root; right is left + 1; itself at a leaf
};

inline constexpr std::uint32_t kMissingGoesRight = std::uint32_t{1} << 31;

template <typename T>
struct WalkForest {
  const WalkNode<T>* nodes;
  const double* value;  // of each node
  const std::int64_t* tree_begin;
  const std::int32_t* tree_output;
  std::int64_t n_outputs;
};

template <typename T>
struct WalkRows {
  const T* values;
  std::int64_t n_rows;
  std::int64_t row_stride;
  std::int64_t col_stride;
};

template <typename T>
using AddWalkTrees = void (*)(const WalkForest<T>& forest, std::int32_t tree_begin,
                              std::int32_t tree_end, const WalkRows<T>& x, double* out);

/// Each adds trees [tree_begin, tree_end), in order, to out[row * n_outputs + output].
struct WalkKernels {
  AddWalkTrees<float> add_rows_f32;  // tree by tree, rows side by side
  AddWalkTrees<double> add_rows_f64;
  AddWalkTrees<float> add_few_rows_f32;  // row by row, trees side by side
  AddWalkTrees<double> add_few_rows_f64;
};

}  // namespace gbengine

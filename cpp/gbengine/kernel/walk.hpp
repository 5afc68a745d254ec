// Tree walk on packed nodes: eight walks side by side, each from a root to a leaf.
//
// One walk waits for memory at every level; eight wait together. A walk that has found its leaf
// hands its place to the next one, so that a deep tree, whose leaves lie at many depths, keeps all
// places busy. A node is its threshold and one word: whether it is a leaf, where a missing value
// goes, how far behind it its left child lies, and its column; the right child comes behind the
// left. So a node of a float32 table is 8 bytes, one load. At a leaf the word holds the node's
// number in the model, where its values are. For trees too large for kernel/bit_vector. Called by
// predict/packed_walk. Example:
//   kernels().walk.narrow_f32.thresholds.add_rows(forest, tree_begin, tree_end, rows, out);
#pragma once

#include <cstdint>

namespace gbengine {

/// Word, from the top: a leaf; a missing value goes right; the left child's distance, or the number
/// of a leaf in its tree; the column, in the lowest `feature_bits`. In a forest with category sets
/// the lowest bit says that the node has one, whose number is then the threshold's bits; the column
/// is above it.
template <typename Threshold, typename Word>
struct WalkNode {
  Threshold threshold;
  Word word;
};

/// For float32 tables, if distance and column fit the word.
using NarrowWalkNode = WalkNode<float, std::uint32_t>;
/// For any table: a float32 is compared in double.
using WideWalkNode = WalkNode<double, std::uint64_t>;

/// A set has a bit for each of 256 categories; a value above 255 has the last one, one below 0 the
/// first, and fractions do not count.
inline constexpr int kWalkSetWords = 4;

template <typename Node>
struct WalkForest {
  const Node* nodes;
  const double* value;  // leaf_width of each node, in the model's order
  const std::int64_t* tree_begin;
  const std::int32_t* tree_output;
  const std::uint64_t* sets;  // kWalkSetWords a set; nullptr: all nodes have thresholds
  std::int32_t n_outputs;
  std::int32_t leaf_width;
  int feature_bits;
};

template <typename T>
struct WalkRows {
  const T* values;
  std::int64_t n_rows;
  std::int64_t row_stride;
  std::int64_t col_stride;
  bool may_miss;  // false: no value is NaN
};

/// All walk trees [tree_begin, tree_end). Rows go tree by tree; few rows, row by row.
template <typename Node, typename T>
struct WalkFunctions {
  /// Adds the values, in tree order, to out[row * n_outputs + output].
  using Add = void (*)(const WalkForest<Node>& forest, std::int32_t tree_begin,
                       std::int32_t tree_end, const WalkRows<T>& x, double* out);
  /// out[row * n_trees + tree] = the leaf's number in its tree.
  using Find = void (*)(const WalkForest<Node>& forest, std::int32_t n_trees, const WalkRows<T>& x,
                        std::int32_t* out);
  Add add_rows;
  Add add_few_rows;
  Find find_leaves;
  Find find_leaves_of_few;
};

/// For forests all of whose nodes have thresholds, and for those that have sets.
template <typename Node, typename T>
struct WalkVariants {
  WalkFunctions<Node, T> thresholds;
  WalkFunctions<Node, T> sets;
};

/// Whether one of n values, stride apart, is NaN.
template <typename T>
using HasMissing = bool (*)(const T* values, std::int64_t n, std::int64_t stride);

struct WalkKernels {
  WalkVariants<NarrowWalkNode, float> narrow_f32;
  WalkVariants<WideWalkNode, float> wide_f32;
  WalkVariants<WideWalkNode, double> wide_f64;
  HasMissing<float> has_missing_f32;
  HasMissing<double> has_missing_f64;
};

}  // namespace gbengine

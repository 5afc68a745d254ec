// Bit-vector traversal: which leaf a row reaches, without following a pointer.
//
// After QuickScorer (Lucchese et al., SIGIR 2015) and its vectorised form (SIGIR 2016). The leaves
// of a tree, from left to right, are bits. A node at which a row goes right rules out the leaves
// below its left child; when all nodes have spoken, the first bit left is the row's leaf. Every
// node costs one comparison and one AND for a whole vector of rows, and no branch depends on the
// values. Unlike the papers we take the nodes tree by tree, not feature by feature: the bits stay
// in registers, and leaf values are added in tree order. Trees of more than 32 leaves have several
// words of bits; a node takes part in the words that its left leaves touch. Called by
// predict/bit_vector_engine. Example:
//   kernels().bit_vector.add_f32(forest, tree_begin, tree_end, groups, sums);
#pragma once

#include <cstdint>

namespace gbengine {

/// Rows are handed over in groups of this many, column by column inside a group.
inline constexpr std::int64_t kRowsPerGroup = 64;
inline constexpr std::int32_t kLeavesPerWord = 32;

template <typename T>
struct BitVectorTest {
  T threshold;
  std::uint32_t clear;  // leaves of the word that a row going right cannot reach
  std::uint32_t slot;   // column of the group
};

/// The tests of 32 neighbouring leaves: [begin, missing_left_begin) send missing values right,
/// [missing_left_begin, end) send them left.
struct BitVectorWord {
  std::int64_t begin;
  std::int64_t missing_left_begin;
  std::int64_t end;
};

struct BitVectorTree {
  std::int64_t first_word;
  std::int64_t first_leaf;  // in leaf_value, which holds 32 a word
  std::int32_t n_words;
  std::int32_t output;
};

template <typename T>
struct BitVectorForest {
  const BitVectorTree* trees;
  const BitVectorWord* words;
  const BitVectorTest<T>* tests;
  const double* leaf_value;
  std::int64_t n_outputs;
};

/// n_rows rows in ceil(n_rows / 64) groups; the value of column `slot` of a group's row r is
/// values[group * group_stride + slot * 64 + r], there for all 64 r. A group starts on a cache
/// line.
template <typename T>
struct RowGroups {
  const T* values;
  std::int64_t group_stride;
  std::int64_t n_rows;
};

struct BitVectorKernels {
  /// Adds the leaf values of trees [tree_begin, tree_end), in order, to
  /// sums[group * n_outputs * 64 + output * 64 + r]; rows past n_rows may get anything.
  void (*add_f32)(const BitVectorForest<float>& forest, std::int32_t tree_begin,
                  std::int32_t tree_end, const RowGroups<float>& x, double* sums);
  void (*add_f64)(const BitVectorForest<double>& forest, std::int32_t tree_begin,
                  std::int32_t tree_end, const RowGroups<double>& x, double* sums);
};

}  // namespace gbengine

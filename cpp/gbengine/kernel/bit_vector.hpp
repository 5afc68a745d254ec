// Bit-vector traversal: which leaf a row reaches, without following a pointer.
//
// After QuickScorer (Lucchese et al., SIGIR 2015) and its vectorised form (SIGIR 2016). The leaves
// of a tree, from left to right, are bits. A node at which a row goes right rules out the leaves
// below its left child; when all nodes have spoken, the first bit left is the row's leaf. Every
// node costs a comparison and an AND for a whole vector of rows, and no branch depends on a value.
// Unlike the papers we take the nodes tree by tree, not feature by feature: the bits stay in
// registers, and leaf values are added in tree order. Trees of more than 32 leaves have several
// words of bits; a node takes part in each word that its left leaves touch. A node that splits on
// categories looks a row's code up in its set, which fits a register. Called by
// predict/bit_vector_engine and predict/binned_walk. Example:
//   kernels().bit_vector.thresholds.add_f32(forest, tree_begin, tree_end, groups, sums);
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

/// On bin codes.
template <>
struct BitVectorTest<std::uint8_t> {
  std::uint8_t bin_threshold;
  std::uint8_t missing_bin;
  std::uint32_t clear;
  std::uint32_t slot;
};

/// A test by a set of codes. In a group the codes are numbers of its type: 0 to 255, or -1 if they
/// are missing; bin codes are as they are, and the missing one is a member or not.
struct BitVectorSetTest {
  std::uint32_t left[9];  // bit c % 32 of word c / 32: code c goes left; the last word is for -1
  std::uint32_t clear;
  std::uint32_t slot;
};

/// The tests by sets of a word.
struct BitVectorSetRange {
  std::int64_t begin;
  std::int64_t end;
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
  const BitVectorSetTest* set_tests = nullptr;
  const BitVectorSetRange* set_ranges = nullptr;  // one a word
};

/// n_rows rows in groups of 64. Column `slot` of a group's row r is at
/// values[group * group_stride + slot * slot_stride + r]; values and both strides are multiples of
/// 64 bytes, and a group's rows may be read up to the next multiple of 16.
template <typename T>
struct RowGroups {
  const T* values;
  std::int64_t group_stride;
  std::int64_t slot_stride;
  std::int64_t n_rows;
};

template <typename T>
using AddBitVectorTrees = void (*)(const BitVectorForest<T>& forest, std::int32_t tree_begin,
                                   std::int32_t tree_end, const RowGroups<T>& x, double* sums);

/// Each adds the leaf values of trees [tree_begin, tree_end), in order, to
/// sums[group * n_outputs * 64 + output * 64 + r] of the n_rows rows.
struct BitVectorFunctions {
  AddBitVectorTrees<float> add_f32;
  AddBitVectorTrees<double> add_f64;
  AddBitVectorTrees<std::uint8_t> add_binned;
};

/// For forests without tests by sets, and for those that have some.
struct BitVectorKernels {
  BitVectorFunctions thresholds;
  BitVectorFunctions sets;
};

}  // namespace gbengine

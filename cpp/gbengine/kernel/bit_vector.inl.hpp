// The source of BitVectorKernels, compiled once for each instruction set.
//
// Loop order: tree, group of rows, word, test. A block of groups and one tree's tests fit in the
// first-level cache; a group's leaf bits stay in registers while all tests of a word pass by. Trip
// counts repeat from group to group, so the branch predictor learns them.
#pragma once

#include <cstdint>

#include "gbengine/kernel/bit_vector.hpp"
#include "gbengine/kernel/bit_vector_lanes.inl.hpp"
#include "gbengine/kernel/bit_vector_sets.inl.hpp"

namespace gbengine::GBENGINE_ISA_NAMESPACE {
namespace {

template <bool kMissingLeft, int kVectors, typename T>
inline void clear_leaves(const BitVectorTest<T>* test, const BitVectorTest<T>* end, const T* x,
                         std::int64_t slot_stride, Lanes (&alive)[kVectors]) {
  for (; test != end; ++test) {
    const T* column = x + static_cast<std::int64_t>(test->slot) * slot_stride;
    const Lanes clear = all_lanes(test->clear);
    for (int v = 0; v < kVectors; ++v)
      alive[v] = clear_where(goes_right<kMissingLeft>(column + v * kLanes, *test), clear, alive[v]);
  }
}

template <int kVectors, typename T>
inline void clear_leaves_by_sets(const BitVectorSetTest* test, const BitVectorSetTest* end,
                                 const T* x, std::int64_t slot_stride, Lanes (&alive)[kVectors]) {
  for (; test != end; ++test) {
    const T* column = x + static_cast<std::int64_t>(test->slot) * slot_stride;
    const SetLanes left = load_set(test->left);
    const Lanes clear = all_lanes(test->clear);
    for (int v = 0; v < kVectors; ++v)
      alive[v] =
          clear_where(is_outside(load_categories(column + v * kLanes), left), clear, alive[v]);
  }
}

/// leaf[r] of kVectors * kLanes rows. Words go from the last to the first, so that the first word
/// with a bit left has the final say.
template <int kVectors, bool kHasSets, typename T>
inline void find_leaves(const BitVectorForest<T>& forest, const BitVectorTree& tree, const T* x,
                        std::int64_t slot_stride, std::uint32_t* leaf) {
  for (std::int32_t w = tree.n_words - 1; w >= 0; --w) {
    const BitVectorWord& word = forest.words[tree.first_word + w];
    const BitVectorTest<T>* missing_left = forest.tests + word.missing_left_begin;
    Lanes alive[kVectors];
    for (int v = 0; v < kVectors; ++v) alive[v] = all_lanes(~std::uint32_t{0});
    clear_leaves<false>(forest.tests + word.begin, missing_left, x, slot_stride, alive);
    clear_leaves<true>(missing_left, forest.tests + word.end, x, slot_stride, alive);
    if constexpr (kHasSets) {
      const BitVectorSetRange range = forest.set_ranges[tree.first_word + w];
      clear_leaves_by_sets(forest.set_tests + range.begin, forest.set_tests + range.end, x,
                           slot_stride, alive);
    }
    const Lanes word_leaf = all_lanes(static_cast<std::uint32_t>(w * kLeavesPerWord));
    for (int v = 0; v < kVectors; ++v) {
      Lanes found = first_bit(alive[v]) + word_leaf;
      if (w != tree.n_words - 1)
        found = choose_if_any(alive[v], found, load_lanes(leaf + v * kLanes));
      store_lanes(found, leaf + v * kLanes);
    }
  }
}

#if defined(__AVX512F__)
/// For a tree of one word: its 32 leaf values fit in four registers, where they are looked up.
template <int kRows>
inline void add_values_in_registers(const double* values, const std::uint32_t* leaf, double* sums) {
  const __m512d v0 = _mm512_loadu_pd(values), v1 = _mm512_loadu_pd(values + 8);
  const __m512d v2 = _mm512_loadu_pd(values + 16), v3 = _mm512_loadu_pd(values + 24);
  for (int r = 0; r < kRows; r += 8) {
    const __m256i idx = _mm256_load_si256(reinterpret_cast<const __m256i*>(leaf + r));
    const __m512i wide_idx = _mm512_maskz_cvtepu32_epi64(0xff, idx);
    const __mmask8 upper = _mm256_test_epi32_mask(idx, _mm256_set1_epi32(16));
    const __m512d added = _mm512_mask_blend_pd(upper, _mm512_permutex2var_pd(v0, wide_idx, v1),
                                               _mm512_permutex2var_pd(v2, wide_idx, v3));
    _mm512_storeu_pd(sums + r, _mm512_add_pd(_mm512_loadu_pd(sums + r), added));
  }
}
#endif

/// Adds one tree's values to n_rows <= kVectors * kLanes rows.
template <int kVectors, bool kHasSets, typename T>
inline void add_leaf_values(const BitVectorForest<T>& forest, const BitVectorTree& tree, const T* x,
                            std::int64_t slot_stride, std::int64_t n_rows, double* sums) {
  constexpr int kRows = kVectors * kLanes;
  alignas(64) std::uint32_t leaf[kRows];
  find_leaves<kVectors, kHasSets>(forest, tree, x, slot_stride, leaf);
  const double* values = forest.leaf_value + tree.first_leaf;
  if (n_rows < kRows) {
    for (std::int64_t r = 0; r < n_rows; ++r) sums[r] += values[leaf[r]];
    return;
  }
#if defined(__AVX512F__)
  if (tree.n_words == 1) {
    add_values_in_registers<kRows>(values, leaf, sums);
    return;
  }
#endif
  for (int r = 0; r < kRows; ++r) sums[r] += values[leaf[r]];
}

template <bool kHasSets, typename T>
void add_bit_vector_trees(const BitVectorForest<T>& forest, std::int32_t tree_begin,
                          std::int32_t tree_end, const RowGroups<T>& x, double* sums) {
  constexpr std::int64_t kRowsAtOnce = kVectorsAtOnce * kLanes;
  for (std::int32_t t = tree_begin; t < tree_end; ++t) {
    const BitVectorTree& tree = forest.trees[t];
    const T* group = x.values;
    double* group_sums = sums + tree.output * kRowsPerGroup;
    for (std::int64_t left = x.n_rows; left > 0; left -= kRowsPerGroup) {
      const std::int64_t n_rows = left < kRowsPerGroup ? left : kRowsPerGroup;
      std::int64_t r = 0;
      for (; r + kRowsAtOnce <= n_rows; r += kRowsAtOnce)
        add_leaf_values<kVectorsAtOnce, kHasSets>(forest, tree, group + r, x.slot_stride,
                                                  kRowsAtOnce, group_sums + r);
      for (; r < n_rows; r += kLanes)
        add_leaf_values<1, kHasSets>(forest, tree, group + r, x.slot_stride, n_rows - r,
                                     group_sums + r);
      group += x.group_stride;
      group_sums += forest.n_outputs * kRowsPerGroup;
    }
  }
}

template <bool kHasSets>
constexpr BitVectorFunctions kBitVectorFunctions{add_bit_vector_trees<kHasSets, float>,
                                                 add_bit_vector_trees<kHasSets, double>,
                                                 add_bit_vector_trees<kHasSets, std::uint8_t>};

constexpr BitVectorKernels kBitVectorKernels{kBitVectorFunctions<false>, kBitVectorFunctions<true>};

}  // namespace
}  // namespace gbengine::GBENGINE_ISA_NAMESPACE

// The source of BitVectorKernels, compiled once for each instruction set.
//
// Loop order: tree, group of rows, word, test. A block of groups and one tree's tests fit in the
// first-level cache; a group's leaf bits stay in registers while all tests of a word pass by. Trip
// counts repeat from group to group, so the branch predictor learns them.

#pragma once

#include <cstdint>

#include "gbengine/kernel/bit_vector.hpp"
#include "gbengine/kernel/bit_vector_lanes.inl.hpp"

namespace gbengine::GBENGINE_ISA_NAMESPACE {
namespace {

template <bool kMissingLeft, int kVectors, typename T>
inline void clear_leaves(const BitVectorTest<T>* test, const BitVectorTest<T>* end, const T* x,
                         Lanes (&alive)[kVectors]) {
  for (; test != end; ++test) {
    const T* column = x + static_cast<std::int64_t>(test->slot) * kRowsPerGroup;
    const Lanes clear = all_lanes(test->clear);
    for (int v = 0; v < kVectors; ++v)
      alive[v] = clear_where(goes_right<kMissingLeft>(column + v * kLanes, test->threshold), clear,
                             alive[v]);
  }
}

/// leaf[r] of kVectors * kLanes rows. Words go from the last to the first, so that the first word
/// with a bit left has the final say.
template <int kVectors, typename T>
inline void find_leaves(const BitVectorForest<T>& forest, const BitVectorTree& tree, const T* x,
                        std::uint32_t* leaf) {
  for (std::int32_t w = tree.n_words - 1; w >= 0; --w) {
    const BitVectorWord& word = forest.words[tree.first_word + w];
    Lanes alive[kVectors];
    for (int v = 0; v < kVectors; ++v) alive[v] = all_lanes(~0u);
    clear_leaves<false>(forest.tests + word.begin, forest.tests + word.missing_left_begin, x,
                        alive);
    clear_leaves<true>(forest.tests + word.missing_left_begin, forest.tests + word.end, x, alive);
    if (tree.n_words == 1) {
      for (int v = 0; v < kVectors; ++v) store_lanes(first_bit(alive[v]), leaf + v * kLanes);
      return;
    }
    const Lanes word_leaf = all_lanes(static_cast<std::uint32_t>(w * kLeavesPerWord));
    for (int v = 0; v < kVectors; ++v) {
      const Lanes here = first_bit(alive[v]) + word_leaf;
      store_lanes(choose_if_any(alive[v], here, load_lanes(leaf + v * kLanes)), leaf + v * kLanes);
    }
  }
}

template <int kVectors, typename T>
inline void add_leaf_values(const BitVectorForest<T>& forest, const BitVectorTree& tree,
                            const T* x, double* sums) {
  constexpr int kRows = kVectors * kLanes;
  alignas(64) std::uint32_t leaf[kRows] = {};
  find_leaves<kVectors>(forest, tree, x, leaf);
  const double* values = forest.leaf_value + tree.first_leaf;
#if defined(__AVX512F__)
  if (tree.n_words == 1) {
    const __m512d t0=_mm512_loadu_pd(values),t1=_mm512_loadu_pd(values+8),t2=_mm512_loadu_pd(values+16),t3=_mm512_loadu_pd(values+24);
    for (int v=0; v<2*kVectors; ++v) {
      const __m256i l=_mm256_load_si256((const __m256i*)(leaf+8*v));
      const __m512i idx=_mm512_maskz_cvtepu32_epi64(0xff,l);
      const __mmask8 high=_mm256_test_epi32_mask(l,_mm256_set1_epi32(16));
      const __m512d a=_mm512_permutex2var_pd(t0,idx,t1), b=_mm512_permutex2var_pd(t2,idx,t3);
      _mm512_storeu_pd(sums+8*v,_mm512_add_pd(_mm512_loadu_pd(sums+8*v),_mm512_mask_blend_pd(high,a,b)));
    }
    return;
  }
#endif
  for (int r = 0; r < kRows; ++r) sums[r] += values[leaf[r]];
}

template <typename T>
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
        add_leaf_values<kVectorsAtOnce>(forest, tree, group + r, group_sums + r);
      for (; r < n_rows; r += kLanes) add_leaf_values<1>(forest, tree, group + r, group_sums + r);
      group += x.group_stride;
      group_sums += forest.n_outputs * kRowsPerGroup;
    }
  }
}

constexpr BitVectorKernels kBitVectorKernels{add_bit_vector_trees<float>,
                                             add_bit_vector_trees<double>};

}  // namespace
}  // namespace gbengine::GBENGINE_ISA_NAMESPACE

// The source of BinningKernels, compiled once for each instruction set.
//
// With AVX2 and AVX-512 a level of the tree is up to 16 or 8 registers, and "node[k] for a vector
// of k" is permutations of them joined by the upper bits of k: cheaper than gathers from memory,
// which some processors do one element at a time. Elsewhere 16 values go down the tree together,
// so that their loads overlap.
//
// Doubles go down the tree of floats too, twice as many at a time, rounded as its nodes are. That
// tells all thresholds apart but those that round to the same float as the value. These are at the
// place where the search ended, so one comparison of doubles there finds out whether any matters.
#pragma once

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include <cstdint>

#include "gbengine/kernel/binning.hpp"

namespace gbengine::GBENGINE_ISA_NAMESPACE {
namespace {

#if defined(__AVX512F__)

constexpr int kTreeLanes = 16;
constexpr int kTopLevels = 4;  // of which all nodes together fit in a register

// The unmasked intrinsics start from an undefined register, and GCC 12 warns of it (its bug
// 105593).
constexpr __mmask16 kAllLanes = 0xffff;

/// level[k % 16] for each lane's k.
inline __m512 permute(__m512 level, __m512i at) {
  return _mm512_maskz_permutexvar_ps(kAllLanes, at, level);
}

/// level[k % 2^kLevel] for each lane's k; level has 2^kLevel nodes.
template <int kLevel>
inline __m512 node_of_level(const float* level, __m512i at) {
  if constexpr (kLevel == 4) {
    return permute(_mm512_load_ps(level), at);
  } else if constexpr (kLevel == 5) {
    return _mm512_permutex2var_ps(_mm512_load_ps(level), at, _mm512_load_ps(level + 16));
  } else {
    constexpr int kHalf = 1 << (kLevel - 1);
    const __mmask16 upper = _mm512_test_epi32_mask(at, _mm512_set1_epi32(kHalf));
    return _mm512_mask_mov_ps(node_of_level<kLevel - 1>(level, at), upper,
                              node_of_level<kLevel - 1>(level + kHalf, at));
  }
}

inline __m512i descend(__m512i at, __m512 node, __m512 x) {
  const __mmask16 right = _mm512_cmp_ps_mask(node, x, _CMP_LT_OQ);
  const __m512i left_child = _mm512_add_epi32(at, at);
  return _mm512_mask_add_epi32(left_child, right, left_child, _mm512_set1_epi32(1));
}

inline __m512i find_vector(const ThresholdTree& tree, __m512 x) {
  const __m512 top = _mm512_load_ps(tree.nodes);
  __m512i at = _mm512_set1_epi32(1);
  for (int level = 0; level < kTopLevels && level < tree.depth; ++level)
    at = descend(at, permute(top, at), x);
  if (tree.depth > 4) at = descend(at, node_of_level<4>(tree.nodes + 16, at), x);
  if (tree.depth > 5) at = descend(at, node_of_level<5>(tree.nodes + 32, at), x);
  if (tree.depth > 6) at = descend(at, node_of_level<6>(tree.nodes + 64, at), x);
  if (tree.depth > 7) at = descend(at, node_of_level<7>(tree.nodes + 128, at), x);
  at = _mm512_sub_epi32(at, _mm512_set1_epi32(1 << tree.depth));
  const __mmask16 is_missing = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
  return _mm512_mask_mov_epi32(at, is_missing, _mm512_set1_epi32(tree.missing_code));
}

inline void find_lanes(const ThresholdTree& tree, const float* values, std::uint8_t* codes) {
  const __m512i found = find_vector(tree, _mm512_loadu_ps(values));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(codes), _mm512_maskz_cvtepi32_epi8(kAllLanes, found));
}

#elif defined(__AVX2__)

constexpr int kTreeLanes = 8;
constexpr int kTopLevels = 3;

/// level[k % 2^kLevel] for each lane's k; level has 2^kLevel nodes.
template <int kLevel>
inline __m256 node_of_level(const float* level, __m256i at) {
  if constexpr (kLevel == 3) {
    return _mm256_permutevar8x32_ps(_mm256_load_ps(level), at);
  } else {
    constexpr int kHalf = 1 << (kLevel - 1);
    const __m256i upper = _mm256_slli_epi32(at, 32 - kLevel);  // the bit of kHalf, as a sign
    return _mm256_blendv_ps(node_of_level<kLevel - 1>(level, at),
                            node_of_level<kLevel - 1>(level + kHalf, at),
                            _mm256_castsi256_ps(upper));
  }
}

inline __m256i descend(__m256i at, __m256 node, __m256 x) {
  const __m256i right = _mm256_castps_si256(_mm256_cmp_ps(node, x, _CMP_LT_OQ));  // 0 or -1
  return _mm256_sub_epi32(_mm256_add_epi32(at, at), right);
}

inline __m256i find_vector(const ThresholdTree& tree, __m256 x) {
  const __m256 top = _mm256_load_ps(tree.nodes);
  __m256i at = _mm256_set1_epi32(1);
  for (int level = 0; level < kTopLevels && level < tree.depth; ++level)
    at = descend(at, _mm256_permutevar8x32_ps(top, at), x);
  if (tree.depth > 3) at = descend(at, node_of_level<3>(tree.nodes + 8, at), x);
  if (tree.depth > 4) at = descend(at, node_of_level<4>(tree.nodes + 16, at), x);
  if (tree.depth > 5) at = descend(at, node_of_level<5>(tree.nodes + 32, at), x);
  if (tree.depth > 6) at = descend(at, node_of_level<6>(tree.nodes + 64, at), x);
  if (tree.depth > 7) at = descend(at, node_of_level<7>(tree.nodes + 128, at), x);
  at = _mm256_sub_epi32(at, _mm256_set1_epi32(1 << tree.depth));
  const __m256 is_missing = _mm256_cmp_ps(x, x, _CMP_UNORD_Q);
  return _mm256_blendv_epi8(at, _mm256_set1_epi32(tree.missing_code),
                            _mm256_castps_si256(is_missing));
}

inline void find_lanes(const ThresholdTree& tree, const float* values, std::uint8_t* codes) {
  const __m256i found = find_vector(tree, _mm256_loadu_ps(values));
  // The low bytes of the four words of each half, joined.
  const __m256i low_bytes = _mm256_shuffle_epi8(found, _mm256_set1_epi32(0x0c080400));
  const auto low = static_cast<std::uint32_t>(_mm256_extract_epi32(low_bytes, 0));
  const auto high = static_cast<std::uint32_t>(_mm256_extract_epi32(low_bytes, 4));
  __builtin_memcpy(codes, &low, 4);
  __builtin_memcpy(codes + 4, &high, 4);
}

#else

constexpr int kTreeLanes = 16;

inline void find_lanes(const ThresholdTree& tree, const float* values, std::uint8_t* codes) {
  std::uint32_t at[kTreeLanes];
  for (int j = 0; j < kTreeLanes; ++j) at[j] = 1;
  for (std::int32_t level = 0; level < tree.depth; ++level)
    for (int j = 0; j < kTreeLanes; ++j) at[j] = 2 * at[j] + (tree.nodes[at[j]] < values[j]);
  for (int j = 0; j < kTreeLanes; ++j) {
    const auto code = static_cast<std::uint8_t>(at[j] - (1U << tree.depth));
    codes[j] = values[j] != values[j] ? tree.missing_code : code;
  }
}

#endif

void find_codes_float(const ThresholdTree& tree, const float* values, std::int64_t n,
                      std::uint8_t* codes) {
  std::int64_t i = 0;
  for (; i + kTreeLanes <= n; i += kTreeLanes) find_lanes(tree, values + i, codes + i);
  const std::int64_t n_left = n - i;
  if (n_left == 0) return;
  float last[kTreeLanes] = {};
  std::uint8_t last_codes[kTreeLanes];
  for (std::int64_t j = 0; j < n_left; ++j) last[j] = values[i + j];
  find_lanes(tree, last, last_codes);
  for (std::int64_t j = 0; j < n_left; ++j) codes[i + j] = last_codes[j];
}

/// The number of thresholds below x.
inline std::uint8_t search_doubles(const ThresholdTree& tree, double x) {
  std::int32_t n_below = 0;
  for (std::int32_t half = 1 << tree.depth; half /= 2, half > 0;)
    n_below += tree.thresholds[n_below + half - 1] < x ? half : 0;
  return static_cast<std::uint8_t>(n_below);
}

void find_codes_double(const ThresholdTree& tree, const double* values, std::int64_t n,
                       std::uint8_t* codes) {
  constexpr std::int64_t kPiece = 128;
  float rounded[kPiece];
  for (std::int64_t begin = 0; begin < n; begin += kPiece) {
    const std::int64_t size = n - begin < kPiece ? n - begin : kPiece;
    for (std::int64_t i = 0; i < size; ++i) rounded[i] = static_cast<float>(values[begin + i]);
    find_codes_float(tree, rounded, size, codes + begin);
    for (std::int64_t i = begin; i < begin + size; ++i)
      if (tree.thresholds[codes[i]] < values[i]) codes[i] = search_doubles(tree, values[i]);
  }
}

void pack_rows(const std::uint8_t* const columns[4], std::int64_t n, std::uint8_t* rows,
               std::int64_t row_stride) {
  const std::uint8_t *c0 = columns[0], *c1 = columns[1], *c2 = columns[2], *c3 = columns[3];
  for (std::int64_t i = 0; i < n; ++i) {
    const std::uint8_t four[4] = {c0[i], c1[i], c2[i], c3[i]};
    __builtin_memcpy(rows + i * row_stride, four, 4);
  }
}

constexpr BinningKernels kBinningKernels{find_codes_float, find_codes_double, pack_rows};

}  // namespace
}  // namespace gbengine::GBENGINE_ISA_NAMESPACE

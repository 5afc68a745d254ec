// What bit_vector.inl.hpp needs of an instruction set: vectors of rows, compared and cleared.
//
// Lanes holds one 32-bit word of leaf bits for each of kLanes rows. goes_right<missing_left>(x, t)
// says in which of kLanes rows test t fails; a missing value fails unless missing_left; tests by
// sets are in bit_vector_sets.inl.hpp. Plain arithmetic is left to the vector extensions that GCC
// and Clang share; on other machines than x86-64 with AVX2 everything is, with vectors of 16 bytes
// (SSE2, NEON).
#pragma once

#if defined(__AVX2__)
#include <immintrin.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <cstdint>

#include "gbengine/kernel/bit_vector.hpp"

namespace gbengine::GBENGINE_ISA_NAMESPACE {
namespace {

#if defined(__AVX512F__)
constexpr int kLanes = 16;
constexpr int kVectorsAtOnce = 4;  // what fits the registers, at most a group of 64 rows
#elif defined(__AVX2__)
constexpr int kLanes = 8;
constexpr int kVectorsAtOnce = 8;
#else
constexpr int kLanes = 4;
constexpr int kVectorsAtOnce = 8;
#endif

using Lanes = std::uint32_t __attribute__((vector_size(4 * kLanes), may_alias));
using SignedLanes = std::int32_t __attribute__((vector_size(4 * kLanes)));
using FloatLanes = float __attribute__((vector_size(4 * kLanes), may_alias));

inline Lanes load_lanes(const std::uint32_t* at) {
  return *reinterpret_cast<const Lanes*>(at);
}
inline void store_lanes(Lanes lanes, std::uint32_t* at) {
  *reinterpret_cast<Lanes*>(at) = lanes;
}
inline Lanes all_lanes(std::uint32_t word) {
  return Lanes{} + word;
}

/// Index of the lowest bit set (some number where none is): 2^i as a float has i in its exponent.
inline Lanes first_bit(Lanes alive) {
  const SignedLanes lowest = (SignedLanes)(alive & -alive);
  const Lanes as_float = (Lanes) __builtin_convertvector(lowest, FloatLanes);
  return ((as_float >> 23) - 127) & 31;
}

/// Codes as 32-bit numbers. Not by __builtin_convertvector: GCC 12 takes them one by one.
inline SignedLanes load_codes(const std::uint8_t* x) {
#if defined(__AVX512F__)
  return (SignedLanes)_mm512_maskz_cvtepu8_epi32(
      0xffff, _mm_load_si128(reinterpret_cast<const __m128i*>(x)));
#elif defined(__AVX2__)
  return (SignedLanes)_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(x)));
#elif defined(__SSE2__)
  int codes;
  __builtin_memcpy(&codes, x, sizeof codes);
  const __m128i bytes = _mm_cvtsi32_si128(codes), zero = _mm_setzero_si128();
  return (SignedLanes)_mm_unpacklo_epi16(_mm_unpacklo_epi8(bytes, zero), zero);
#else
  return SignedLanes{x[0], x[1], x[2], x[3]};
#endif
}

#if defined(__AVX512F__)

using Where = __mmask16;

inline Lanes clear_where(Where where, Lanes clear, Lanes alive) {
  return (Lanes)_mm512_mask_andnot_epi32((__m512i)alive, where, (__m512i)clear, (__m512i)alive);
}
inline Lanes choose_if_any(Lanes alive, Lanes then, Lanes otherwise) {
  const Where any = _mm512_test_epi32_mask((__m512i)alive, (__m512i)alive);
  return (Lanes)_mm512_mask_mov_epi32((__m512i)otherwise, any, (__m512i)then);
}
template <bool kMissingLeft>
inline Where goes_right(const float* x, const BitVectorTest<float>& test) {
  return _mm512_cmp_ps_mask(_mm512_load_ps(x), _mm512_set1_ps(test.threshold),
                            kMissingLeft ? _CMP_GT_OQ : _CMP_NLE_UQ);
}
template <bool kMissingLeft>
inline Where goes_right(const double* x, const BitVectorTest<double>& test) {
  constexpr int kCompare = kMissingLeft ? _CMP_GT_OQ : _CMP_NLE_UQ;
  const __m512d t = _mm512_set1_pd(test.threshold);
  const __mmask8 low = _mm512_cmp_pd_mask(_mm512_load_pd(x), t, kCompare);
  const __mmask8 high = _mm512_cmp_pd_mask(_mm512_load_pd(x + 8), t, kCompare);
  return _mm512_kunpackb(high, low);
}
template <bool kMissingLeft>
inline Where goes_right(const std::uint8_t* x, const BitVectorTest<std::uint8_t>& test) {
  const __m512i codes = (__m512i)load_codes(x);
  const Where above = _mm512_cmpgt_epi32_mask(codes, _mm512_set1_epi32(test.bin_threshold));
  if (!kMissingLeft) return above;
  return _mm512_mask_cmpneq_epi32_mask(above, codes, _mm512_set1_epi32(test.missing_bin));
}

#else

using Where = Lanes;

inline Lanes clear_where(Where where, Lanes clear, Lanes alive) {
  return alive & ~(where & clear);
}
inline Lanes choose_if_any(Lanes alive, Lanes then, Lanes otherwise) {
  const Lanes none = (Lanes)(alive == 0);
  return (otherwise & none) | (then & ~none);
}
template <bool kMissingLeft>
inline Where goes_right(const float* x, const BitVectorTest<float>& test) {
  const FloatLanes values = *reinterpret_cast<const FloatLanes*>(x);
  const FloatLanes t = FloatLanes{} + test.threshold;
  return kMissingLeft ? (Lanes)(values > t) : ~(Lanes)(values <= t);
}
template <bool kMissingLeft>
inline Where goes_right(const std::uint8_t* x, const BitVectorTest<std::uint8_t>& test) {
  const SignedLanes codes = load_codes(x);
  const Lanes above = (Lanes)(codes > test.bin_threshold);
  return kMissingLeft ? above & (Lanes)(codes != test.missing_bin) : above;
}

#if defined(__AVX2__)
template <bool kMissingLeft>
inline Where goes_right(const double* x, const BitVectorTest<double>& test) {
  constexpr int kCompare = kMissingLeft ? _CMP_GT_OQ : _CMP_NLE_UQ;
  const __m256d t = _mm256_set1_pd(test.threshold);
  // Rows 0 1 4 5 and 2 3 6 7, since the shuffle below works in halves of a register.
  const __m256d a =
      _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_load_pd(x)), _mm_load_pd(x + 4), 1);
  const __m256d b =
      _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_load_pd(x + 2)), _mm_load_pd(x + 6), 1);
  const __m256 low = _mm256_castpd_ps(_mm256_cmp_pd(a, t, kCompare));
  const __m256 high = _mm256_castpd_ps(_mm256_cmp_pd(b, t, kCompare));
  return (Lanes)_mm256_shuffle_ps(low, high, 0x88);
}
#else
using DoublePair = double __attribute__((vector_size(16), may_alias));

template <bool kMissingLeft>
inline Where goes_right(const double* x, const BitVectorTest<double>& test) {
  const DoublePair a = *reinterpret_cast<const DoublePair*>(x);
  const DoublePair b = *reinterpret_cast<const DoublePair*>(x + 2);
  const DoublePair t = {test.threshold, test.threshold};
  const Lanes low = kMissingLeft ? (Lanes)(a > t) : ~(Lanes)(a <= t);
  const Lanes high = kMissingLeft ? (Lanes)(b > t) : ~(Lanes)(b <= t);
  return Lanes{low[0], low[2], high[0], high[2]};
}
#endif

#endif

}  // namespace
}  // namespace gbengine::GBENGINE_ISA_NAMESPACE

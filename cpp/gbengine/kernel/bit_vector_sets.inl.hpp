// What bit_vector.inl.hpp needs for tests by sets: vectors of codes, looked up in 256 bits.
//
// A set is eight words of 32 bits: a register, in which one instruction finds the word of every
// code; a shift finds the bit. Code -1, a missing value, reads as word 15 of a set of 16 words, so
// that with AVX-512 the upper eight words answer for it. Without AVX2 the codes are looked up one
// by one.
#pragma once

#include <cstdint>

#include "gbengine/kernel/bit_vector.hpp"
#include "gbengine/kernel/bit_vector_lanes.inl.hpp"

namespace gbengine::GBENGINE_ISA_NAMESPACE {
namespace {

inline SignedLanes load_categories(const std::uint8_t* x) {
  return load_codes(x);
}

#if defined(__AVX512F__)

using SetLanes = __m512i;

inline SignedLanes load_categories(const float* x) {
  return (SignedLanes)_mm512_maskz_cvttps_epi32(0xffff, _mm512_load_ps(x));
}
inline SignedLanes load_categories(const double* x) {
  const __m256i low = _mm512_maskz_cvttpd_epi32(0xff, _mm512_load_pd(x));
  const __m256i high = _mm512_maskz_cvttpd_epi32(0xff, _mm512_load_pd(x + 8));
  return (SignedLanes)_mm512_maskz_inserti64x4(0xff, _mm512_castsi256_si512(low), high, 1);
}
inline SetLanes load_set(const std::uint32_t* left) {
  const __m256i codes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(left));
  const __m512i missing = _mm512_set1_epi32(static_cast<std::int32_t>(left[8]));
  return _mm512_maskz_inserti64x4(0xff, missing, codes, 0);
}
inline Where is_outside(SignedLanes codes, SetLanes left) {
  const __m512i c = (__m512i)codes;
  const __m512i words =
      _mm512_maskz_permutexvar_epi32(0xffff, _mm512_maskz_srli_epi32(0xffff, c, 5), left);
  return _mm512_testn_epi32_mask(_mm512_maskz_rorv_epi32(0xffff, words, c), _mm512_set1_epi32(1));
}

#elif defined(__AVX2__)

struct SetLanes {
  __m256i codes;
  __m256i missing;
};

inline SignedLanes load_categories(const float* x) {
  return (SignedLanes)_mm256_cvttps_epi32(_mm256_load_ps(x));
}
inline SignedLanes load_categories(const double* x) {
  const __m128i low = _mm256_cvttpd_epi32(_mm256_load_pd(x));
  const __m128i high = _mm256_cvttpd_epi32(_mm256_load_pd(x + 4));
  return (SignedLanes)_mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
}
inline SetLanes load_set(const std::uint32_t* left) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(left)),
          _mm256_set1_epi32(static_cast<std::int32_t>(left[8]))};
}
inline Where is_outside(SignedLanes codes, SetLanes left) {
  const __m256i c = (__m256i)codes;
  const __m256i words = _mm256_permutevar8x32_epi32(left.codes, _mm256_srli_epi32(c, 5));
  // The code's bit becomes the sign, or the missing values' does where the code is below 0.
  const __m256i signs = _mm256_sllv_epi32(words, _mm256_andnot_si256(c, _mm256_set1_epi32(31)));
  const __m256 chosen = _mm256_blendv_ps(_mm256_castsi256_ps(signs),
                                         _mm256_castsi256_ps(left.missing), _mm256_castsi256_ps(c));
  return ~(Lanes)_mm256_srai_epi32(_mm256_castps_si256(chosen), 31);
}

#else

using SetLanes = const std::uint32_t*;

inline SignedLanes load_categories(const float* x) {
  return __builtin_convertvector(*reinterpret_cast<const FloatLanes*>(x), SignedLanes);
}
inline SignedLanes load_categories(const double* x) {
  return SignedLanes{static_cast<std::int32_t>(x[0]), static_cast<std::int32_t>(x[1]),
                     static_cast<std::int32_t>(x[2]), static_cast<std::int32_t>(x[3])};
}
inline SetLanes load_set(const std::uint32_t* left) {
  return left;
}
inline Where is_outside(SignedLanes codes, SetLanes left) {
  Lanes outside{};
  for (int i = 0; i < kLanes; ++i) {
    const auto code = static_cast<std::uint32_t>(codes[i]);
    const std::uint32_t word = left[code / 32 < 8 ? code / 32 : 8];
    outside[i] = (word >> (code % 32) & 1) - 1;
  }
  return outside;
}

#endif

}  // namespace
}  // namespace gbengine::GBENGINE_ISA_NAMESPACE

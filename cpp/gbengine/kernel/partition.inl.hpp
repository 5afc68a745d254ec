// The source of PartitionKernels, compiled once for each instruction set.
//
// decide collects 64 codes (they lie together for the root, else they are fetched one by one: a
// gather instruction is no faster) and compares them as bytes, or looks them up in a set of bits by
// shuffling its bytes. scatter packs the left rows of a
// vector to its front and stores the whole vector; the rows stored past the piece's end belong to
// somebody else, so the last ones go one by one.
#pragma once

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include <cstdint>

#include "gbengine/kernel/partition.hpp"

namespace gbengine::GBENGINE_ISA_NAMESPACE {
namespace {

#if defined(__AVX2__)
constexpr std::uint64_t kBitOfCode = 0x8040201008040201;  // by byte: 1 << (code % 8)
#endif

/// Bit i is set if codes[i] <= bin or codes[i] == also_left.
inline std::uint64_t compare_64(const std::uint8_t* codes, std::uint8_t bin,
                                std::uint8_t also_left) {
#if defined(__AVX512BW__)
  const __m512i c = _mm512_loadu_si512(codes);
  return _mm512_cmple_epu8_mask(c, _mm512_set1_epi8(static_cast<char>(bin))) |
         _mm512_cmpeq_epu8_mask(c, _mm512_set1_epi8(static_cast<char>(also_left)));
#elif defined(__AVX2__)
  std::uint64_t bits = 0;
  const __m256i limit = _mm256_set1_epi8(static_cast<char>(bin));
  const __m256i other = _mm256_set1_epi8(static_cast<char>(also_left));
  for (int half = 0; half < 2; ++half) {
    const __m256i c = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(codes + 32 * half));
    const __m256i below = _mm256_cmpeq_epi8(_mm256_min_epu8(c, limit), c);
    const __m256i hit = _mm256_or_si256(below, _mm256_cmpeq_epi8(c, other));
    bits |= std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(hit))} << (32 * half);
  }
  return bits;
#else
  std::uint64_t bits = 0;
  for (int i = 0; i < 64; ++i) {
    const std::uint64_t hit =
        static_cast<std::uint64_t>((codes[i] <= bin) | (codes[i] == also_left));
    bits |= hit << i;
  }
  return bits;
#endif
}

/// Bit i is set if bit codes[i] of the set is. The set's byte of a code, number code / 8, comes out
/// of one of two halves of 16 bytes: a shuffle gives 0 where the top bit of its index is set, which
/// is the top bit of the code.
#if defined(__AVX512BW__)
inline std::uint64_t look_up_64(const std::uint8_t* codes, const std::uint64_t* set) {
  const auto* halves = reinterpret_cast<const __m128i*>(set);
  // g++ takes what the form without a mask leaves undefined for a mistake.
  const __m512i low = _mm512_maskz_broadcast_i32x4(0xffff, _mm_loadu_si128(halves));
  const __m512i high = _mm512_maskz_broadcast_i32x4(0xffff, _mm_loadu_si128(halves + 1));
  const __m512i top = _mm512_set1_epi8(static_cast<char>(0x80));
  const __m512i c = _mm512_loadu_si512(codes);
  const __m512i eighth = _mm512_and_si512(_mm512_srli_epi16(c, 3), _mm512_set1_epi8(0x0f));
  const __m512i at = _mm512_or_si512(eighth, _mm512_and_si512(c, top));
  const __m512i bytes = _mm512_or_si512(_mm512_shuffle_epi8(low, at),
                                        _mm512_shuffle_epi8(high, _mm512_xor_si512(at, top)));
  const __m512i bit = _mm512_shuffle_epi8(_mm512_set1_epi64(static_cast<long long>(kBitOfCode)),
                                          _mm512_and_si512(c, _mm512_set1_epi8(7)));
  return _mm512_test_epi8_mask(bytes, bit);
}
#elif defined(__AVX2__)
inline std::uint64_t look_up_64(const std::uint8_t* codes, const std::uint64_t* set) {
  const auto* halves = reinterpret_cast<const __m128i*>(set);
  const __m256i low = _mm256_broadcastsi128_si256(_mm_loadu_si128(halves));
  const __m256i high = _mm256_broadcastsi128_si256(_mm_loadu_si128(halves + 1));
  const __m256i top = _mm256_set1_epi8(static_cast<char>(0x80));
  const __m256i bit_of_code = _mm256_set1_epi64x(static_cast<long long>(kBitOfCode));
  std::uint64_t bits = 0;
  for (int half = 0; half < 2; ++half) {
    const __m256i c = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(codes + 32 * half));
    const __m256i eighth = _mm256_and_si256(_mm256_srli_epi16(c, 3), _mm256_set1_epi8(0x0f));
    const __m256i at = _mm256_or_si256(eighth, _mm256_and_si256(c, top));
    const __m256i bytes = _mm256_or_si256(_mm256_shuffle_epi8(low, at),
                                          _mm256_shuffle_epi8(high, _mm256_xor_si256(at, top)));
    const __m256i bit = _mm256_shuffle_epi8(bit_of_code, _mm256_and_si256(c, _mm256_set1_epi8(7)));
    const __m256i hit = _mm256_cmpeq_epi8(_mm256_and_si256(bytes, bit), bit);
    bits |= std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(hit))} << (32 * half);
  }
  return bits;
}
#else
inline std::uint64_t look_up_64(const std::uint8_t* codes, const std::uint64_t* set) {
  std::uint64_t bits = 0;
  for (int i = 0; i < 64; ++i) bits |= (set[codes[i] / 64] >> (codes[i] % 64) & 1) << i;
  return bits;
}
#endif

template <bool kBySet>
inline std::int64_t decide_by(const PartitionArgs& args) {
  std::int64_t n_left = 0;
  for (std::int64_t i = 0; i < args.n; i += 64) {
    const std::int64_t n = args.n - i < 64 ? args.n - i : 64;
    std::uint8_t gathered[64];
    const std::uint8_t* codes = args.column + args.first_row + i;
    if (args.row_idx != nullptr) {
      if (n == 64) {
        for (int k = 0; k < 64; ++k) gathered[k] = args.column[args.row_idx[i + k]];
      } else {
        for (int k = 0; k < 64; ++k) gathered[k] = k < n ? args.column[args.row_idx[i + k]] : 0;
      }
      codes = gathered;
    }
    std::uint64_t bits =
        kBySet ? look_up_64(codes, args.left_codes) : compare_64(codes, args.bin, args.also_left);
    if (n < 64) bits &= (std::uint64_t{1} << n) - 1;
    args.goes_left[i / 64] = bits;
    n_left += __builtin_popcountll(bits);
  }
  return n_left;
}

std::int64_t decide(const PartitionArgs& args) {
  return args.left_codes != nullptr ? decide_by<true>(args) : decide_by<false>(args);
}

#if defined(__AVX512F__)
constexpr int kScatterLanes = 16;

inline void scatter_lanes(const PartitionArgs& args, std::int64_t i, std::uint32_t bits,
                          std::uint32_t* left, std::uint32_t* right) {
  const __m512i iota = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m512i rows =
      args.row_idx != nullptr
          ? _mm512_loadu_si512(args.row_idx + i)
          : _mm512_add_epi32(iota, _mm512_set1_epi32(static_cast<int>(args.first_row + i)));
  const __mmask16 mask = static_cast<__mmask16>(bits);
  _mm512_storeu_si512(left, _mm512_maskz_compress_epi32(mask, rows));
  _mm512_storeu_si512(right, _mm512_maskz_compress_epi32(static_cast<__mmask16>(~mask), rows));
}
#elif defined(__AVX2__)
constexpr int kScatterLanes = 8;

/// The lanes whose bit is set, moved to the front: the permutation is made of bits by pdep/pext.
inline __m256i compress_8(__m256i rows, std::uint32_t bits) {
  const std::uint64_t bytes = _pdep_u64(bits, 0x0101010101010101) * 0xff;
  const std::uint64_t lanes = _pext_u64(0x0706050403020100, bytes);
  return _mm256_permutevar8x32_epi32(
      rows, _mm256_cvtepu8_epi32(_mm_cvtsi64_si128(static_cast<long long>(lanes))));
}

inline void scatter_lanes(const PartitionArgs& args, std::int64_t i, std::uint32_t bits,
                          std::uint32_t* left, std::uint32_t* right) {
  const __m256i iota = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  const __m256i rows =
      args.row_idx != nullptr
          ? _mm256_loadu_si256(reinterpret_cast<const __m256i*>(args.row_idx + i))
          : _mm256_add_epi32(iota, _mm256_set1_epi32(static_cast<int>(args.first_row + i)));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(left), compress_8(rows, bits));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(right), compress_8(rows, ~bits & 255));
}
#endif

inline std::uint32_t row_at(const PartitionArgs& args, std::int64_t i) {
  return args.row_idx != nullptr ? args.row_idx[i] : static_cast<std::uint32_t>(args.first_row + i);
}

void scatter(const PartitionArgs& args, std::int64_t n_left) {
  std::uint32_t* left = args.left;
  std::uint32_t* right = args.right;
  std::int64_t i = 0;
#if defined(__AVX2__)
  const std::uint32_t* left_end = args.left + n_left;
  const std::uint32_t* right_end = args.right + (args.n - n_left);
  for (; left + kScatterLanes <= left_end && right + kScatterLanes <= right_end &&
         i + kScatterLanes <= args.n;
       i += kScatterLanes) {
    const std::uint32_t bits = static_cast<std::uint32_t>(args.goes_left[i / 64] >> (i % 64)) &
                               ((1u << kScatterLanes) - 1);
    scatter_lanes(args, i, bits, left, right);
    const int n_bits = __builtin_popcount(bits);
    left += n_bits;
    right += kScatterLanes - n_bits;
  }
#else
  (void)n_left;
#endif
  for (; i < args.n; ++i) {
    const bool goes_left = (args.goes_left[i / 64] >> (i % 64)) & 1;
    std::uint32_t*& end = goes_left ? left : right;
    *end++ = row_at(args, i);
  }
}

void add_to_rows(double* raw, const std::uint32_t* row_idx, std::int64_t n, double value) {
  for (std::int64_t i = 0; i < n; ++i) raw[row_idx[i]] += value;
}

constexpr PartitionKernels kPartitionKernels{decide, scatter, add_to_rows};

}  // namespace
}  // namespace gbengine::GBENGINE_ISA_NAMESPACE

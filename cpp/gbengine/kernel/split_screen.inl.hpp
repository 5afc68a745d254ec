// Screening, for the sources of SplitScanKernels and ColumnScreenKernels: finds the few splits that
// can be the best in single precision, with twice the lanes and one division or none a split, and
// leaves it to the formula in double (split_score.inl.hpp) to decide among them.
//
// Why nothing is lost: the sums are integers and are subtracted as such; what follows adds and
// multiplies numbers that are not negative, at most 13 roundings deep, so that a single-precision
// total is within 13 * 2^-24 of the real one, relatively. Splits further below the largest than
// kDoubt cannot be the best. may_screen (split_scan.hpp) keeps all numbers in its range.
#pragma once

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

#include <cstdint>

#include "gbengine/kernel/split_scan.hpp"
#include "gbengine/kernel/split_score.inl.hpp"

namespace gbengine::GBENGINE_ISA_NAMESPACE {
namespace {

constexpr std::int32_t kScreenLanes = 2 * kScanLanes;
typedef float Floats __attribute__((vector_size(4 * kScreenLanes), may_alias));
typedef std::int32_t Halves __attribute__((vector_size(4 * kScreenLanes), may_alias));

constexpr float kDoubt = 0x1p-18f;

/// What the passes of a screening leave behind, by split; whole vectors.
template <std::int32_t kSplits>
struct Screened {
  alignas(64) std::int32_t left_grad[kSplits];  // before `start` is added
  alignas(64) std::int32_t left_hess[kSplits];
  alignas(64) float total[kSplits];  // in integer units
};

/// What all splits of a node have in common.
struct ScreenedNode {
  GradientSum sum;
  std::int32_t least_hess;  // of a side; -1: more than any can have
  float l2;                 // in integer units
};

/// The real total of a total in integer units.
inline double total_unit(const ScoreParams& p) {
  return p.grad_unit * p.grad_unit / p.hess_unit;
}

inline ScreenedNode screened_node(GradientSum sum, double min_hess, const ScoreParams& p) {
  const double least = min_hess > 1.0 ? __builtin_ceil(min_hess) : 1.0;
  // Two sides hold less than 2^31 together.
  return {sum, least > 0x1p30 ? -1 : static_cast<std::int32_t>(least),
          static_cast<float>(p.l2 / p.hess_unit)};
}

#if defined(__AVX512F__)
/// Up to eight cells, zeros behind the n-th.
inline __m512i load_cells(const std::int64_t* cells, std::int32_t n) {
  const auto inside = static_cast<__mmask8>(n >= 8 ? 0xff : n > 0 ? (1 << n) - 1 : 0);
  return _mm512_maskz_loadu_epi64(inside, cells);
}

inline void part(__m512i first, __m512i second, Halves& grads, Halves& hesses) {
  const __m512i low = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  const __m512i high = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  hesses = (Halves)_mm512_permutex2var_epi32(first, low, second);
  grads = (Halves)_mm512_permutex2var_epi32(first, high, second);
}
#endif

/// A vector of cells, zeros behind the n-th.
inline void load_halves(const std::int64_t* cells, std::int32_t n, Halves& grads, Halves& hesses) {
#if defined(__AVX512F__)
  part(load_cells(cells, n), load_cells(cells + 8, n - 8), grads, hesses);
#else
  grads = hesses = Halves{};
  for (std::int32_t c = 0; c < n && c < kScreenLanes; ++c) {
    grads[c] = static_cast<std::int32_t>(cells[c] >> 32);
    hesses[c] = static_cast<std::int32_t>(cells[c]);
  }
#endif
}

/// Sets the left sums of whole vectors; those of the splits after the last bin hold all its rows.
template <std::int32_t kSplits>
inline void set_left_sums(const std::int64_t* cells, std::int32_t n, Screened<kSplits>& screen) {
#if defined(__AVX512F__)
  const __m512i zero = _mm512_setzero_si512(), last = _mm512_set1_epi64(7);
  __m512i before = zero;  // the sum of all cells before, in every lane
  const auto sums_of = [&](std::int32_t at) {
    __m512i sum = load_cells(cells + at, n - at);
    sum = _mm512_add_epi64(sum, _mm512_maskz_alignr_epi64(0xff, sum, zero, 7));
    sum = _mm512_add_epi64(sum, _mm512_maskz_alignr_epi64(0xff, sum, zero, 6));
    sum = _mm512_add_epi64(sum, _mm512_maskz_alignr_epi64(0xff, sum, zero, 4));
    const __m512i of_vector = _mm512_maskz_permutexvar_epi64(0xff, last, sum);
    sum = _mm512_add_epi64(sum, before);
    before = _mm512_add_epi64(before, of_vector);
    return sum;
  };
  for (std::int32_t at = 0; at < n; at += 16) {
    const __m512i first = sums_of(at), second = sums_of(at + 8);
    part(first, second, *reinterpret_cast<Halves*>(screen.left_grad + at),
         *reinterpret_cast<Halves*>(screen.left_hess + at));
  }
#else
  alignas(64) std::int64_t sums[kSplits];
  const std::int32_t n_padded = running_sums(cells, n, 0, kScreenLanes, sums);
  for (std::int32_t b = 0; b < n_padded; ++b) {
    screen.left_grad[b] = static_cast<std::int32_t>(sums[b] >> 32);
    screen.left_hess[b] = static_cast<std::int32_t>(sums[b]);
  }
#endif
}

/// Some splits: their totals are top / bottom where they are allowed.
struct SplitBlock {
  Floats top;
  Floats bottom;
  Halves is_allowed;  // all bits or none
};

/// The splits from b on. Without a division: most need none.
template <std::int32_t kSplits>
inline SplitBlock block_at(const ScreenedNode& node, const Screened<kSplits>& screen,
                           std::int32_t b, GradientSum start) {
  const Halves gl = *reinterpret_cast<const Halves*>(screen.left_grad + b) +
                    static_cast<std::int32_t>(start.grad);
  const Halves hl = *reinterpret_cast<const Halves*>(screen.left_hess + b) +
                    static_cast<std::int32_t>(start.hess);
  const Halves gr = static_cast<std::int32_t>(node.sum.grad) - gl;
  const Halves hr = static_cast<std::int32_t>(node.sum.hess) - hl;
  const Floats left_grad = __builtin_convertvector(gl, Floats);
  const Floats right_grad = __builtin_convertvector(gr, Floats);
  const Floats left = __builtin_convertvector(hl, Floats) + node.l2;
  const Floats right = __builtin_convertvector(hr, Floats) + node.l2;
  const Halves smaller = hl < hr ? hl : hr;
  return {left_grad * left_grad * right + right_grad * right_grad * left, left * right,
          smaller >= node.least_hess};
}

/// -1 where a split is not allowed.
inline Floats totals_of(const SplitBlock& block) {
  return block.is_allowed ? block.top / block.bottom : Floats{} - 1.0f;
}

inline float largest_of(Floats x) {
  float largest = x[0];
  for (int lane = 1; lane < kScreenLanes; ++lane) largest = x[lane] > largest ? x[lane] : largest;
  return largest;
}

inline bool any_of(Halves x) {
#if defined(__AVX512F__)
  return _mm512_test_epi32_mask((__m512i)x, (__m512i)x) != 0;
#elif defined(__AVX2__)
  return _mm256_movemask_epi8((__m256i)x) != 0;
#else
  std::uint64_t words[2];
  static_assert(sizeof(Halves) == sizeof words);
  __builtin_memcpy(words, &x, sizeof words);
  return (words[0] | words[1]) != 0;
#endif
}

/// Sets the totals of n splits and returns the largest.
inline float set_totals(const ScreenedNode& node, GradientSum start, std::int32_t n,
                        Screened<256>& screen) {
  Floats best = Floats{} - 1.0f;
  for (std::int32_t b = 0; b < n; b += kScreenLanes) {
    const Floats total = totals_of(block_at(node, screen, b, start));
    *reinterpret_cast<Floats*>(screen.total + b) = total;
    best = total > best ? total : best;
  }
  return largest_of(best);
}

inline bool any_reaches(const float* total, float limit) {
  std::int32_t n = 0;
  for (std::int32_t lane = 0; lane < kScanLanes; ++lane) n += total[lane] >= limit ? 1 : 0;
  return n > 0;
}

/// Makes `best` the best of the splits whose screened total reaches the limit.
inline void decide(const ScanArgs& args, GradientSum start, const Screened<256>& screen,
                   int missing_goes_left, float limit, ScanResult& best) {
  ScanRow row;
  for (std::int32_t begin = 0; begin < args.n_bins; begin += kScanLanes) {
    if (!any_reaches(screen.total + begin, limit)) continue;
    for (std::int32_t b = begin; b < begin + kScanLanes; ++b) {
      row.left_grad[b] = static_cast<double>(start.grad + screen.left_grad[b]);
      row.left_hess[b] = static_cast<double>(start.hess + screen.left_hess[b]);
    }
    score_splits<false>(args, begin, begin + kScanLanes, row);
    for (std::int32_t b = begin; b < begin + kScanLanes; ++b)
      if (row.total[b] > best.total)
        best = {row.total[b],
                b,
                missing_goes_left,
                best.has_missing,
                {start.grad + screen.left_grad[b], start.hess + screen.left_hess[b]}};
  }
}

/// The same split as the scan in double finds, if its total is above args.to_beat.
inline ScanResult screened_scan(const ScanArgs& args) {
  const std::int64_t cell = args.cells[args.n_bins];
  ScanResult best{-1.0, -1, 0, cell != 0 ? 1 : 0, {0, 0}};
  const ScreenedNode node = screened_node(args.node, args.min_hess, args.score);
  if (node.least_hess < 0) return best;
  Screened<256> screen;
  set_left_sums(args.cells, args.n_bins, screen);
  const double to_beat = args.to_beat / total_unit(args.score) * (1.0 - kDoubt);
  for (int missing_left = 0; missing_left <= best.has_missing; ++missing_left) {
    const GradientSum start =
        missing_left != 0 ? GradientSum{cell >> 32, cell & 0xffffffff} : GradientSum{0, 0};
    const float largest = set_totals(node, start, args.n_bins, screen);
    if (largest < 0 || largest < to_beat) continue;
    decide(args, start, screen, missing_left, largest * (1.0f - kDoubt), best);
  }
  return best;
}

}  // namespace
}  // namespace gbengine::GBENGINE_ISA_NAMESPACE

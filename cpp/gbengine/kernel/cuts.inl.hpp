// The source of CutKernels, compiled once for each instruction set.
//
// Codes are compared as vectors of bytes, a column a lane. Counts are kept in bytes, which hold 255
// rows; sums need 64 bits a column, so the mask of each byte is widened to one.
#pragma once

#include <cstdint>

#include "gbengine/kernel/cuts.hpp"

namespace gbengine::GBENGINE_ISA_NAMESPACE {
namespace {

// Vectors of the machine's own width: compilers take wider ones apart lane by lane.
#if defined(__AVX512F__)
constexpr std::int64_t kCodeLanes = 32, kSumLanes = 8;
typedef std::int64_t MaskWord;  // the masks of kSumLanes columns
#elif defined(__AVX2__)
constexpr std::int64_t kCodeLanes = 32, kSumLanes = 4;
typedef std::int32_t MaskWord;
#else
constexpr std::int64_t kCodeLanes = 16, kSumLanes = 2;
typedef std::int16_t MaskWord;
#endif
constexpr std::int64_t kSumColumns = 16;  // whose sums fit the registers
constexpr std::int64_t kByteRows = 255;   // that a counter of one byte holds

typedef std::uint8_t Codes __attribute__((vector_size(kCodeLanes)));
typedef std::uint8_t SomeCodes __attribute__((vector_size(kSumColumns)));
typedef MaskWord MaskWords __attribute__((vector_size(kSumColumns)));
typedef std::int8_t Masks __attribute__((vector_size(kSumLanes)));
typedef std::int64_t Sums __attribute__((vector_size(8 * kSumLanes)));

template <typename Vector>
inline Vector load_codes(const std::uint8_t* from) {
  Vector codes;
  __builtin_memcpy(&codes, from, sizeof(codes));
  return codes;
}

inline const std::uint8_t* row_codes(const CodeRows& rows, std::int64_t i) {
  return rows.codes + static_cast<std::int64_t>(rows.rows[i]) * rows.stride;
}

void find_ranges(const CodeRows& rows, std::int64_t n_columns, const std::uint8_t* missing,
                 std::uint8_t* low, std::uint8_t* high, std::uint8_t* has_missing) {
  for (std::int64_t c = 0; c < n_columns; c += kCodeLanes) {
    const Codes absent = load_codes<Codes>(missing + c);
    Codes least = ~Codes{}, most{}, seen{};
    for (std::int64_t i = 0; i < rows.n; ++i) {
      const Codes codes = load_codes<Codes>(row_codes(rows, i) + c);
      const Codes is_absent = (Codes)(codes == absent);
      const Codes present = codes & ~is_absent;
      least = codes < least ? codes : least;
      most = present > most ? present : most;
      seen |= is_absent;
    }
    __builtin_memcpy(low + c, &least, sizeof(least));
    __builtin_memcpy(high + c, &most, sizeof(most));
    __builtin_memcpy(has_missing + c, &seen, sizeof(seen));
  }
}

template <bool kFlagged>
inline void count(const CodeRows& rows, std::int64_t n_columns, const std::uint8_t* cuts,
                  const std::uint8_t* also, const std::uint8_t* flags, std::uint32_t* n_left,
                  std::uint32_t* n_flagged) {
  for (std::int64_t c = 0; c < n_columns; c += kCodeLanes) {
    const Codes cut = load_codes<Codes>(cuts + c), other = load_codes<Codes>(also + c);
    for (std::int64_t k = 0; k < kCodeLanes; ++k) n_left[c + k] = 0;
    for (std::int64_t k = 0; kFlagged && k < kCodeLanes; ++k) n_flagged[c + k] = 0;
    for (std::int64_t begin = 0; begin < rows.n; begin += kByteRows) {
      const std::int64_t end = begin + kByteRows < rows.n ? begin + kByteRows : rows.n;
      Codes all{}, flagged{};
      for (std::int64_t i = begin; i < end; ++i) {
        const Codes codes = load_codes<Codes>(row_codes(rows, i) + c);
        const Codes left = (Codes)(codes <= cut) | (Codes)(codes == other);
        all -= left;  // a true lane is -1
        if constexpr (kFlagged) flagged -= left & flags[i];
      }
      for (std::int64_t k = 0; k < kCodeLanes; ++k) n_left[c + k] += all[k];
      for (std::int64_t k = 0; kFlagged && k < kCodeLanes; ++k) n_flagged[c + k] += flagged[k];
    }
  }
}

void count_left(const CodeRows& rows, std::int64_t n_columns, const std::uint8_t* cuts,
                const std::uint8_t* also, std::uint32_t* n_left) {
  count<false>(rows, n_columns, cuts, also, nullptr, n_left, nullptr);
}

void count_flagged(const CodeRows& rows, std::int64_t n_columns, const std::uint8_t* cuts,
                   const std::uint8_t* also, const std::uint8_t* flags, std::uint32_t* n_left,
                   std::uint32_t* n_flagged) {
  count<true>(rows, n_columns, cuts, also, flags, n_left, n_flagged);
}

void add_left(const CodeRows& rows, std::int64_t n_columns, const std::uint8_t* cuts,
              const std::uint8_t* also, const std::int64_t* pairs, std::int64_t* first,
              std::int64_t* second) {
  constexpr std::int64_t kVectors = kSumColumns / kSumLanes;
  for (std::int64_t c = 0; c < n_columns; c += kSumColumns) {
    const SomeCodes cut = load_codes<SomeCodes>(cuts + c), other = load_codes<SomeCodes>(also + c);
    Sums a[kVectors]{}, b[kVectors]{};
    for (std::int64_t i = 0; i < rows.n; ++i) {
      const SomeCodes codes = load_codes<SomeCodes>(row_codes(rows, i) + c);
      const MaskWords left = (MaskWords)((codes <= cut) | (codes == other));
      for (std::int64_t k = 0; k < kVectors; ++k) {
        const Sums mask = __builtin_convertvector(__builtin_bit_cast(Masks, left[k]), Sums);
        a[k] += mask & pairs[2 * i];
        b[k] += mask & pairs[2 * i + 1];
      }
    }
    __builtin_memcpy(first + c, a, sizeof(a));
    __builtin_memcpy(second + c, b, sizeof(b));
  }
}

constexpr CutKernels kCutKernels{find_ranges, count_left, count_flagged, add_left};

}  // namespace
}  // namespace gbengine::GBENGINE_ISA_NAMESPACE

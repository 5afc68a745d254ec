// The source of VectorHistogramKernels, compiled once for each instruction set.
//
// A row's values stay in registers, the widest that the machine has, while its codes choose the
// cells that they are added to; so the loop is written for every small number of blocks, and once
// for any.
#pragma once

#include <cstdint>

#include "gbengine/kernel/vector_histogram.hpp"

namespace gbengine::GBENGINE_ISA_NAMESPACE {
namespace {

// kBlocks blocks of kVectorBlock integers.
template <int kBlocks>
struct IntBlocks {
  typedef std::int32_t Type
      __attribute__((vector_size(4 * kVectorBlock * kBlocks), may_alias, aligned(4)));
};
typedef IntBlocks<1>::Type IntBlock;
typedef std::int64_t LongBlock
    __attribute__((vector_size(8 * kVectorBlock), may_alias, aligned(8)));

// The most blocks that one register holds.
#if defined(__AVX512F__)
constexpr int kRegisterBlocks = 4;
#elif defined(__AVX2__)
constexpr int kRegisterBlocks = 2;
#else
constexpr int kRegisterBlocks = 1;
#endif

constexpr std::int64_t kVectorPrefetchRows = 12;

constexpr int blocks_at_once(int n_blocks, int most) {
  return n_blocks >= most ? most : n_blocks >= 2 ? 2 : 1;
}

/// kBlocks blocks of a row, in as few registers as hold them.
template <int kBlocks>
struct RowValues {
  static constexpr int kHere = blocks_at_once(kBlocks, kRegisterBlocks);
  using Values = typename IntBlocks<kHere>::Type;
  Values values;
  RowValues<kBlocks - kHere> rest;

  explicit RowValues(const std::int32_t* row)
      : values(*reinterpret_cast<const Values*>(row)), rest(row + kHere * kVectorBlock) {}

  void add_to(std::int32_t* sums) const {
    *reinterpret_cast<Values*>(sums) += values;
    rest.add_to(sums + kHere * kVectorBlock);
  }
};
template <>
struct RowValues<0> {
  explicit RowValues(const std::int32_t*) {}
  void add_to(std::int32_t*) const {}
};

inline void add_block(std::int32_t* sums, const std::int32_t* values) {
  *reinterpret_cast<IntBlock*>(sums) += *reinterpret_cast<const IntBlock*>(values);
}
inline void add_block(std::int64_t* sums, const std::int32_t* values) {
  *reinterpret_cast<LongBlock*>(sums) +=
      __builtin_convertvector(*reinterpret_cast<const IntBlock*>(values), LongBlock);
}

/// Adds one row to its cells. kBlocks: the row's blocks, 0 for any number of them.
template <int kBlocks, typename Sum>
inline void add_vector_row(const VectorHistogramArgs& args, std::int64_t row) {
  const std::uint8_t* const codes = args.row_codes + row * args.row_stride;
  const std::int32_t* const offset = args.cell_offset;
  const std::int32_t* const values = args.values + row * args.stride;
  const std::int32_t begin = args.feature_begin, end = args.feature_end;
  Sum* const cells = static_cast<Sum*>(args.cells);
  if constexpr (kBlocks > 0) {
    const RowValues<kBlocks> of_row(values);
    for (std::int32_t f = begin; f < end; ++f)
      of_row.add_to(cells + std::int64_t{offset[f] + codes[f]} * (kBlocks * kVectorBlock));
  } else {
    const std::int32_t stride = args.stride;
    for (std::int32_t f = begin; f < end; ++f) {
      Sum* const cell = cells + std::int64_t{offset[f] + codes[f]} * stride;
      for (std::int32_t k = 0; k < stride; k += kVectorBlock) add_block(cell + k, values + k);
    }
  }
}

template <int kBlocks, typename Sum>
inline void add_vector_rows(const VectorHistogramArgs& args) {
  const auto row_at = [&](std::int64_t i) {
    return args.row_idx == nullptr ? args.first_row + i : std::int64_t{args.row_idx[i]};
  };
  for (std::int64_t i = 0; i < args.n; ++i) {
    if (i + kVectorPrefetchRows < args.n) {  // rows of a node are far apart
      const std::int64_t later = row_at(i + kVectorPrefetchRows);
      __builtin_prefetch(args.row_codes + later * args.row_stride + args.feature_begin);
      __builtin_prefetch(args.values + later * args.stride);
      __builtin_prefetch(args.values + (later + 1) * args.stride - 1);
    }
    add_vector_row<kBlocks, Sum>(args, row_at(i));
  }
}

template <int kBlocks>
void build_blocks(const VectorHistogramArgs& args) {
  if (args.stride == kBlocks * kVectorBlock) return add_vector_rows<kBlocks, std::int32_t>(args);
  if constexpr (kBlocks > 1) build_blocks<kBlocks - 1>(args);
}

void build_vectors_narrow(const VectorHistogramArgs& args) {
  constexpr int kMostBlocks = 8;
  if (args.stride > kMostBlocks * kVectorBlock) return add_vector_rows<0, std::int32_t>(args);
  build_blocks<kMostBlocks>(args);
}
void build_vectors_wide(const VectorHistogramArgs& args) {
  add_vector_rows<0, std::int64_t>(args);
}

void add_vectors_narrow(std::int32_t* to, const std::int32_t* from, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) to[i] += from[i];
}

void subtract_vectors_narrow(std::int32_t* from, const std::int32_t* what, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) from[i] -= what[i];
}

constexpr VectorHistogramKernels kVectorHistogramKernels{
    build_vectors_narrow, build_vectors_wide, add_vectors_narrow, subtract_vectors_narrow};

}  // namespace
}  // namespace gbengine::GBENGINE_ISA_NAMESPACE

// The source of VectorHistogramKernels, compiled once for each instruction set.
//
// A row's values stay in registers while its codes choose the cells that they are added to, a
// vector at a time; so the loops are written for every small number of blocks, and once for any.
#pragma once

#include <cstdint>

#include "gbengine/kernel/vector_histogram.hpp"

namespace gbengine::GBENGINE_ISA_NAMESPACE {
namespace {

typedef std::int32_t IntBlock __attribute__((vector_size(4 * kVectorBlock), may_alias, aligned(4)));
typedef std::int64_t LongBlock
    __attribute__((vector_size(8 * kVectorBlock), may_alias, aligned(8)));

constexpr std::int64_t kVectorPrefetchRows = 12;

inline void add_block(std::int32_t* sums, IntBlock values) {
  *reinterpret_cast<IntBlock*>(sums) += values;
}
inline void add_block(std::int64_t* sums, IntBlock values) {
  *reinterpret_cast<LongBlock*>(sums) += __builtin_convertvector(values, LongBlock);
}

inline IntBlock block_at(const std::int32_t* values) {
  return *reinterpret_cast<const IntBlock*>(values);
}

/// Adds one row to its cells. kBlocks: the row's blocks, 0 for any number of them.
template <int kBlocks, typename Sum>
inline void add_vector_row(const VectorHistogramArgs& args, std::int64_t row) {
  const std::uint8_t* const codes = args.row_codes + row * args.row_stride;
  const std::int32_t* const values = args.values + row * args.stride;
  Sum* const cells = static_cast<Sum*>(args.cells);
  if constexpr (kBlocks > 0) {
    IntBlock blocks[kBlocks];
    for (int b = 0; b < kBlocks; ++b) blocks[b] = block_at(values + b * kVectorBlock);
    for (std::int32_t f = args.feature_begin; f < args.feature_end; ++f) {
      Sum* const cell =
          cells + std::int64_t{args.cell_offset[f] + codes[f]} * (kBlocks * kVectorBlock);
      for (int b = 0; b < kBlocks; ++b) add_block(cell + b * kVectorBlock, blocks[b]);
    }
  } else {
    for (std::int32_t f = args.feature_begin; f < args.feature_end; ++f) {
      Sum* const cell = cells + std::int64_t{args.cell_offset[f] + codes[f]} * args.stride;
      for (std::int32_t k = 0; k < args.stride; k += kVectorBlock)
        add_block(cell + k, block_at(values + k));
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
    }
    add_vector_row<kBlocks, Sum>(args, row_at(i));
  }
}

template <typename Sum>
inline void build_vectors(const VectorHistogramArgs& args) {
  switch (args.stride / kVectorBlock) {
    case 1:
      return add_vector_rows<1, Sum>(args);
    case 2:
      return add_vector_rows<2, Sum>(args);
    case 3:
      return add_vector_rows<3, Sum>(args);
    case 4:
      return add_vector_rows<4, Sum>(args);
    default:
      return add_vector_rows<0, Sum>(args);
  }
}

void build_vectors_narrow(const VectorHistogramArgs& args) {
  build_vectors<std::int32_t>(args);
}
void build_vectors_wide(const VectorHistogramArgs& args) {
  build_vectors<std::int64_t>(args);
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

// The source of HistogramKernels, compiled once for each instruction set.
//
// Scatter adds do not vectorise; what pays is one wide load for four codes, the feature's first
// cell in a small array that stays in L1, and asking for a row's codes and its pair 16 rows ahead
// (rows of a node are far apart). Of few features a row is unrolled as a whole, a third faster, and
// where most rows are in the node the machine finds them itself. Pairs are gathered in row order,
// which costs as much as keeping a copy of them in node order costs the partition.
#pragma once

#include <cstdint>

#include "gbengine/kernel/histogram.hpp"

namespace gbengine::GBENGINE_ISA_NAMESPACE {
namespace {

constexpr std::int64_t kPrefetchRows = 16;

/// Asks for both ends of a row's codes: rows straddle cache lines.
inline void prefetch_codes(const std::uint8_t* codes, std::int32_t n_features) {
  __builtin_prefetch(codes);
  __builtin_prefetch(codes + n_features - 1);
}

/// Calls add(j, code) for the row's features, j counted from feature_begin, four codes a load.
template <typename Add>
inline void for_each_code(const std::uint8_t* codes, std::int32_t n_features, Add add) {
  std::int32_t j = 0;
  for (; j + 4 <= n_features; j += 4) {
    std::uint32_t four;
    __builtin_memcpy(&four, codes + j, 4);
    add(j, four & 255);
    add(j + 1, (four >> 8) & 255);
    add(j + 2, (four >> 16) & 255);
    add(j + 3, four >> 24);
  }
  for (; j < n_features; ++j) add(j, static_cast<std::uint32_t>(codes[j]));
}

/// For each row of args: visit(row, codes), with its codes and pair asked for 16 rows before. Even
/// where all rows follow each other the machine's own prefetching fails: rows of a wide table are
/// far apart.
template <typename RowAt, typename Visit>
inline void for_each_row_at(const HistogramArgs& args, RowAt row_at, Visit visit) {
  const std::uint8_t* const codes = args.row_codes + args.feature_begin;
  const std::int32_t n_features = args.feature_end - args.feature_begin;
  const auto codes_of = [&](std::int64_t row) { return codes + row * args.row_stride; };
  std::int64_t i = 0;
  for (; i + kPrefetchRows < args.n; ++i) {
    const std::int64_t later = row_at(i + kPrefetchRows);
    prefetch_codes(codes_of(later), n_features);
    __builtin_prefetch(args.pairs + later);
    visit(row_at(i), codes_of(row_at(i)));
  }
  for (; i < args.n; ++i) visit(row_at(i), codes_of(row_at(i)));
}

template <typename Visit>
inline void for_each_row(const HistogramArgs& args, Visit visit) {
  if (args.row_idx == nullptr) {
    const auto row_at = [&](std::int64_t i) { return args.first_row + i; };
    for_each_row_at(args, row_at, visit);
  } else {
    const auto row_at = [&](std::int64_t i) { return std::int64_t{args.row_idx[i]}; };
    for_each_row_at(args, row_at, visit);
  }
}

/// The first cell of each feature of the block, kWords words a cell.
template <std::int64_t kWords>
inline void feature_cells(const HistogramArgs& args, std::int64_t** first) {
  for (std::int32_t f = args.feature_begin; f < args.feature_end; ++f)
    first[f - args.feature_begin] = args.cells + args.cell_offset[f] * kWords;
}

/// Whether the rows of the node lie so close that asking for them ahead is no use.
inline bool is_close(const HistogramArgs& args) {
  constexpr std::int64_t kCloseRows = 4;
  return args.row_idx == nullptr || args.n == 0 ||
         args.row_idx[args.n - 1] - args.row_idx[0] < kCloseRows * args.n;
}

constexpr int kFewFeatures = 16;

template <int kFeatures>
void build_few(const HistogramArgs& args) {
  std::int64_t* first[kFeatures];
  feature_cells<1>(args, first);
  const auto add_row = [&](std::int64_t row, const std::uint8_t* codes) {
    std::int64_t pair;
    __builtin_memcpy(&pair, args.pairs + row, 8);
#pragma GCC unroll 16
    for (int j = 0; j < kFeatures; ++j) first[j][codes[j]] += pair;
  };
  if (!is_close(args)) return for_each_row(args, add_row);
  const std::uint8_t* const codes = args.row_codes + args.feature_begin;
  for (std::int64_t i = 0; i < args.n; ++i) {
    const std::int64_t row =
        args.row_idx == nullptr ? args.first_row + i : std::int64_t{args.row_idx[i]};
    add_row(row, codes + row * args.row_stride);
  }
}

/// Calls build_few of the block's number of features, 1 … kFewFeatures.
template <int kFeatures = kFewFeatures>
inline void build_one_of_few(const HistogramArgs& args) {
  if constexpr (kFeatures > 0) {
    if (args.feature_end - args.feature_begin == kFeatures) return build_few<kFeatures>(args);
    build_one_of_few<kFeatures - 1>(args);
  }
}

void build_narrow(const HistogramArgs& args) {
  if (args.feature_end - args.feature_begin <= kFewFeatures) return build_one_of_few(args);
  std::int64_t* first[kFeatureBlock];
  feature_cells<1>(args, first);
  const std::int32_t n_features = args.feature_end - args.feature_begin;
  for_each_row(args, [&](std::int64_t row, const std::uint8_t* codes) {
    std::int64_t pair;
    __builtin_memcpy(&pair, args.pairs + row, 8);
    for_each_code(codes, n_features,
                  [&](std::int32_t j, std::uint32_t code) { first[j][code] += pair; });
  });
}

void build_wide(const HistogramArgs& args) {
  std::int64_t* first[kFeatureBlock];
  feature_cells<2>(args, first);
  const std::int32_t n_features = args.feature_end - args.feature_begin;
  for_each_row(args, [&](std::int64_t row, const std::uint8_t* codes) {
    const std::int64_t grad = args.pairs[row].grad, hess = args.pairs[row].hess;
    for_each_code(codes, n_features, [&](std::int32_t j, std::uint32_t code) {
      first[j][2 * code] += grad;
      first[j][2 * code + 1] += hess;
    });
  });
}

void add(std::int64_t* to, const std::int64_t* from, std::int64_t n_words) {
  for (std::int64_t i = 0; i < n_words; ++i) to[i] += from[i];
}

void subtract(std::int64_t* from, const std::int64_t* what, std::int64_t n_words) {
  for (std::int64_t i = 0; i < n_words; ++i) from[i] -= what[i];
}

constexpr HistogramKernels kHistogramKernels{build_narrow, build_wide, add, subtract};

}  // namespace
}  // namespace gbengine::GBENGINE_ISA_NAMESPACE

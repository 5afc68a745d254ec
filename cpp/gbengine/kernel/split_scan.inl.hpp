// The source of SplitScanKernels, compiled once for each instruction set.
//
// Cells of a word are screened first where that is possible (split_screen.inl.hpp). The rest:
// Three plain loops over the bins instead of one clever one: prefix sums (serial, integers), the
// score of every split (two divisions a bin are all the cost), and the maximum (as integers,
// because non-negative doubles order like their bits). The last two are written on the compiler's
// vectors: left to itself it branches around the divisions.
#pragma once

#include <cstdint>

#include "gbengine/kernel/split_scan.hpp"
#include "gbengine/kernel/split_score.inl.hpp"
#include "gbengine/kernel/split_screen.inl.hpp"

namespace gbengine::GBENGINE_ISA_NAMESPACE {
namespace {

/// Takes out the splits that leave a child with too few rows. Missing rows whose sums are all zero
/// (rounded away) are not tried in both directions: they follow the side with more hessian.
/// A call of its own: it is rare, and in line it makes the rest of the scan slower.
__attribute__((noinline)) void forbid_small_children(const ScanArgs& args, std::int32_t n,
                                                     bool has_missing, bool missing_left,
                                                     ScanRow& row) {
  const double node_hess = static_cast<double>(args.node.hess);
  const std::int64_t missing = args.counts[args.n_bins];
  std::int64_t present = 0;
  for (std::int32_t b = 0; b < n; ++b) {
    present += args.counts[b];
    const double hl = row.left_hess[b];
    const bool left_is_heavier = hl >= node_hess - hl;
    const bool with_left = has_missing ? missing_left : left_is_heavier;
    const std::int64_t left =
        present + (with_left ? missing : 0) + (left_is_heavier ? args.loose_count : 0);
    if (left < args.min_count || args.node_count - left < args.min_count) row.total[b] = -1.0;
  }
}

/// First index of the largest total, -1 if all are negative.
inline std::int32_t best_split(ScanRow& row, std::int32_t n) {
  for (std::int32_t b = n; b % kScanLanes != 0; ++b) row.total[b] = -1.0;
  Ints best_lanes = Ints{} - 1;  // below the bits of every non-negative double
  for (std::int32_t b = 0; b < n; b += kScanLanes) {
    const Ints bits = *reinterpret_cast<const Ints*>(row.total + b);
    best_lanes = bits > best_lanes ? bits : best_lanes;
  }
  std::int64_t best = -1;
  for (int lane = 0; lane < kScanLanes; ++lane)
    best = best_lanes[lane] > best ? best_lanes[lane] : best;
  if (best < 0) return -1;
  const double total = __builtin_bit_cast(double, best);
  std::int32_t at = 0;
  while (row.total[at] != total) ++at;
  return at;
}

template <CellWidth kWidth>
inline GradientSum cell_at(const std::int64_t* cells, std::int32_t b) {
  if constexpr (kWidth == CellWidth::kWide) return {cells[2 * b], cells[2 * b + 1]};
  return {cells[b] >> 32, cells[b] & 0xffffffff};
}

/// Left sums of the splits after bins 0 … n - 1 (and of padding), starting from `start` (the
/// missing rows, or none).
template <CellWidth kWidth>
inline void prefix_sums(const ScanArgs& args, std::int32_t n, GradientSum start, ScanRow& row) {
  if constexpr (kWidth == CellWidth::kNarrow) {
    alignas(64) std::int64_t prefix[256];
    const std::int64_t sum = start.grad * (std::int64_t{1} << 32) + start.hess;
    const std::int32_t n_padded = running_sums(args.cells, n, sum, kScanLanes, prefix);
    for (std::int32_t b = 0; b < n_padded; ++b) {
      row.left_grad[b] = static_cast<double>(static_cast<std::int32_t>(prefix[b] >> 32));
      row.left_hess[b] = static_cast<double>(static_cast<std::int32_t>(prefix[b]));
    }
  } else {
    for (std::int32_t b = 0; b < n; ++b) {
      start = {start.grad + args.cells[2 * b], start.hess + args.cells[2 * b + 1]};
      row.left_grad[b] = static_cast<double>(start.grad);
      row.left_hess[b] = static_cast<double>(start.hess);
    }
    for (std::int32_t b = n; b % kScanLanes != 0; ++b) {
      row.left_grad[b] = static_cast<double>(start.grad);
      row.left_hess[b] = static_cast<double>(start.hess);
    }
  }
}

/// The left sum of one split: the doubles are exact while they come from halves of a word.
template <CellWidth kWidth>
inline GradientSum left_sum(const ScanArgs& args, std::int32_t bin, GradientSum start,
                            const ScanRow& row) {
  if constexpr (kWidth == CellWidth::kNarrow)
    return {static_cast<std::int64_t>(row.left_grad[bin]),
            static_cast<std::int64_t>(row.left_hess[bin])};
  for (std::int32_t b = 0; b <= bin; ++b)
    start = {start.grad + args.cells[2 * b], start.hess + args.cells[2 * b + 1]};
  return start;
}

template <CellWidth kWidth>
inline ScanResult scan(const ScanArgs& args) {
  const GradientSum missing = cell_at<kWidth>(args.cells, args.n_bins);
  const bool has_missing = missing.grad != 0 || missing.hess != 0;
  const bool bounded = args.score.max_delta_step > 0;
  ScanResult best{-1.0, -1, 0, has_missing, {0, 0}};
  ScanRow row;
  for (int missing_left = 0; missing_left <= (has_missing ? 1 : 0); ++missing_left) {
    // The split after the last bin parts the missing from all others.
    const std::int32_t n = has_missing && missing_left == 0 ? args.n_bins : args.n_bins - 1;
    if (n < 1) continue;
    const GradientSum start = missing_left != 0 ? missing : GradientSum{0, 0};
    prefix_sums<kWidth>(args, n, start, row);
    if (bounded) {
      score_splits<true>(args, 0, n, row);
    } else {
      score_splits<false>(args, 0, n, row);
    }
    if (args.counts != nullptr) forbid_small_children(args, n, has_missing, missing_left != 0, row);
    const std::int32_t at = best_split(row, n);
    if (at >= 0 && row.total[at] > best.total)
      best = {row.total[at], at, missing_left, has_missing, left_sum<kWidth>(args, at, start, row)};
  }
  return best;
}

ScanResult scan_narrow(const ScanArgs& args) {
  // Few splits are decided as soon as they are screened.
  const bool screens = args.score.screens && args.counts == nullptr && args.n_bins > kScanLanes;
  return screens ? screened_scan(args) : scan<CellWidth::kNarrow>(args);
}
ScanResult scan_wide(const ScanArgs& args) {
  return scan<CellWidth::kWide>(args);
}

constexpr SplitScanKernels kSplitScanKernels{scan_narrow, scan_wide};

}  // namespace
}  // namespace gbengine::GBENGINE_ISA_NAMESPACE

// The source of VectorScanKernels, compiled once for each instruction set.
//
// Output after output adds its score to those of all bins, by the vector code of
// split_scan.inl.hpp, so the order of additions is that of the outputs on every machine. Outputs
// that share a hessian need one division for all of them, if no bound makes each its own.
#pragma once

#include <cstdint>

#include "gbengine/kernel/split_scan.inl.hpp"
#include "gbengine/kernel/vector_scan.hpp"

namespace gbengine::GBENGINE_ISA_NAMESPACE {
namespace {

struct VectorRow {  // beside a ScanRow, whose sums are those of the output at hand
  alignas(64) double left_squares[256];
  alignas(64) double right_squares[256];
  alignas(64) double lean[256];  // hessian on the left less that on the right
};

inline Doubles load(const double* from) {
  return *reinterpret_cast<const Doubles*>(from);
}
inline void store(double* to, Doubles value) {
  *reinterpret_cast<Doubles*>(to) = value;
}

/// Adds a score where the split is still allowed: where it is not, it may be no number.
inline void add_where_allowed(double* total, Doubles score) {
  const Doubles before = load(total);
  store(total, before >= 0.0 ? before + score : splat(-__builtin_inf()));
}

/// Left sums of one column of the cells, for the splits after bins 0 … n - 1 and some padding.
template <typename Sum>
inline void column_prefix(const VectorScanArgs& args, std::int32_t column, std::int32_t n,
                          bool missing_left, double* out) {
  const Sum* const cells = static_cast<const Sum*>(args.cells) + column;
  const std::int64_t stride = args.stride;
  std::int64_t sum = missing_left ? cells[args.n_bins * stride] : 0;
  for (std::int32_t b = 0; b < n; ++b) {
    sum += cells[b * stride];
    out[b] = static_cast<double>(sum);
  }
  for (std::int32_t b = n; b % kScanLanes != 0; ++b) out[b] = static_cast<double>(sum);
}

/// Takes out the splits with too little hessian on a side, and notes where there is more.
inline void take_hessian(const VectorScanArgs& args, std::int32_t hess, std::int32_t n,
                         ScanRow& row, VectorRow& more) {
  const VectorUnits& units = *args.units;
  const Doubles node = splat(static_cast<double>(args.node[units.n_outputs + hess]));
  const double least = units.min_hess[hess] > 1.0 ? units.min_hess[hess] : 1.0;
  const double unit = units.hess_unit[hess];
  for (std::int32_t b = 0; b < n; b += kScanLanes) {
    const Doubles left = load(row.left_hess + b), right = node - left;
    const Doubles smaller = left < right ? left : right;
    store(row.total + b, smaller >= least ? load(row.total + b) : splat(-__builtin_inf()));
    store(more.lean + b, load(more.lean + b) + (left * unit - right * unit));
  }
}

inline Doubles soft_threshold_of(Doubles grad, double l1) {
  const Doubles size = (Doubles)((Ints)grad & 0x7fffffffffffffff);
  const Doubles over = size - l1;
  return over > 0.0 ? over : splat(0.0);
}

inline void add_squares(const VectorScanArgs& args, std::int32_t output, std::int32_t n,
                        const ScanRow& row, VectorRow& more) {
  const VectorUnits& units = *args.units;
  const Doubles node = splat(static_cast<double>(args.node[output]));
  const double unit = units.grad_unit[output];
  for (std::int32_t b = 0; b < n; b += kScanLanes) {
    const Doubles grad = load(row.left_grad + b);
    const Doubles left = soft_threshold_of(grad * unit, units.l1);
    const Doubles right = soft_threshold_of((node - grad) * unit, units.l1);
    store(more.left_squares + b, load(more.left_squares + b) + left * left);
    store(more.right_squares + b, load(more.right_squares + b) + right * right);
  }
}

inline void divide_squares(const VectorScanArgs& args, std::int32_t n, ScanRow& row,
                           const VectorRow& more) {
  const VectorUnits& units = *args.units;
  const Doubles node = splat(static_cast<double>(args.node[units.n_outputs]));
  const double unit = units.hess_unit[0];
  for (std::int32_t b = 0; b < n; b += kScanLanes) {
    const Doubles left = load(row.left_hess + b), right = node - left;
    const Doubles score = load(more.left_squares + b) / (left * unit + units.l2) +
                          load(more.right_squares + b) / (right * unit + units.l2);
    add_where_allowed(row.total + b, score);
  }
}

template <bool kBounded>
inline void add_scores(const VectorScanArgs& args, std::int32_t output, std::int32_t n,
                       ScanRow& row) {
  const VectorUnits& units = *args.units;
  const std::int32_t hess = units.n_hess == 1 ? 0 : output;
  const Doubles node_grad = splat(static_cast<double>(args.node[output]));
  const Doubles node_hess = splat(static_cast<double>(args.node[units.n_outputs + hess]));
  const double grad_unit = units.grad_unit[output], hess_unit = units.hess_unit[hess];
  const ScoreParams p{grad_unit, hess_unit, units.l1, units.l2, units.max_delta_step};
  for (std::int32_t b = 0; b < n; b += kScanLanes) {
    const Doubles gl = load(row.left_grad + b), hl = load(row.left_hess + b);
    const Doubles gr = node_grad - gl, hr = node_hess - hl;
    const Doubles score = node_score<kBounded>(gl * grad_unit, hl * hess_unit, p) +
                          node_score<kBounded>(gr * grad_unit, hr * hess_unit, p);
    add_where_allowed(row.total + b, score);
  }
}

/// Scores of all splits in one direction, in row.total; -inf for those that are not allowed.
template <typename Sum>
inline void score_vector_splits(const VectorScanArgs& args, std::int32_t n, bool missing_left,
                                ScanRow& row, VectorRow& more) {
  const VectorUnits& units = *args.units;
  const bool is_bounded = units.max_delta_step > 0, is_shared = units.n_hess == 1;
  const std::int32_t n_padded = (n + kScanLanes - 1) / kScanLanes * kScanLanes;
  for (std::int32_t b = 0; b < n_padded; ++b)
    row.total[b] = more.lean[b] = more.left_squares[b] = more.right_squares[b] = 0.0;
  for (std::int32_t k = 0; k < units.n_outputs; ++k) {
    if (k < units.n_hess) {
      column_prefix<Sum>(args, units.n_outputs + k, n, missing_left, row.left_hess);
      take_hessian(args, k, n, row, more);
    }
    column_prefix<Sum>(args, k, n, missing_left, row.left_grad);
    if (is_bounded)
      add_scores<true>(args, k, n, row);
    else if (is_shared)
      add_squares(args, k, n, row, more);
    else
      add_scores<false>(args, k, n, row);
  }
  if (is_shared && !is_bounded) divide_squares(args, n, row, more);
}

/// As forbid_small_children does for one output.
__attribute__((noinline)) void forbid_small_sides(const VectorScanArgs& args, std::int32_t n,
                                                  bool has_missing, bool missing_left, ScanRow& row,
                                                  const VectorRow& more) {
  const std::int64_t missing = args.counts[args.n_bins];
  std::int64_t present = 0;
  for (std::int32_t b = 0; b < n; ++b) {
    present += args.counts[b];
    const bool left_is_heavier = more.lean[b] >= 0.0;
    const bool with_left = has_missing ? missing_left : left_is_heavier;
    const std::int64_t left =
        present + (with_left ? missing : 0) + (left_is_heavier ? args.loose_count : 0);
    if (left < args.min_count || args.node_count - left < args.min_count) row.total[b] = -1.0;
  }
}

template <typename Sum>
inline VectorScanResult scan_vectors(const VectorScanArgs& args) {
  const Sum* const missing =
      static_cast<const Sum*>(args.cells) + std::int64_t{args.n_bins} * args.stride;
  bool has_missing = false;
  for (std::int32_t k = 0; k < args.units->n_outputs + args.units->n_hess; ++k)
    has_missing |= missing[k] != 0;
  VectorScanResult best{-1.0, -1, false, false};
  ScanRow row;
  VectorRow more;
  for (int missing_left = 0; missing_left <= (has_missing ? 1 : 0); ++missing_left) {
    // The split after the last bin parts the missing from all others.
    const std::int32_t n = has_missing && missing_left == 0 ? args.n_bins : args.n_bins - 1;
    if (n < 1) continue;
    score_vector_splits<Sum>(args, n, missing_left != 0, row, more);
    if (args.counts != nullptr)
      forbid_small_sides(args, n, has_missing, missing_left != 0, row, more);
    const std::int32_t at = best_split(row, n);
    if (at >= 0 && row.total[at] > best.total)
      best = {row.total[at], at, has_missing ? missing_left != 0 : more.lean[at] >= 0.0,
              more.lean[at] >= 0.0};
  }
  return best;
}

VectorScanResult scan_vectors_narrow(const VectorScanArgs& args) {
  return scan_vectors<std::int32_t>(args);
}
VectorScanResult scan_vectors_wide(const VectorScanArgs& args) {
  return scan_vectors<std::int64_t>(args);
}

constexpr VectorScanKernels kVectorScanKernels{scan_vectors_narrow, scan_vectors_wide};

}  // namespace
}  // namespace gbengine::GBENGINE_ISA_NAMESPACE

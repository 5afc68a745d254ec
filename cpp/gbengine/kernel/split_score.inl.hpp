// The score of a split, for the sources of SplitScanKernels: the one formula that decides.
#pragma once

#include <cstdint>

#include "gbengine/kernel/split_scan.hpp"

namespace gbengine::GBENGINE_ISA_NAMESPACE {
namespace {

// Vectors of the machine's own width: compilers take wider ones apart lane by lane.
#if defined(__AVX512F__)
constexpr std::int32_t kScanLanes = 8;
#elif defined(__AVX2__)
constexpr std::int32_t kScanLanes = 4;
#else
constexpr std::int32_t kScanLanes = 2;
#endif
typedef double Doubles __attribute__((vector_size(8 * kScanLanes), may_alias));
typedef std::int64_t Ints __attribute__((vector_size(8 * kScanLanes), may_alias));

struct ScanRow {  // the splits of one feature in one direction; the last lanes may be padding
  alignas(64) double left_grad[256];
  alignas(64) double left_hess[256];
  alignas(64) double total[256];
};

inline Doubles splat(double x) {
  return x - Doubles{};
}

/// Running sums of n cells, beginning with `sum`; the last one again up to whole vectors of
/// `lanes`.
inline std::int32_t running_sums(const std::int64_t* cells, std::int32_t n, std::int64_t sum,
                                 std::int32_t lanes, std::int64_t* sums) {
  std::int32_t at = 0;
  for (; at + 4 <= n; at += 4) {  // a chain of one addition for four cells
    const std::int64_t two = cells[at] + cells[at + 1], next = cells[at + 2];
    const std::int64_t four = two + (next + cells[at + 3]);
    sums[at] = sum + cells[at];
    sums[at + 1] = sum + two;
    sums[at + 2] = sum + (two + next);
    sums[at + 3] = sum += four;
  }
  for (; at < n; ++at) sums[at] = sum += cells[at];
  for (; at % lanes != 0; ++at) sums[at] = sum;
  return at;
}

/// Loss that nodes of these sums save; hess + l2 > 0. Signs do not matter: with t the gradient
/// after the soft threshold and w the leaf's value, both without sign, it is 2 t w - h w^2, which
/// is t^2 / h when w is not bounded.
template <bool kBounded>
inline Doubles node_score(Doubles grad, Doubles hess, const ScoreParams& p) {
  const Doubles size = (Doubles)((Ints)grad & 0x7fffffffffffffff);
  const Doubles over = size - p.l1;
  const Doubles t = over > 0.0 ? over : splat(0.0);
  const Doubles h = hess + p.l2;
  const Doubles best = t / h;
  if constexpr (!kBounded) return t * t / h;
  const Doubles w = best < p.max_delta_step ? best : splat(p.max_delta_step);
  return 2.0 * t * w - h * w * w;
}

/// Totals of the splits after bins begin … end - 1, -1 where a side has too little hessian. Whole
/// vectors: begin is a multiple of their lanes.
template <bool kBounded>
inline void score_splits(const ScanArgs& args, std::int32_t begin, std::int32_t end, ScanRow& row) {
  const Doubles node_grad = splat(static_cast<double>(args.node.grad));
  const Doubles node_hess = splat(static_cast<double>(args.node.hess));
  const ScoreParams p = args.score;
  const double min_hess = args.min_hess > 1.0 ? args.min_hess : 1.0;  // integers: >= 1 is > 0
  for (std::int32_t b = begin; b < end; b += kScanLanes) {
    const Doubles gl = *reinterpret_cast<const Doubles*>(row.left_grad + b);
    const Doubles hl = *reinterpret_cast<const Doubles*>(row.left_hess + b);
    const Doubles gr = node_grad - gl, hr = node_hess - hl;
    const Doubles score = node_score<kBounded>(gl * p.grad_unit, hl * p.hess_unit, p) +
                          node_score<kBounded>(gr * p.grad_unit, hr * p.hess_unit, p);
    const Doubles smaller = hl < hr ? hl : hr;
    *reinterpret_cast<Doubles*>(row.total + b) = smaller >= min_hess ? score : splat(-1.0);
  }
}

}  // namespace
}  // namespace gbengine::GBENGINE_ISA_NAMESPACE

// The source of ColumnScreenKernels, compiled once for each instruction set.
//
// Columns of numbers are looked through as one: their cells are joined so that one run of sums
// gives every split's left side, whatever the lengths of the columns, and a split is compared with
// what is to be reached without a division.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "gbengine/kernel/column_screen.hpp"
#include "gbengine/kernel/split_screen.inl.hpp"

namespace gbengine::GBENGINE_ISA_NAMESPACE {
namespace {

/// The cells of columns one after the other, ready for one run of sums over all of them.
struct JoinedCells {
  alignas(64) std::int64_t words[kScreenCells + kScreenLanes];
  std::int32_t n;
  std::int32_t column[kScreenCells / 2];  // place among those asked for
  std::int32_t begin[kScreenCells / 2 + 1];
  std::int32_t n_columns;
};

using JoinedScreen = Screened<kScreenCells + kScreenLanes>;

/// Joins the columns; `missing_first`: those with missing rows only, and these before all others.
/// All cells of a column sum to the node, which is taken off where the next column begins.
inline void join_cells(const ScreenArgs& args, bool missing_first, JoinedCells& joined) {
  const std::int64_t node = args.node.grad * (std::int64_t{1} << 32) + args.node.hess;
  std::int32_t n = 0, n_columns = 0;
  for (std::int32_t i = 0; i < args.n_features; ++i) {
    const std::int32_t first = args.cell_offset[args.features[i]];
    const std::int32_t size = args.cell_offset[args.features[i] + 1] - first;
    const std::int64_t* const cells = args.cells + first;
    const std::int64_t missing = cells[size - 1];
    if (missing_first && missing == 0) continue;
    if (missing_first) joined.words[n] = missing;
    std::int64_t* const to = joined.words + n + (missing_first ? 1 : 0);
    for (std::int32_t b = 0; b < size - (missing_first ? 1 : 0); ++b) to[b] = cells[b];
    if (n > 0) joined.words[n] -= node;
    joined.column[n_columns] = i;
    joined.begin[n_columns++] = n;
    n += size;
  }
  joined.n = joined.begin[n_columns] = n;
  joined.n_columns = n_columns;
}

/// The blocks that reached what was to be reached when they were looked at.
struct Reaching {
  std::int32_t block[kScreenCells / kScreenLanes + 1];
  float largest[kScreenCells / kScreenLanes + 1];
  std::int32_t n = 0;
};

/// Looks through the splits of joined cells. `reach`: totals below it do not matter; it rises to
/// what is found if `rises`. Returns the largest total, if it matters.
inline float find_reaching(const ScreenedNode& node, const JoinedScreen& screen, std::int32_t n,
                           bool rises, float& reach, Reaching& reaching) {
  float best = -1.0f;
  for (std::int32_t b = 0; b < n; b += kScreenLanes) {
    const SplitBlock block = block_at(node, screen, b, {0, 0});
    if (!any_of(block.is_allowed & (block.top >= reach * block.bottom))) continue;
    const float largest = largest_of(totals_of(block));
    reaching.block[reaching.n] = b;
    reaching.largest[reaching.n++] = largest;
    best = largest > best ? largest : best;
    if (rises && largest * (1.0f - kDoubt) > reach) reach = largest * (1.0f - kDoubt);
  }
  return best;
}

/// Sets at_most[i], which no split of the i-th column exceeds, of all columns that may have a total
/// of args.to_reach, or the best of all if args.rises; -1 of the others. Returns a total that some
/// split reaches, or a negative number.
double screen_numbers(const ScreenArgs& args, double* at_most) {
  for (std::int32_t i = 0; i < args.n_features; ++i) at_most[i] = -1.0;
  const ScreenedNode node = screened_node(args.node, args.min_hess, args.score);
  if (node.least_hess < 0) return -1.0;
  const double unit = total_unit(args.score);
  float best = -1.0f, reach = static_cast<float>(args.to_reach / unit * (1.0 - kDoubt));
  JoinedCells joined;
  JoinedScreen screen;
  for (bool missing_first : {false, true}) {
    join_cells(args, missing_first, joined);
    if (joined.n == 0) continue;
    set_left_sums(joined.words, joined.n, screen);
    Reaching reaching;
    const float found = find_reaching(node, screen, joined.n, args.rises, reach, reaching);
    best = found > best ? found : best;
    std::int32_t k = 0;
    for (std::int32_t r = 0; r < reaching.n; ++r) {
      if (reaching.largest[r] < reach) continue;
      const Floats totals = totals_of(block_at(node, screen, reaching.block[r], {0, 0}));
      for (std::int32_t lane = 0; lane < kScreenLanes; ++lane) {
        if (totals[lane] < reach) continue;
        while (k + 1 < joined.n_columns && joined.begin[k + 1] <= reaching.block[r] + lane) ++k;
        const double bound = totals[lane] * (1.0 + kDoubt) * unit;
        double& most = at_most[joined.column[k]];
        most = bound > most ? bound : most;
      }
    }
  }
  return best * (1.0 - kDoubt) * unit;
}

/// Adds up halves: whatever the order, the error stays far below kDoubt.
inline double sum_of(Floats x) {
  alignas(64) float lanes[kScreenLanes];
  *reinterpret_cast<Floats*>(lanes) = x;
  for (int half = kScreenLanes / 2; half > 0; half /= 2)
    for (int lane = 0; lane < half; ++lane) lanes[lane] += lanes[lane + half];
  return lanes[0];
}

/// No split of a column of categories has a larger total: no two groups of them do better than
/// each alone, without l2 (Cauchy-Schwarz). l2 takes off the more the less hessian there is.
double screen_categories(const ScreenArgs& args) {
  const std::int32_t first = args.cell_offset[args.features[0]];
  const std::int32_t n = args.cell_offset[args.features[0] + 1] - first;
  Floats sums = Floats{};
  for (std::int32_t b = 0; b < n; b += kScreenLanes) {
    Halves grads, hesses;
    load_halves(args.cells + first + b, n - b, grads, hesses);
    const Floats grad = __builtin_convertvector(grads, Floats);
    const Floats hess = __builtin_convertvector(hesses, Floats);
    sums += grad * grad / (hess > 0.0f ? hess : Floats{} + 0x1p-40f);
  }
  const double hess = static_cast<double>(args.node.hess);
  return sum_of(sums) * (1.0 + kDoubt) * total_unit(args.score) * hess /
         (hess + args.score.l2 / args.score.hess_unit);
}

constexpr ColumnScreenKernels kColumnScreenKernels{screen_numbers, screen_categories};

}  // namespace
}  // namespace gbengine::GBENGINE_ISA_NAMESPACE

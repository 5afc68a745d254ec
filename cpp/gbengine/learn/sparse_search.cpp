#include "gbengine/learn/sparse_search.hpp"

#include <algorithm>

#include "gbengine/learn/sparse_histogram.hpp"

namespace gbengine {
namespace {

constexpr std::int64_t kMostCells = kMaxBins + 1;

/// Whether some split of a column could leave enough rows (repetitions) on both sides: those of the
/// zero code are all on one.
bool may_part(const SparseCodes& codes, std::size_t feature, const std::int32_t* reps,
              std::int64_t min_samples_leaf) {
  std::int64_t n_others = 0;
  codes.columns.for_each(feature, [&](std::size_t row, std::uint8_t code) {
    if (code != codes.zero_code[feature]) n_others += reps == nullptr ? 1 : reps[row];
  });
  return n_others >= min_samples_leaf;
}

}  // namespace

SparseSearch::SparseSearch(const BinnedMatrix& x, const GrowerConfig& config,
                           const FixedWeights& weights, const SplitFinder& finder)
    : x_(x), config_(config), weights_(weights), finder_(finder), columns_(x) {
  for (std::size_t f = 0; f < x.mappers.size(); ++f)
    is_idle_.push_back(may_part(*x.sparse, f, weights.reps(), config.min_samples_leaf) ? 0 : 1);
}

void SparseSearch::build(const Parallel& parallel, const GradientPair* pairs, std::int64_t* words) {
  sum_columns(parallel, x_, columns_.lines(), weights_.cell_width(), columns_.pairs(pairs), words);
}

void SparseSearch::take_away(const Parallel& parallel, const GradientPair* pairs,
                             std::int64_t* words) {
  subtract_columns(parallel, x_, columns_.lines(), weights_.cell_width(), columns_.pairs(pairs),
                   words);
}

SplitInfo SparseSearch::find(const Parallel& parallel, std::span<const std::int32_t> features,
                             const SparseNode& node) {
  const Values values{node.words == nullptr ? columns_.pairs(node.pairs) : nullptr,
                      node.is_counted ? columns_.reps(weights_.reps()) : nullptr};
  return finder_.best_of(parallel, features, node.sum,
                         [&](std::span<const std::int32_t> some, SplitInfo& best) {
                           for (const std::int32_t f : some)
                             if (is_idle_[static_cast<std::size_t>(f)] == 0)
                               seek(f, values, node, best);
                         });
}

/// Makes `best` the best split of a column if that is better.
void SparseSearch::seek(std::int32_t feature, const Values& values, const SparseNode& node,
                        SplitInfo& best) const {
  const auto f = static_cast<std::size_t>(feature);
  const CellWidth width = weights_.cell_width();
  const std::int64_t n_cells = x_.mappers[f].n_cells();
  const CodedLines& lines = columns_.lines();
  alignas(kCacheLine) std::int64_t sums[2 * kMostCells], counts[kMostCells];
  NodeSums cells{sums, nullptr, node.sum, node.count};
  if (node.words != nullptr) {
    cells.words = node.words + std::int64_t{x_.cell_offset[f]} * static_cast<int>(width);
  } else {
    if (weights_.reps() == nullptr && lines.n_cells(f) < config_.min_samples_leaf) return;
    std::fill_n(sums, n_cells * static_cast<int>(width), std::int64_t{0});
    add_column(lines, feature, width, values.pairs, 1, sums);
  }
  // All rows of the zero code are on one side of a split: these are what the other can have.
  const GradientSum others = complete_zero_cell(x_, feature, width, node.sum, cells.words);
  if (!finder_.is_enough(others) || !finder_.may_beat(best.total, feature, cells)) return;
  if (!node.is_counted) return finder_.seek(feature, cells, best);

  SplitInfo uncounted;
  finder_.seek(feature, cells, uncounted);
  if (uncounted.total <= best.total) return;
  std::fill_n(counts, n_cells, std::int64_t{0});
  count_column(lines, feature, values.reps, counts);
  if (complete_zero_count(x_, feature, node.count, counts) < config_.min_samples_leaf) return;
  cells.counts = counts;
  finder_.seek(feature, cells, best);
}

}  // namespace gbengine

#include "gbengine/data/quantile_cuts.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/base/error.hpp"
#include "gbengine/data/category_codes.hpp"
#include "gbengine/data/cut_rule.hpp"
#include "gbengine/data/distinct_keys.hpp"
#include "gbengine/data/ordered_column.hpp"
#include "gbengine/data/row_weights.hpp"
#include "gbengine/data/sort_key.hpp"
#include "gbengine/data/threshold.hpp"

namespace gbengine {
namespace {

// Columns are read in blocks: in C order neighbours share the cache lines that must come from
// memory, and every block makes the threads wait for each other twice. So a block takes as many
// columns as these bytes of scratch memory hold, but a half line's worth at least.
constexpr std::int64_t kBlockBytes = std::int64_t{32} << 20;
constexpr std::int64_t kHalfLine = 32;
constexpr std::int64_t kRowGrain = 1 << 14;
constexpr std::int64_t kCellNanoseconds = 5;
constexpr std::int64_t kTileRows = 128;  // whose lines stay in the L1 cache between the columns

/// Copies columns [first, first + n_cols) as sort keys, one column after the other.
template <typename Value>
void read_keys(const Parallel& parallel, const MatrixView& x, std::int32_t first,
               std::int32_t n_cols, SortKey<Value>* keys) {
  parallel.for_rows(x.n_rows, kRowGrain, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t tile = begin; tile < end; tile += kTileRows) {
      const std::int64_t tile_end = std::min(end, tile + kTileRows);
      for (std::int32_t c = 0; c < n_cols; ++c) {
        const Value* column = x.column<Value>(first + c);
        SortKey<Value>* out = keys + c * x.n_rows;
        for (std::int64_t i = tile; i < tile_end; ++i) out[i] = sort_key(column[i * x.row_stride]);
      }
    }
  });
}

template <typename Key>
std::vector<double> thresholds_between_all(const std::vector<Key>& keys) {
  std::vector<double> thresholds;
  for (std::size_t i = 1; i < keys.size(); ++i)
    thresholds.push_back(threshold_between(value_of_key(keys[i - 1]), value_of_key(keys[i])));
  return thresholds;
}

template <typename Entry>
std::vector<double> find_cuts(OrderedColumn<Entry>& column, int max_bins) {
  RunWeigher weigher(column.total_weight(), max_bins);
  column.walk(weigher);
  CutFinder finder(weigher.runs(), max_bins);
  column.walk(finder);
  return finder.take_thresholds();
}

/// The mappers of a block of columns, in parallel over the columns; each thread has its own
/// OrderedColumn, made when first needed.
template <typename Value, typename Entry>
class CutMaker {
  using Key = SortKey<Value>;

 public:
  CutMaker(const Parallel& parallel, std::int64_t n_rows, const RowWeights& weights, int max_bins)
      : n_rows_(n_rows),
        weights_(weights),
        max_bins_(max_bins),
        ordered_(static_cast<std::size_t>(parallel.n_threads())) {}

  BinMapper make(const Key* keys, int thread_idx) {
    DistinctKeys<Key> distinct(max_bins_);
    if (distinct.insert_all(keys, n_rows_))
      return {thresholds_between_all(distinct.sorted()), distinct.has_missing(), 0};
    auto& ordered = ordered_[static_cast<std::size_t>(thread_idx)];
    if (!ordered) ordered = std::make_unique<OrderedColumn<Entry>>(n_rows_);
    ordered->assign(keys, weights_.data());
    return {find_cuts(*ordered, max_bins_), ordered->has_missing(), 0};
  }

 private:
  std::int64_t n_rows_;
  const RowWeights& weights_;
  int max_bins_;
  std::vector<std::unique_ptr<OrderedColumn<Entry>>> ordered_;
};

template <typename Value>
std::int32_t columns_in_block(const Parallel& parallel, const MatrixView& x) {
  const std::int64_t column_bytes =
      std::max<std::int64_t>(x.n_rows, 1) * static_cast<std::int64_t>(sizeof(Value));
  const std::int64_t n_cols =
      std::max({kBlockBytes / column_bytes, kHalfLine / static_cast<std::int64_t>(sizeof(Value)),
                std::int64_t{parallel.n_threads()}});
  return static_cast<std::int32_t>(std::min<std::int64_t>(n_cols, x.n_cols));
}

template <typename Value, typename Entry>
std::vector<BinMapper> make_mappers(const Parallel& parallel, const MatrixView& x,
                                    const RowWeights& weights, int max_bins,
                                    std::span<const std::int32_t> n_categories) {
  std::vector<BinMapper> mappers(static_cast<std::size_t>(x.n_cols));
  const std::int32_t block = columns_in_block<Value>(parallel, x);
  AlignedBuffer<SortKey<Value>> keys(static_cast<std::size_t>(x.n_rows) *
                                     static_cast<std::size_t>(block));
  CutMaker<Value, Entry> maker(parallel, x.n_rows, weights, max_bins);
  for (std::int32_t first = 0; first < x.n_cols; first += block) {
    const std::int32_t n_cols = std::min(block, x.n_cols - first);
    read_keys<Value>(parallel, x, first, n_cols, keys.data());
    parallel.for_each(n_cols, [&](std::int64_t c, int thread_idx) {
      const auto f = static_cast<std::int32_t>(first + c);
      const std::int32_t n = n_categories_of(n_categories, f);
      mappers[static_cast<std::size_t>(f)] =
          n > 0 ? category_mapper(x, f, n, max_bins)
                : maker.make(keys.data() + c * x.n_rows, thread_idx);
    });
  }
  return mappers;
}

template <typename Value>
std::vector<BinMapper> make_mappers_of(const Parallel& parallel, const MatrixView& x,
                                       const RowWeights& weights, int max_bins,
                                       std::span<const std::int32_t> n_categories) {
  using Key = SortKey<Value>;
  return weights.size() == 0
             ? make_mappers<Value, KeyEntry<Key>>(parallel, x, weights, max_bins, n_categories)
             : make_mappers<Value, WeightedKeyEntry<Key>>(parallel, x, weights, max_bins,
                                                          n_categories);
}

}  // namespace

std::vector<BinMapper> make_bin_mappers(const Parallel& parallel, const MatrixView& x,
                                        const double* weight, int max_bins,
                                        std::span<const std::int32_t> n_categories) {
  assert(n_categories.empty() || std::ssize(n_categories) == x.n_cols);
  assert(max_bins >= 2 && max_bins <= kMaxBins);
  const Parallel threads = parallel.worth(x.n_rows * x.n_cols * kCellNanoseconds);
  if (x.n_rows > std::numeric_limits<std::uint32_t>::max())
    throw ValueError("X has " + std::to_string(x.n_rows) + " rows; at most 2^32 - 1 are allowed");
  const RowWeights weights = make_row_weights(threads, weight, x.n_rows);
  return x.dtype == DType::kFloat32
             ? make_mappers_of<float>(threads, x, weights, max_bins, n_categories)
             : make_mappers_of<double>(threads, x, weights, max_bins, n_categories);
}

}  // namespace gbengine

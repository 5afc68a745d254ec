#include "gbengine/data/coded_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "gbengine/data/bin_table.hpp"
#include "gbengine/data/category_codes.hpp"
#include "gbengine/data/sparse_columns.hpp"
#include "gbengine/data/threshold.hpp"

namespace gbengine {
namespace {

constexpr std::int64_t kRankNanoseconds = 20;  // a value

constexpr double kInfinity = std::numeric_limits<double>::infinity();

CodeColumn column_of(const BinnedMatrix& binned, std::int32_t f) {
  const BinMapper& mapper = binned.mappers[static_cast<std::size_t>(f)];
  return {binned.column(f),
          CodeWidth::k8,
          static_cast<std::uint32_t>(mapper.n_bins()),
          mapper.has_missing,
          mapper.is_categorical(),
          RowwiseCodes(binned.row(0) + f, binned.row_stride),
          mapper.thresholds.data()};
}

/// Whether points can be named by their share of a span.
bool is_ordinary(double span) {
  return span <= std::numeric_limits<double>::max();
}

/// One of low … high - 1.
std::uint32_t index_between(std::uint32_t low, std::uint32_t high, double u) {
  const auto step = static_cast<std::uint32_t>(u * static_cast<double>(high - low));
  return low + std::min(step, high - low - 1);
}

}  // namespace

CodedTable::CodedTable(const Parallel& parallel, const TableView& x, const double* weight,
                       int max_bins, std::span<const std::int32_t> n_categories)
    : n_rows_(x.n_rows()) {
  if (std::any_of(n_categories.begin(), n_categories.end(), [](auto n) { return n > 0; }))
    n_categories_.assign(n_categories.begin(), n_categories.end());
  columns_.resize(static_cast<std::size_t>(x.n_cols()));
  if (max_bins == 0) {
    rank_columns(parallel, x, n_categories);
    return;
  }
  take_bins(bin_table(parallel, x, weight, max_bins, n_categories, CodeForm::kDense));
}

CodedTable::CodedTable(BinnedMatrix binned) : n_rows_(binned.n_rows) {
  for (const BinMapper& mapper : binned.mappers) n_categories_.push_back(mapper.n_categories);
  if (std::all_of(n_categories_.begin(), n_categories_.end(), [](auto n) { return n == 0; }))
    n_categories_.clear();
  columns_.resize(binned.mappers.size());
  take_bins(std::move(binned));
}

void CodedTable::take_bins(BinnedMatrix binned) {
  binned_ = std::make_unique<BinnedMatrix>(std::move(binned));
  for (std::size_t f = 0; f < columns_.size(); ++f) {
    columns_[f] = column_of(*binned_, static_cast<std::int32_t>(f));
    grids_.emplace_back(binned_->mappers[f].thresholds);
  }
}

void CodedTable::rank_columns(const Parallel& parallel, const TableView& x,
                              std::span<const std::int32_t> n_categories) {
  ranked_.resize(columns_.size());
  const Parallel threads = parallel.worth(x.n_rows() * x.n_cols() * kRankNanoseconds);
  if (x.is_sparse()) {
    SparseColumns columns;
    columns.read(x.sparse(), 0, x.n_cols());
    std::vector<AlignedBuffer<std::uint64_t>> scratch(
        static_cast<std::size_t>(threads.n_threads()));
    threads.for_each(x.n_cols(), [&](std::int64_t f, int thread_idx) {
      const MatrixView column = columns.dense_column(static_cast<std::int32_t>(f),
                                                     scratch[static_cast<std::size_t>(thread_idx)]);
      ranked_[static_cast<std::size_t>(f)] = rank_column(column, 0);
    });
  } else {
    threads.for_each(x.n_cols(), [&](std::int64_t f, int) {
      const auto feature = static_cast<std::int32_t>(f);
      const std::int32_t n = n_categories_of(n_categories, f);
      ranked_[static_cast<std::size_t>(f)] =
          n > 0 ? rank_categories(x.dense(), feature, n) : rank_column(x.dense(), feature);
    });
  }
  for (std::size_t f = 0; f < columns_.size(); ++f) columns_[f] = ranked_[f].view();
}

std::size_t CodedTable::n_bytes() const {
  std::size_t n_bytes = 0;
  if (binned_ != nullptr) n_bytes += binned_->row_codes.size() + binned_->column_codes.size();
  for (const RankedColumn& column : ranked_)
    n_bytes += column.codes.size() + column.values.size() * sizeof(double);
  return n_bytes;
}

Cut CodedTable::cut_between(std::int32_t feature, std::uint32_t low, std::uint32_t high) const {
  if (high >= column(feature).n_codes) return {column(feature).n_codes - 1, kInfinity};
  if (is_exact()) {
    const std::vector<double>& value = values(feature);
    return {low, threshold_between(value[low], value[high])};
  }
  const std::uint32_t code = low + (high - low - 1) / 2;
  return {code, thresholds(feature)[code]};
}

Cut CodedTable::cut_between_values(std::int32_t feature, std::uint32_t low, std::uint32_t high,
                                   double u) const {
  const double* points = column(feature).points;
  const double span = points[high] - points[low];
  if (!is_ordinary(span)) {
    const std::uint32_t code = index_between(low, high, u);
    return {code, threshold_between(points[code], points[code + 1])};
  }
  // The last value at or below the point; the point may have been rounded up to the highest.
  const double point = points[low] + u * span;
  const double* above = std::upper_bound(points + low + 1, points + high, point);
  const auto code = static_cast<std::uint32_t>(above - points) - 1;
  return {code, point < points[high] ? point : points[code]};
}

/// Of a column whose edges have no grid: there is one, or they are too far apart.
Cut CodedTable::cut_between_edges(std::int32_t feature, std::uint32_t low, std::uint32_t high,
                                  double u) const {
  const double* points = column(feature).points;
  const double span = points[high - 1] - points[low];
  if (!is_ordinary(span)) {
    const std::uint32_t code = index_between(low, high, u);
    return {code, points[code]};
  }
  const double* edge = std::lower_bound(points + low, points + high - 1, points[low] + u * span);
  return {static_cast<std::uint32_t>(edge - points), *edge};
}

std::uint32_t CodedTable::codes_up_to(std::int32_t feature, double threshold) const {
  if (threshold == kInfinity) return column(feature).n_codes;
  const std::vector<double>& sorted = is_exact() ? values(feature) : thresholds(feature);
  return static_cast<std::uint32_t>(std::upper_bound(sorted.begin(), sorted.end(), threshold) -
                                    sorted.begin());
}

}  // namespace gbengine

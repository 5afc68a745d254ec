#include "gbengine/data/coded_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "gbengine/data/quantile_cuts.hpp"
#include "gbengine/data/threshold.hpp"

namespace gbengine {
namespace {

constexpr std::int64_t kRankNanoseconds = 20;  // a value

constexpr double kInfinity = std::numeric_limits<double>::infinity();

CodeColumn column_of(const BinnedMatrix& binned, std::int32_t f) {
  const BinMapper& mapper = binned.mappers[static_cast<std::size_t>(f)];
  return {binned.column(f), CodeWidth::k8, static_cast<std::uint32_t>(mapper.n_bins()),
          mapper.has_missing, RowwiseCodes(binned.row(0) + f, binned.row_stride)};
}

/// A point between low and high, or NaN where they are too far apart for that.
double point_between(double low, double high, double u) {
  const double span = high - low;
  return std::isfinite(span) ? low + u * span : std::numeric_limits<double>::quiet_NaN();
}

/// How many of n ascending numbers are below x; without branches, since it is anybody's guess.
std::uint32_t count_below(const double* numbers, std::uint32_t n, double x) {
  std::uint32_t begin = 0;
  while (n > 1) {
    const std::uint32_t half = n / 2;
    begin += half & -std::uint32_t{numbers[begin + half - 1] < x};
    n -= half;
  }
  return begin + (n == 1 && numbers[begin] < x ? 1 : 0);
}

/// One of low … high - 1.
std::uint32_t index_between(std::uint32_t low, std::uint32_t high, double u) {
  const auto step = static_cast<std::uint32_t>(u * static_cast<double>(high - low));
  return low + std::min(step, high - low - 1);
}

}  // namespace

CodedTable::CodedTable(const Parallel& parallel, const MatrixView& x, const double* weight,
                       int max_bins)
    : n_rows_(x.n_rows) {
  const auto n_features = static_cast<std::size_t>(x.n_cols);
  columns_.resize(n_features);
  if (max_bins > 0) {
    binned_ = std::make_unique<BinnedMatrix>(
        bin_matrix(parallel, x, make_bin_mappers(parallel, x, weight, max_bins)));
    for (std::int32_t f = 0; f < x.n_cols; ++f)
      columns_[static_cast<std::size_t>(f)] = column_of(*binned_, f);
    return;
  }
  ranked_.resize(n_features);
  const Parallel threads = parallel.worth(x.n_rows * x.n_cols * kRankNanoseconds);
  threads.for_each(x.n_cols, [&](std::int64_t f, int) {
    ranked_[static_cast<std::size_t>(f)] = rank_column(x, static_cast<std::int32_t>(f));
  });
  for (std::size_t f = 0; f < n_features; ++f) columns_[f] = ranked_[f].view();
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

Cut CodedTable::cut_at_random(std::int32_t feature, std::uint32_t low, std::uint32_t high,
                              double u) const {
  const std::vector<double>& sorted = is_exact() ? values(feature) : thresholds(feature);
  // With bins, between the upper edge of the lowest and the lower edge of the highest.
  const std::uint32_t last = is_exact() ? high : high - 1;
  const double point = point_between(sorted[low], sorted[last], u);
  if (std::isnan(point)) {
    const std::uint32_t code = index_between(low, high, u);
    return {code, is_exact() ? threshold_between(sorted[code], sorted[code + 1]) : sorted[code]};
  }
  const auto begin = sorted.begin() + low, end = sorted.begin() + last;
  if (is_exact()) {
    // The last value at or below the point; the point may have been rounded up to the highest.
    const auto above = std::upper_bound(begin + 1, end, point);
    const auto code = static_cast<std::uint32_t>(above - sorted.begin()) - 1;
    return {code, point < sorted[last] ? point : sorted[code]};
  }
  const auto code = low + count_below(sorted.data() + low, last - low, point);
  return {code, sorted[code]};
}

std::uint32_t CodedTable::codes_up_to(std::int32_t feature, double threshold) const {
  if (threshold == kInfinity) return column(feature).n_codes;
  const std::vector<double>& sorted = is_exact() ? values(feature) : thresholds(feature);
  return static_cast<std::uint32_t>(std::upper_bound(sorted.begin(), sorted.end(), threshold) -
                                    sorted.begin());
}

}  // namespace gbengine

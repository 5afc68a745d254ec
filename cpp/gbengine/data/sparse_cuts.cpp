#include "gbengine/data/sparse_cuts.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "gbengine/data/cut_rule.hpp"
#include "gbengine/data/threshold.hpp"

namespace gbengine {
namespace {

struct WeightedValue {
  double value;
  std::uint64_t weight;
};

/// Its distinct values in order, with their weights; the 0 of cells that are not stored among them.
class SparseColumn {
 public:
  SparseColumn(const SparseColumns& columns, std::int32_t feature, const RowWeights& weights,
               std::uint64_t total_weight)
      : implicit_(total_weight) {
    for (std::int64_t k = columns.begin(feature); k < columns.begin(feature + 1); ++k) {
      const double value = columns.value(k);
      const std::uint64_t weight = weights.size() == 0 ? 1 : weights[columns.row()[k]];
      implicit_ -= weight;
      if (std::isnan(value))
        has_missing_ = true;
      else
        values_.push_back({value, weight});
    }
    if (implicit_ > 0) values_.push_back({0.0, implicit_});
    merge();
  }

  bool has_missing() const { return has_missing_; }
  const std::vector<WeightedValue>& values() const { return values_; }

 private:
  void merge() {
    std::sort(values_.begin(), values_.end(),
              [](const auto& a, const auto& b) { return a.value < b.value; });
    std::size_t n = 0;
    for (const WeightedValue& next : values_) {
      if (n > 0 && values_[n - 1].value == next.value)
        values_[n - 1].weight += next.weight;
      else
        values_[n++] = {next.value == 0.0 ? 0.0 : next.value, next.weight};  // -0.0 is 0.0
    }
    values_.resize(n);
  }

  std::uint64_t implicit_;  // weight of the cells that are not stored
  bool has_missing_ = false;
  std::vector<WeightedValue> values_;
};

std::vector<double> thresholds_of(const std::vector<WeightedValue>& values, int max_bins) {
  std::vector<double> thresholds;
  if (values.size() <= static_cast<std::size_t>(max_bins)) {
    for (std::size_t i = 1; i < values.size(); ++i)
      thresholds.push_back(threshold_between(values[i - 1].value, values[i].value));
    return thresholds;
  }
  std::uint64_t total = 0;
  for (const WeightedValue& v : values) total += v.weight;
  RunWeigher weigher(total, max_bins);
  for (const WeightedValue& v : values) weigher.value(v.value, v.weight);
  CutFinder finder(weigher.runs(), max_bins);
  for (const WeightedValue& v : values) finder.value(v.value, v.weight);
  return finder.take_thresholds();
}

}  // namespace

SparseCuts::SparseCuts(const Parallel& parallel, const double* weight, std::int64_t n_rows,
                       int max_bins)
    : weights_(make_row_weights(parallel, weight, n_rows)),
      total_(weights_.size() == 0
                 ? static_cast<std::uint64_t>(n_rows)
                 : std::accumulate(weights_.begin(), weights_.end(), std::uint64_t{0})),
      max_bins_(max_bins) {}

BinMapper SparseCuts::mapper(const SparseColumns& columns, std::int32_t feature) const {
  const SparseColumn column(columns, feature, weights_, total_);
  BinMapper mapper{thresholds_of(column.values(), max_bins_), column.has_missing(), 0};
  mapper.thresholds.shrink_to_fit();  // of many columns they take as much as the codes
  return mapper;
}

}  // namespace gbengine

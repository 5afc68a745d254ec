#include "gbengine/data/target_statistics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "gbengine/base/error.hpp"
#include "gbengine/base/rng.hpp"
#include "gbengine/base/weighted_mean.hpp"
#include "gbengine/base/wide_sum.hpp"
#include "gbengine/data/value_bits.hpp"
#include "gbengine/kernel/kernels.hpp"

namespace gbengine {
namespace {

constexpr std::int64_t kHashGrain = 1 << 12;
constexpr std::int64_t kCategoryGrain = 64;
constexpr int kNoFold = -1;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// The rows of each category, one category after the other; missing ones are in none.
struct RowsByCategory {
  std::vector<std::uint32_t> begin;  // n_categories + 1
  std::vector<std::uint32_t> rows;

  std::span<const std::uint32_t> of(std::size_t category) const {
    return {rows.data() + begin[category], begin[category + 1] - begin[category]};
  }
};

std::uint32_t code_at(const MatrixView& x, std::int64_t row, std::int32_t feature,
                      std::int32_t n_categories) {
  const double value = x.get(row, feature);
  if (!(value >= 0.0 && value < n_categories && value == std::floor(value)))
    throw ValueError("X[" + std::to_string(row) + ", " + std::to_string(feature) + "] is " +
                     number_text(value) + "; a column of " + std::to_string(n_categories) +
                     " categories holds their numbers from 0 on, or NaN");
  return static_cast<std::uint32_t>(value);
}

RowsByCategory rows_by_category(const MatrixView& x, std::int32_t feature,
                                std::int32_t n_categories) {
  RowsByCategory sorted;
  sorted.begin.assign(static_cast<std::size_t>(n_categories) + 1, 0);
  for (std::int64_t i = 0; i < x.n_rows; ++i)
    if (!std::isnan(x.get(i, feature))) ++sorted.begin[code_at(x, i, feature, n_categories) + 1];
  for (std::size_t c = 1; c < sorted.begin.size(); ++c) sorted.begin[c] += sorted.begin[c - 1];
  sorted.rows.resize(sorted.begin.back());
  std::vector<std::uint32_t> next(sorted.begin.begin(), sorted.begin.end() - 1);
  for (std::int64_t i = 0; i < x.n_rows; ++i)
    if (!std::isnan(x.get(i, feature)))
      sorted.rows[next[static_cast<std::size_t>(x.get(i, feature))]++] =
          static_cast<std::uint32_t>(i);
  return sorted;
}

}  // namespace

std::vector<std::uint8_t> row_folds(const Parallel& parallel, const MatrixView& x,
                                    std::uint64_t seed) {
  const CounterRng rng(seed, RngPurpose::kTargetFold);
  std::vector<std::uint8_t> folds(static_cast<std::size_t>(x.n_rows));
  parallel.for_rows(x.n_rows, kHashGrain, [&](std::int64_t begin, std::int64_t end, int) {
    std::array<std::uint64_t, kHashGrain> hash{};
    for (std::int32_t f = 0; f < x.n_cols; ++f)
      for (std::int64_t i = begin; i < end; ++i) {
        std::uint64_t& h = hash[static_cast<std::size_t>(i - begin)];
        h = CounterRng::mix(h ^ value_bits(x.get(i, f)));
      }
    for (std::int64_t i = begin; i < end; ++i)
      folds[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(
          rng.below(kTargetFolds, hash[static_cast<std::size_t>(i - begin)]));
  });
  return folds;
}

/// The sums of one category, fold by fold.
class TargetStatistics::Category {
 public:
  explicit Category(const TargetStatistics& all)
      : all_(all),
        n_(all.statistics_.size()),
        sums_(n_ * kTargetFolds),
        means_(n_ * (kTargetFolds + 1)) {}

  void clear() {
    std::fill(sums_.begin(), sums_.end(), WideSum{});
    weight_ = {};
  }

  void add(std::uint32_t row, int fold) {
    const std::int64_t weight = all_.weights_[row];
    weight_[static_cast<std::size_t>(fold)] += weight;
    WideSum* sums = sums_.data() + static_cast<std::size_t>(fold) * n_;
    const auto n_outputs = static_cast<std::int64_t>(all_.first_.size());
    for (std::int64_t k = 0; k < n_outputs; ++k) {
      const double y = all_.targets_.y[row * n_outputs + k];
      const auto output = static_cast<std::size_t>(k);
      WideSum* of_output = sums + all_.first_[output];
      const std::int32_t n_classes = all_.targets_.n_classes[output];
      if (n_classes == 0)
        of_output->add(static_cast<Int128>(all_.scales_[output](y)) * weight);
      else if (n_classes > 2)
        of_output[static_cast<std::size_t>(y)].add(weight);
      else if (y == 1.0)
        of_output->add(weight);
    }
  }

  /// After the last row.
  void finish() {
    for (int without = kNoFold; without < kTargetFolds; ++without)
      for (std::size_t k = 0; k < n_; ++k) mean_of(without, k) = mean_without(without, k);
  }

  /// Writes the means of the folds other than this one; of all for kNoFold.
  void write(int fold, double* out, std::size_t stride) {
    for (std::size_t k = 0; k < n_; ++k) out[k * stride] = mean_of(fold, k);
  }

  /// N_c of the folds other than this one; of all for kNoFold.
  double weight_without(int fold) const {
    Int128 total = 0;
    for (int f = 0; f < kTargetFolds; ++f)
      if (f != fold) total += weight_[static_cast<std::size_t>(f)];
    return std::ldexp(static_cast<double>(total), -all_.weights_.shift());
  }

  /// Sum over the rows of their weights, times the weight that other folds have here.
  double weight_apart() const {
    double apart = 0.0;
    for (int f = 0; f < kTargetFolds; ++f)
      apart += (weight_without(kNoFold) - weight_without(f)) * weight_without(f);
    return apart;
  }

 private:
  double& mean_of(int without, std::size_t k) {
    return means_[static_cast<std::size_t>(without + 1) * n_ + k];
  }

  double mean_without(int fold, std::size_t k) const {
    WideSum total;
    for (int f = 0; f < kTargetFolds; ++f)
      if (f != fold) total.add(sums_[static_cast<std::size_t>(f) * n_ + k]);
    const Statistic& statistic = all_.statistics_[k];
    const double sum = std::ldexp(total.to_double(), -statistic.shift);
    return (sum + kPriorWeight * statistic.prior) / (weight_without(fold) + kPriorWeight);
  }

  const TargetStatistics& all_;
  std::size_t n_;
  std::vector<WideSum> sums_;  // fold by fold
  std::vector<double> means_;  // without none, without fold 0, …
  std::array<Int128, kTargetFolds> weight_{};
};

TargetStatistics::TargetStatistics(const Parallel& parallel, StatisticTargets targets)
    : targets_(std::move(targets)), weights_(parallel, targets_.weight, targets_.n_rows) {
  scales_.resize(targets_.n_classes.size());
  for (std::size_t k = 0; k < targets_.n_classes.size(); ++k) {
    first_.push_back(static_cast<std::int32_t>(statistics_.size()));
    const auto output = static_cast<std::int32_t>(k);
    if (targets_.n_classes[k] == 0)
      add_numbers(parallel, output);
    else
      add_classes(output, targets_.n_classes[k]);
  }
}

void TargetStatistics::add_numbers(const Parallel& parallel, std::int32_t output) {
  const auto n_outputs = static_cast<std::int64_t>(targets_.n_classes.size());
  const auto y = [&](std::int64_t row) { return targets_.y[row * n_outputs + output]; };
  IntegerScale& scale = scales_[static_cast<std::size_t>(output)];
  scale = IntegerScale(largest_magnitude(parallel, targets_.n_rows, y));
  const BlockValues values = [&](std::int64_t begin, std::int64_t end, double* out) {
    for (std::int64_t i = begin; i < end; ++i) out[i - begin] = y(i);
  };
  const double mean = weighted_mean(parallel, targets_.weight, targets_.n_rows, values);
  statistics_.push_back({mean, scale.shift() + weights_.shift()});
}

void TargetStatistics::add_classes(std::int32_t output, std::int32_t n_classes) {
  const auto n_outputs = static_cast<std::int64_t>(targets_.n_classes.size());
  std::vector<Int128> weight(static_cast<std::size_t>(n_classes), 0);
  Int128 total = 0;
  for (std::int64_t i = 0; i < targets_.n_rows; ++i) {
    weight[static_cast<std::size_t>(targets_.y[i * n_outputs + output])] += weights_[i];
    total += weights_[i];
  }
  const std::int32_t first = n_classes > 2 ? 0 : 1;
  for (std::int32_t c = first; c < std::max(n_classes, 2); ++c) {
    const Int128 of_class = c < n_classes ? weight[static_cast<std::size_t>(c)] : 0;
    const double share = static_cast<double>(of_class) / static_cast<double>(total);
    statistics_.push_back({share, weights_.shift()});
  }
}

ColumnStatistics TargetStatistics::of(const Parallel& parallel, const MatrixView& x,
                                      std::int32_t feature, std::int32_t n_categories,
                                      std::span<const std::uint8_t> folds) const {
  const RowsByCategory sorted = rows_by_category(x, feature, n_categories);
  const auto n_rows = static_cast<std::size_t>(x.n_rows);
  const auto n_levels = static_cast<std::size_t>(n_categories);
  const std::size_t n_means = statistics_.size();
  ColumnStatistics out;
  out.table.resize((n_means + 1) * n_levels);
  out.training.assign((n_means + 1) * n_rows, kNaN);
  std::vector<double> apart(n_levels), square(n_levels);
  parallel.for_rows(n_categories, kCategoryGrain, [&](std::int64_t begin, std::int64_t end, int) {
    Category category(*this);
    for (auto c = static_cast<std::size_t>(begin); c < static_cast<std::size_t>(end); ++c) {
      const std::span<const std::uint32_t> rows = sorted.of(c);
      category.clear();
      for (const std::uint32_t row : rows) category.add(row, folds[row]);
      category.finish();
      const double weight = category.weight_without(kNoFold);
      square[c] = weight * weight;
      apart[c] = category.weight_apart();
      category.write(kNoFold, out.table.data() + c, n_levels);
      double& log_weight = out.table[n_means * n_levels + c];
      log_weight = 1.0 + weight;
      kernels().math.log(&log_weight, &log_weight, 1);
      for (const std::uint32_t row : rows) {
        category.write(folds[row], out.training.data() + row, n_rows);
        out.training[n_means * n_rows + row] = log_weight;
      }
    }
  });
  double sum_apart = 0.0, sum_square = 0.0;
  for (std::size_t c = 0; c < n_levels; ++c) {
    sum_apart += apart[c];
    sum_square += square[c];
  }
  out.spread = sum_square > 0.0 ? sum_apart / sum_square : 0.0;
  return out;
}

}  // namespace gbengine

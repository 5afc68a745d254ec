#include "gbengine/learn/vector_split.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "gbengine/kernel/kernels.hpp"
#include "gbengine/learn/newton_step.hpp"
#include "gbengine/learn/vector_category.hpp"

namespace gbengine {
namespace {

constexpr std::int64_t kFeatureGrain = 4;
constexpr std::int64_t kScanNanoseconds = 100;  // an output of a feature

/// Sum of one column over the cells of a feature that go left.
template <typename Sum>
std::int64_t left_sum(const VectorScanArgs& args, std::int32_t column, const SplitInfo& split,
                      bool is_categorical) {
  const Sum* of_column = static_cast<const Sum*>(args.cells) + column;
  std::int64_t sum =
      split.missing_goes_left ? of_column[std::int64_t{args.n_bins} * args.stride] : Sum{0};
  for (std::int32_t bin = 0; bin < args.n_bins; ++bin)
    if (is_categorical ? split.left_codes.contains(static_cast<std::uint32_t>(bin))
                       : bin <= split.bin)
      sum += of_column[std::int64_t{bin} * args.stride];
  return sum;
}

}  // namespace

VectorSplitFinder::VectorSplitFinder(const BinnedMatrix& x, const GrowerConfig& config,
                                     CellWidth width, const VectorShape& shape)
    : x_(x),
      config_(config),
      category_rules_{config.cat_smooth, config.max_cat_threshold, config.min_samples_category},
      width_(width),
      shape_(shape) {}

void VectorSplitFinder::take_units(std::vector<double> grad_unit, std::vector<double> hess_unit,
                                   bool hess_counts) {
  grad_unit_ = std::move(grad_unit);
  hess_unit_ = std::move(hess_unit);
  hess_counts_ = hess_counts;
  min_hess_.clear();
  for (const double unit : hess_unit_) {
    double least = config_.min_hessian_leaf / unit;  // exact: a power of two
    if (hess_counts) least = std::max(least, static_cast<double>(config_.min_samples_leaf));
    min_hess_.push_back(least);
  }
}

VectorUnits VectorSplitFinder::units() const {
  return {shape_.n_outputs,          shape_.n_hess,         grad_unit_.data(),
          hess_unit_.data(),         min_hess_.data(),      config_.l1_regularization,
          config_.l2_regularization, config_.max_delta_step};
}

double VectorSplitFinder::node_value(const std::int64_t* sums, std::int32_t output) const {
  const std::int32_t hess = shape_.hess_column(output);
  return newton_step(
      static_cast<double>(sums[output]) * grad_unit_[static_cast<std::size_t>(output)],
      static_cast<double>(sums[hess]) * hess_unit(hess - shape_.n_outputs), config_);
}

/// In the order and with the rounding of the scan.
double VectorSplitFinder::node_score(const std::int64_t* sums) const {
  const bool is_bounded = config_.max_delta_step > 0, is_shared = shape_.n_hess == 1;
  double score = 0.0, squares = 0.0;
  for (std::int32_t k = 0; k < shape_.n_outputs; ++k) {
    const std::int32_t hess = shape_.hess_column(k);
    const double h = static_cast<double>(sums[hess]) * hess_unit(hess - shape_.n_outputs) +
                     config_.l2_regularization;
    if (h <= 0) continue;
    const double g = static_cast<double>(sums[k]) * grad_unit_[static_cast<std::size_t>(k)];
    const double t = std::max(std::abs(g) - config_.l1_regularization, 0.0);
    if (is_bounded) {
      const double w = std::min(t / h, config_.max_delta_step);
      score += 2.0 * t * w - h * w * w;
    } else if (!is_shared) {
      score += t * t / h;
    } else {
      squares += t * t;
      if (k + 1 == shape_.n_outputs) score = squares / h;
    }
  }
  return score;
}

/// The best split of a feature; its gain is not known yet.
SplitInfo VectorSplitFinder::seek(std::int32_t feature, const VectorHistogram& histogram,
                                  const VectorNode& node) const {
  const auto at = static_cast<std::size_t>(feature);
  const VectorUnits units = this->units();
  const VectorScanArgs args{histogram.cells(node.words, feature),
                            shape_.stride,
                            node.counts == nullptr ? nullptr : node.counts + x_.cell_offset[at],
                            x_.mappers[at].n_bins(),
                            node.sums,
                            node.count,
                            config_.min_samples_leaf,
                            /*loose_count=*/0,
                            &units};
  const bool is_narrow = width_ == CellWidth::kNarrow;
  const bool is_categorical = x_.mappers[at].is_categorical();
  VectorCategorySplit of_feature;
  if (is_categorical)
    of_feature = find_vector_category_split(width_, args, category_rules_, /*total_to_beat=*/-1.0);
  else
    of_feature.found =
        is_narrow ? kernels().vector_scan.narrow(args) : kernels().vector_scan.wide(args);
  const VectorScanResult& found = of_feature.found;
  SplitInfo split;
  if (found.total < 0) return split;
  split.total = found.total;
  split.feature = feature;
  split.bin = found.bin;
  split.missing_goes_left = found.missing_goes_left;
  split.left_codes = of_feature.left;
  if (!hess_counts_) return split;
  const std::int32_t column = shape_.hess_column(0);
  split.left.hess = is_narrow ? left_sum<std::int32_t>(args, column, split, is_categorical)
                              : left_sum<std::int64_t>(args, column, split, is_categorical);
  split.right.hess = node.sums[column] - split.left.hess;
  return split;
}

std::vector<SplitInfo> VectorSplitFinder::seek_all(const Parallel& parallel,
                                                   std::span<const std::int32_t> features,
                                                   const VectorHistogram& histogram,
                                                   const VectorNode& node) const {
  std::vector<SplitInfo> best_of(features.size());
  const auto n_features = static_cast<std::int64_t>(features.size());
  parallel.worth(n_features * shape_.n_outputs * kScanNanoseconds)
      .for_rows(n_features, kFeatureGrain, [&](std::int64_t begin, std::int64_t end, int) {
        for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
          best_of[i] = seek(features[i], histogram, node);
      });
  return best_of;
}

SplitInfo VectorSplitFinder::find(const Parallel& parallel, std::span<const std::int32_t> features,
                                  const VectorHistogram& histogram, const VectorNode& node) const {
  SplitInfo best;  // ties go to the first
  for (const SplitInfo& split : seek_all(parallel, features, histogram, node))
    if (split.total > best.total) best = split;
  return gained(best, node);
}

SplitInfo VectorSplitFinder::find_counted(const Parallel& parallel,
                                          std::span<const std::int32_t> features,
                                          const VectorHistogram& histogram, const VectorNode& node,
                                          const CountFeature& count) const {
  VectorNode uncounted = node;
  uncounted.counts = nullptr;
  std::vector<SplitInfo> best_of = seek_all(parallel, features, histogram, uncounted);
  std::vector<std::uint8_t> is_counted(features.size(), 0);
  for (;;) {
    std::size_t at = 0;
    for (std::size_t i = 1; i < best_of.size(); ++i)
      if (best_of[i].total > best_of[at].total) at = i;
    if (best_of.empty() || !best_of[at].is_valid()) return {};
    if (is_counted[at] != 0) return gained(best_of[at], node);
    is_counted[at] = 1;
    count(features[at]);
    best_of[at] = seek(features[at], histogram, node);
  }
}

SplitInfo VectorSplitFinder::gained(const SplitInfo& best, const VectorNode& node) const {
  return if_it_gains(best, node_score(node.sums), config_.min_split_gain);
}

}  // namespace gbengine

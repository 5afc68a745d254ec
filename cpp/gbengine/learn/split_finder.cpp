#include "gbengine/learn/split_finder.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "gbengine/kernel/kernels.hpp"
#include "gbengine/learn/newton_step.hpp"

namespace gbengine {
namespace {

constexpr std::int64_t kFewBins = 6;

SplitInfo split_of(std::int32_t feature, const ScanResult& found, GradientSum node,
                   const CategorySet& left_codes) {
  const GradientSum right = node - found.left;
  const bool missing_goes_left =
      found.has_missing != 0 ? found.missing_goes_left != 0 : found.left.hess >= right.hess;
  return {0.0, found.total, feature, found.bin, missing_goes_left, found.left, right, left_codes};
}

}  // namespace

SplitFinder::SplitFinder(const BinnedMatrix& x, const GrowerConfig& config, CellWidth width)
    : x_(x),
      config_(config),
      category_rules_{config.cat_smooth, config.max_cat_threshold, config.min_samples_category},
      width_(width),
      screen_(x, width) {}

void SplitFinder::start_tree(const FixedPoint& fixed, bool hess_counts) {
  params_ = {fixed.grad_unit, fixed.hess_unit, config_.l1_regularization, config_.l2_regularization,
             config_.max_delta_step};
  params_.screens = may_screen(params_);
  min_hess_ = config_.min_hessian_leaf / fixed.hess_unit;  // exact: a power of two
  if (hess_counts) min_hess_ = std::max(min_hess_, static_cast<double>(config_.min_samples_leaf));
}

double SplitFinder::node_score(GradientSum sum) const {
  const double h = static_cast<double>(sum.hess) * params_.hess_unit + params_.l2;
  if (h <= 0) return 0.0;
  const double t =
      std::max(std::abs(static_cast<double>(sum.grad) * params_.grad_unit) - params_.l1, 0.0);
  if (params_.max_delta_step == 0) return t * t / h;
  const double w = std::min(t / h, params_.max_delta_step);
  return 2.0 * t * w - h * w * w;
}

double SplitFinder::node_value(GradientSum sum) const {
  return newton_step(static_cast<double>(sum.grad) * params_.grad_unit,
                     static_cast<double>(sum.hess) * params_.hess_unit, config_);
}

bool SplitFinder::may_beat(double total, std::int32_t feature, const NodeSums& cells) const {
  const std::int64_t n_bins = x_.mappers[static_cast<std::size_t>(feature)].n_bins();
  if (n_bins > kFewBins) return true;
  const auto cell = [&](std::int64_t i) {
    const std::int64_t* words = cells.words + i * static_cast<int>(width_);
    return width_ == CellWidth::kWide ? GradientSum{words[0], words[1]}
                                      : GradientSum{words[0] >> 32, words[0] & 0xffffffff};
  };
  if (cell(n_bins) != GradientSum{}) return true;  // missing rows
  GradientSum left;
  for (std::int64_t bin = 0; bin + 1 < n_bins; ++bin) {
    const GradientSum here = cell(bin);
    left = left + here;
    if (here == GradientSum{}) continue;
    // Written down once more, it may round otherwise than the scan does.
    const double found = node_score(left) + node_score(cells.sum - left);
    if (found * (1.0 + kNoise) > total) return true;
  }
  return false;
}

NodeSums SplitFinder::cells_of(std::int32_t feature, const NodeSums& node) const {
  const std::int64_t cell = x_.cell_offset[static_cast<std::size_t>(feature)];
  return {node.words + cell * static_cast<int>(width_),
          node.counts == nullptr ? nullptr : node.counts + cell, node.sum, node.count};
}

void SplitFinder::seek(std::int32_t feature, const NodeSums& cells, SplitInfo& best) const {
  const auto at = static_cast<std::size_t>(feature);
  const ScanArgs args{cells.words, cells.counts, x_.mappers[at].n_bins(),  cells.sum,
                      cells.count, min_hess_,    config_.min_samples_leaf, params_,
                      best.total};
  if (x_.mappers[at].is_categorical()) {
    const CategorySplit split = find_category_split(width_, args, category_rules_);
    if (split.found.total > best.total)
      best = split_of(feature, split.found, cells.sum, split.left);
  } else {
    const ScanResult found = width_ == CellWidth::kNarrow ? kernels().split_scan.narrow(args)
                                                          : kernels().split_scan.wide(args);
    if (found.total > best.total) best = split_of(feature, found, cells.sum, {});
  }
}

SplitInfo SplitFinder::find(const Parallel& parallel, std::span<const std::int32_t> features,
                            const NodeSums& node) const {
  return best_of(
      parallel, features, node.sum,
      [&](std::span<const std::int32_t> some, SplitInfo& best) { seek_among(some, node, best); });
}

/// What the best splits of the features can be at most, before their rows are counted.
double SplitFinder::bounds(std::span<const std::int32_t> features, const NodeSums& node,
                           double to_reach, bool rises, std::span<double> at_most) const {
  return screen_.look(
      features, {node.words, nullptr, nullptr, 0, node.sum, min_hess_, params_, to_reach, rises},
      at_most);
}

/// Makes `best` the best split of the features, of which only those are searched that can have it.
void SplitFinder::seek_among(std::span<const std::int32_t> features, const NodeSums& node,
                             SplitInfo& best) const {
  std::vector<double> at_most(features.size());
  const double at_least = bounds(features, node, 0.0, true, at_most);
  for (std::size_t i = 0; i < features.size(); ++i)
    if (at_most[i] >= at_least && at_most[i] > best.total)
      seek(features[i], cells_of(features[i], node), best);
}

SplitInfo SplitFinder::find_counted(std::span<const std::int32_t> features, const NodeSums& node,
                                    std::int32_t first, const CountFeature& count) const {
  assert(node.counts != nullptr);
  NodeSums uncounted = node;
  uncounted.counts = nullptr;
  SplitInfo best;
  count(first);
  seek(first, cells_of(first, node), best);
  std::vector<double> at_most(features.size());
  bounds(features, node, std::max(best.total, 0.0), false, at_most);
  std::vector<std::uint8_t> is_found(features.size());  // the bound is the best total itself
  for (std::size_t i = 0; i < features.size(); ++i)
    if (features[i] == first) at_most[i] = -1.0;
  for (;;) {
    const auto i = static_cast<std::size_t>(std::max_element(at_most.begin(), at_most.end()) -
                                            at_most.begin());
    if (features.empty() || at_most[i] < std::max(best.total, 0.0)) return gained(best, node.sum);
    SplitInfo found;
    if (is_found[i] == 0) {  // counting costs more than a search without
      seek(features[i], cells_of(features[i], uncounted), found);
      is_found[i] = 1;
      at_most[i] = found.total;
      continue;
    }
    at_most[i] = -1.0;
    count(features[i]);
    seek(features[i], cells_of(features[i], node), found);
    if (found.total > best.total || (found.total == best.total && found.feature < best.feature))
      best = found;
  }
}

SplitInfo SplitFinder::gained(const SplitInfo& best, GradientSum sum) const {
  return if_it_gains(best, node_score(sum), config_.min_split_gain);
}

}  // namespace gbengine

#include "gbengine/learn/feature_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace gbengine {
namespace {

/// The nearest whole number of features to fraction * size (ties to even), at least 1.
std::size_t sample_size(double fraction, std::size_t size) {
  return std::max<std::size_t>(
      1, static_cast<std::size_t>(std::nearbyint(fraction * static_cast<double>(size))));
}

std::vector<std::int32_t> draw(const std::vector<std::int32_t>& features, double fraction,
                               const CounterRng& rng, std::uint64_t a, std::uint64_t b) {
  if (fraction >= 1.0 || features.empty()) return features;
  std::vector<std::pair<std::uint64_t, std::int32_t>> keyed;
  keyed.reserve(features.size());
  for (std::int32_t feature : features)
    keyed.emplace_back(rng.bits(a, b, static_cast<std::uint64_t>(feature)), feature);
  std::sort(keyed.begin(), keyed.end());
  std::vector<std::int32_t> drawn;
  for (std::size_t i = 0; i < sample_size(fraction, features.size()); ++i)
    drawn.push_back(keyed[i].second);
  std::sort(drawn.begin(), drawn.end());
  return drawn;
}

}  // namespace

FeatureSampler::FeatureSampler(const GrowerConfig& config, std::vector<std::int32_t> usable)
    : config_(config), usable_(std::move(usable)) {}

void FeatureSampler::start_tree(std::int64_t tree_idx) {
  tree_idx_ = tree_idx;
  level_ = -1;
  tree_features_ = draw(usable_, config_.max_features_per_tree,
                        CounterRng(config_.seed, RngPurpose::kFeaturePerTree),
                        static_cast<std::uint64_t>(tree_idx), 0);
}

const std::vector<std::int32_t>& FeatureSampler::for_node(std::int32_t depth,
                                                          std::int32_t node_idx) {
  if (depth != level_) {
    level_ = depth;
    level_features_ =
        draw(tree_features_, config_.max_features_per_level,
             CounterRng(config_.seed, RngPurpose::kFeaturePerLevel),
             static_cast<std::uint64_t>(tree_idx_), static_cast<std::uint64_t>(depth));
  }
  if (config_.max_features >= 1.0) return level_features_;
  node_features_ = draw(
      level_features_, config_.max_features, CounterRng(config_.seed, RngPurpose::kFeaturePerSplit),
      static_cast<std::uint64_t>(tree_idx_), static_cast<std::uint64_t>(node_idx));
  return node_features_;
}

}  // namespace gbengine

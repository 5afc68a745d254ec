// FeatureSampler: which features a split may use, by tree, level and node.
//
// Draws are hashes of what they are for (base/rng.hpp): no state, no order. Example:
//   FeatureSampler sampler(config, usable_features);
//   sampler.start_tree(tree_idx);
//   const std::vector<int32_t>& features = sampler.for_node(depth, node_idx);
#pragma once

#include <cstdint>
#include <vector>

#include "gbengine/base/rng.hpp"
#include "gbengine/learn/grower_config.hpp"

namespace gbengine {

class FeatureSampler {
 public:
  /// `usable`: the features on which some split can part two rows, ascending.
  FeatureSampler(const GrowerConfig& config, std::vector<std::int32_t> usable);

  void start_tree(std::int64_t tree_idx);

  /// Ascending; valid until the next call.
  const std::vector<std::int32_t>& for_node(std::int32_t depth, std::int32_t node_idx);

 private:
  const GrowerConfig& config_;
  std::vector<std::int32_t> usable_;
  std::int64_t tree_idx_ = 0;
  std::vector<std::int32_t> tree_features_;
  std::vector<std::int32_t> level_features_;
  std::int32_t level_ = -1;
  std::vector<std::int32_t> node_features_;
};

}  // namespace gbengine

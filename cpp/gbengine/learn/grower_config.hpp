// GrowerConfig: everything that shapes a tree, given its gradients. No defaults: Python owns them.
#pragma once

#include <cstdint>

namespace gbengine {

enum class GrowPolicy : std::uint8_t {
  kLeafWise,   // split the open node with the largest gain
  kDepthWise,  // split all nodes of a level, the largest gain first
};

struct GrowerConfig {
  std::int32_t max_leaf_nodes;  // 0: no limit
  std::int32_t max_depth;       // 0: no limit
  std::int64_t min_samples_leaf;
  double min_hessian_leaf;
  double min_split_gain;
  double l1_regularization;
  double l2_regularization;
  double max_delta_step;              // 0: no bound
  double cat_smooth;                  // hessian by which a category's mean is pulled to the node's
  std::int32_t max_cat_threshold;     // groups of categories on the smaller side of a split
  std::int64_t min_samples_category;  // categories of fewer rows in a node are pooled
  double max_features_per_tree;       // fractions in (0, 1]
  double max_features_per_level;
  double max_features;  // per split
  GrowPolicy grow_policy;
  std::uint64_t seed;
};

}  // namespace gbengine

// CartConfig: everything that shapes a tree of single decisions. No defaults: Python owns them.
#pragma once

#include <cstdint>
#include <vector>

namespace gbengine {

struct CartConfig {
  bool random_cuts;             // one random cut a column ("random"), else the best of all ("best")
  std::int32_t max_depth;       // 0: no limit
  std::int32_t max_leaf_nodes;  // 0: no limit; else the leaf that gains most is split next
  std::int64_t min_samples_split;
  std::int64_t min_samples_leaf;
  double min_weight_leaf;
  double min_impurity_decrease;
  std::int32_t max_features;  // columns drawn for each split
  bool random_order;  // columns are tried in an order drawn for each node even if all are tried: of
                      // equally good splits the first one found is taken
  std::vector<std::int8_t> monotonic;  // -1, 0 or 1 a column; empty: no constraint
  double ccp_alpha;
  bool keep_statistics;  // impurity and n_samples of every node, in the model
  std::uint64_t seed;

  int monotonic_of(std::int32_t feature) const {
    return monotonic.empty() ? 0 : monotonic[static_cast<std::size_t>(feature)];
  }
};

}  // namespace gbengine

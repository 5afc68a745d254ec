// BoostingConfig: everything that shapes a boosted ensemble. No defaults: Python owns them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gbengine/base/param_map.hpp"
#include "gbengine/learn/grower_config.hpp"

namespace gbengine {

enum class MultiOutput : std::uint8_t {
  kSeparate,  // a tree for each output
  kShared,    // a tree for all outputs, whose leaves have a value for each
};

struct BoostingConfig {
  std::string objective;
  ParamMap objective_params;
  double learning_rate;
  double subsample;               // fraction of the rows drawn for each tree
  std::int32_t n_parallel_trees;  // grown on the same gradients and averaged
  MultiOutput multi_output;       // kShared: of several outputs only
  std::int32_t max_bins;
  std::vector<double> base_score;  // raw, one for each output; empty: the best constants
  GrowerConfig grower;
};

/// Throws ValueError naming the first field out of range, its value and what is allowed.
void check_config(const BoostingConfig& config);

}  // namespace gbengine

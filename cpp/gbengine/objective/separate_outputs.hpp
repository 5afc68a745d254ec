// make_separate_outputs: one loss for several targets, each with a raw score and trees of its own.
//
// Nothing is shared but the rows and their weights, so that each output learns what it would learn
// alone. Called by ensemble/boosting where the labels have several targets. Example:
//   auto objective = make_separate_outputs("poisson", {}, /*n_targets=*/3);
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "gbengine/base/param_map.hpp"
#include "gbengine/objective/objective.hpp"

namespace gbengine {

/// Throws ValueError for a loss that is none of regression.
std::unique_ptr<Objective> make_separate_outputs(std::string_view name, const ParamMap& params,
                                                 std::int32_t n_targets);

}  // namespace gbengine

// The list of all objectives. Adding one: a file with a maker, and a row in registry.cpp.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "gbengine/base/param_map.hpp"
#include "gbengine/objective/objective.hpp"

namespace gbengine {

struct ObjectiveRow {
  std::string_view name;
  std::string_view task;                 // "regression", "binary", "multiclass"
  std::vector<std::string_view> params;  // names the maker reads
  std::string_view metric;               // the metric that is this loss (metric/registry.cpp)
  std::unique_ptr<Objective> (*make)(const ParamMap& params);
};

std::span<const ObjectiveRow> objective_registry();

/// Throws ValueError listing the known names.
const ObjectiveRow& find_objective(std::string_view name);

/// Makes one by name. Throws ValueError, also for a parameter that it does not read.
std::unique_ptr<Objective> make_objective(std::string_view name, const ParamMap& params);

}  // namespace gbengine

// The list of all split criteria. Adding one: a file with a maker, and a row in registry.cpp.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "gbengine/criterion/split_search.hpp"
#include "gbengine/criterion/targets.hpp"

namespace gbengine {

struct CriterionRow {
  std::string_view name;
  std::string_view task;  // "classification", "regression"
  std::unique_ptr<SplitSearch> (*make_search)(const Targets& targets, const SplitRules& rules,
                                              const SearchSize& size);
};

std::span<const CriterionRow> criterion_registry();

/// Throws ValueError listing the known names.
const CriterionRow& find_criterion(std::string_view name);

}  // namespace gbengine

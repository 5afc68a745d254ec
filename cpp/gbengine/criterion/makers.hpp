// The makers of all criteria: registry.cpp lists them, each is defined in the file of its name.
#pragma once

#include <memory>

#include "gbengine/criterion/split_search.hpp"
#include "gbengine/criterion/targets.hpp"

namespace gbengine {

std::unique_ptr<SplitSearch> make_gini_search(const Targets& targets, const SplitRules& rules,
                                              const SearchSize& size);
std::unique_ptr<SplitSearch> make_entropy_search(const Targets& targets, const SplitRules& rules,
                                                 const SearchSize& size);
std::unique_ptr<SplitSearch> make_squared_error_search(const Targets& targets,
                                                       const SplitRules& rules,
                                                       const SearchSize& size);
std::unique_ptr<SplitSearch> make_absolute_error_search(const Targets& targets,
                                                        const SplitRules& rules,
                                                        const SearchSize& size);
std::unique_ptr<SplitSearch> make_poisson_search(const Targets& targets, const SplitRules& rules,
                                                 const SearchSize& size);

}  // namespace gbengine

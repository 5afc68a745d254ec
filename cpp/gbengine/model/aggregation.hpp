// Aggregation: how the values of the leaves that a row reaches become one raw score.
//
// Example: aggregation_of_name("mean") == Aggregation::kMean.
#pragma once

#include <cstdint>
#include <string_view>

namespace gbengine {

enum class Aggregation : std::uint8_t {
  kSum,   // boosting: trees correct each other
  kMean,  // forests: trees do not know of each other
};

std::string_view aggregation_name(Aggregation aggregation);

/// Throws ValueError for an unknown name.
Aggregation aggregation_of_name(std::string_view name);

}  // namespace gbengine

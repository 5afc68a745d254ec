#include "gbengine/model/aggregation.hpp"

#include <string>

#include "gbengine/base/error.hpp"

namespace gbengine {

std::string_view aggregation_name(Aggregation aggregation) {
  return aggregation == Aggregation::kSum ? "sum" : "mean";
}

Aggregation aggregation_of_name(std::string_view name) {
  for (const Aggregation aggregation : {Aggregation::kSum, Aggregation::kMean})
    if (aggregation_name(aggregation) == name) return aggregation;
  throw ValueError("aggregation is '" + std::string(name) + "'; allowed are: sum, mean");
}

}  // namespace gbengine

// ParamMap: the named numbers that one objective or metric takes ("quantile" → 0.9).
//
// The registry row says which names a maker reads; anything missing or left over is the caller's
// mistake. Example:
//   double q = params.get("quantile");
#pragma once

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "gbengine/base/error.hpp"

namespace gbengine {

class ParamMap {
 public:
  ParamMap() = default;
  explicit ParamMap(std::map<std::string, double, std::less<>> values)
      : values_(std::move(values)) {}

  /// Throws ValueError if the name is missing.
  double get(std::string_view name) const {
    const auto found = values_.find(name);
    if (found == values_.end())
      throw ValueError("parameter '" + std::string(name) + "' is missing");
    return found->second;
  }

  /// A number strictly between two others; throws ValueError otherwise.
  double get_between(std::string_view name, double low, double high) const {
    const double value = get(name);
    if (value > low && value < high) return value;
    throw ValueError(std::string(name) + " must be above " + number_text(low) + " and below " +
                     number_text(high) + ", got " + number_text(value));
  }

  /// A whole number of low … high; throws ValueError otherwise.
  int get_whole(std::string_view name, int low, int high) const {
    const double value = get(name);
    if (value >= low && value <= high && value == static_cast<int>(value))
      return static_cast<int>(value);
    throw ValueError(std::string(name) + " must be a whole number from " + std::to_string(low) +
                     " to " + std::to_string(high) + ", got " + number_text(value));
  }

  /// Throws ValueError if there is a name that is not among these.
  void allow_only(std::span<const std::string_view> names) const {
    for (const auto& [name, value] : values_)
      if (std::find(names.begin(), names.end(), name) == names.end())
        throw ValueError("parameter '" + name + "' has no effect here");
  }

 private:
  std::map<std::string, double, std::less<>> values_;
};

}  // namespace gbengine

// How the configurations of ensembles are checked: the first field out of range is named.
//
// Example: need(c.max_depth >= 0, "max_depth", c.max_depth, "0 (no limit) or at least 1");
#pragma once

#include <limits>
#include <string>

#include "gbengine/base/error.hpp"

namespace gbengine {

inline constexpr double kMaxFinite = std::numeric_limits<double>::max();

inline void need(bool ok, const char* name, double value, const std::string& allowed) {
  if (!ok)
    throw ValueError(std::string(name) + " is " + number_text(value) + "; it must be " + allowed);
}

inline void need_positive(const char* name, double value) {
  need(value > 0 && value <= kMaxFinite, name, value, "finite and above 0");
}

inline void need_not_negative(const char* name, double value) {
  need(value >= 0 && value <= kMaxFinite, name, value, "finite and not negative");
}

}  // namespace gbengine

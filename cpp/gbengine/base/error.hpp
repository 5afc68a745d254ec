// Errors: what a user did wrong throws ValueError; what we did wrong asserts.
//
// Used by every floor. Example:
//   if (rate <= 0) throw ValueError("learning_rate must be > 0, got " + number_text(rate));
#pragma once

#include <cassert>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace gbengine {

/// A user's mistake; reaches Python as ValueError. The text names the parameter or column, the
/// value it has and what is allowed.
class ValueError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// The shortest text of a number that a reader recognises ("0.1", "inf", "1e+300").
inline std::string number_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char text[32];
  for (int digits = 6; digits <= 17; ++digits) {
    std::snprintf(text, sizeof text, "%.*g", digits, value);
    if (std::strtod(text, nullptr) == value) break;
  }
  return text;
}

}  // namespace gbengine

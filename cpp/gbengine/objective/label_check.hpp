// require_labels: refuses labels that a loss cannot have. Called by the check_labels of objectives.
//
// Example: require_labels(labels, "poisson", ">= 0", [](double y) { return y >= 0; });
#pragma once

#include <algorithm>
#include <string>

#include "gbengine/base/error.hpp"
#include "gbengine/data/labels.hpp"

namespace gbengine {

/// Throws ValueError with the first y that is not allowed; `allowed_text` follows "y must be".
template <typename Allowed>
void require_labels(const Labels& labels, const std::string& loss, const std::string& allowed_text,
                    Allowed&& allowed) {
  const double* end = labels.y + labels.n_rows;
  const double* wrong = std::find_if_not(labels.y, end, allowed);
  if (wrong == end) return;
  throw ValueError("y must be " + allowed_text + " for loss '" + loss + "', got " +
                   number_text(*wrong));
}

/// Throws ValueError if no y is above 0: the best constant would be log 0.
inline void require_positive_sum(const Labels& labels, const std::string& loss) {
  const double* end = labels.y + labels.n_rows;
  if (std::any_of(labels.y, end, [](double y) { return y > 0.0; })) return;
  throw ValueError("y must have a value above 0 for loss '" + loss + "', got only 0");
}

}  // namespace gbengine

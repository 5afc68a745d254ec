#include "gbengine/criterion/registry.hpp"

#include <string>
#include <vector>

#include "gbengine/base/error.hpp"
#include "gbengine/criterion/makers.hpp"

namespace gbengine {

std::span<const CriterionRow> criterion_registry() {
  static const std::vector<CriterionRow> kRows{
      {"gini", "classification", make_gini_search},
      {"entropy", "classification", make_entropy_search},
      {"log_loss", "classification", make_entropy_search},
      {"squared_error", "regression", make_squared_error_search},
      {"absolute_error", "regression", make_absolute_error_search},
      {"poisson", "regression", make_poisson_search},
  };
  return kRows;
}

const CriterionRow& find_criterion(std::string_view name) {
  std::string known;
  for (const CriterionRow& row : criterion_registry()) {
    if (row.name == name) return row;
    known += (known.empty() ? "'" : ", '") + std::string(row.name) + "'";
  }
  throw ValueError("criterion must be one of " + known + ", got '" + std::string(name) + "'");
}

}  // namespace gbengine

#include "gbengine/objective/registry.hpp"

#include <string>

#include "gbengine/objective/makers.hpp"

namespace gbengine {

std::span<const ObjectiveRow> objective_registry() {
  static const std::vector<ObjectiveRow> kRows{
      // name, task, params, metric, maker
      {"squared_error", "regression", {}, "squared_error", make_squared_error_objective},
      {"absolute_error", "regression", {}, "absolute_error", make_absolute_error_objective},
      {"quantile", "regression", {"quantile"}, "quantile", make_quantile_objective},
      {"huber", "regression", {"alpha"}, "huber", make_huber_objective},
      {"poisson", "regression", {}, "poisson", make_poisson_objective},
      {"gamma", "regression", {}, "gamma", make_gamma_objective},
      {"tweedie", "regression", {"power"}, "tweedie", make_tweedie_objective},
      {"binary_log_loss", "binary", {}, "binary_log_loss", make_binary_log_loss_objective},
      {"multiclass_log_loss",
       "multiclass",
       {"n_classes"},
       "multiclass_log_loss",
       make_multiclass_log_loss_objective},
  };
  return kRows;
}

const ObjectiveRow& find_objective(std::string_view name) {
  std::string known;
  for (const ObjectiveRow& row : objective_registry()) {
    if (row.name == name) return row;
    known += (known.empty() ? "'" : ", '") + std::string(row.name) + "'";
  }
  throw ValueError("loss must be one of " + known + ", got '" + std::string(name) + "'");
}

std::unique_ptr<Objective> make_objective(std::string_view name, const ParamMap& params) {
  const ObjectiveRow& row = find_objective(name);
  params.allow_only(row.params);
  return row.make(params);
}

}  // namespace gbengine

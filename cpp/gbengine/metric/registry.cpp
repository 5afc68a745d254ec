#include "gbengine/metric/registry.hpp"

#include <string>

#include "gbengine/metric/makers.hpp"

namespace gbengine {

std::span<const MetricRow> metric_registry() {
  static const std::vector<MetricRow> kRows{
      // name, params, maker
      {"squared_error", {}, make_squared_error_metric},
      {"absolute_error", {}, make_absolute_error_metric},
      {"quantile", {"quantile"}, make_quantile_metric},
      {"huber", {"alpha"}, make_huber_metric},
      {"poisson", {}, make_poisson_metric},
      {"gamma", {}, make_gamma_metric},
      {"tweedie", {"power"}, make_tweedie_metric},
      {"binary_log_loss", {}, make_binary_log_loss_metric},
      {"multiclass_log_loss", {"n_classes"}, make_multiclass_log_loss_metric},
  };
  return kRows;
}

const MetricRow& find_metric(std::string_view name) {
  std::string known;
  for (const MetricRow& row : metric_registry()) {
    if (row.name == name) return row;
    known += (known.empty() ? "'" : ", '") + std::string(row.name) + "'";
  }
  throw ValueError("metric must be one of " + known + ", got '" + std::string(name) + "'");
}

std::unique_ptr<Metric> make_metric(std::string_view name, const ParamMap& params) {
  const MetricRow& row = find_metric(name);
  params.allow_only(row.params);
  return row.make(params);
}

}  // namespace gbengine

#include "gbengine/api/inspect.hpp"

#include <utility>

#include "gbengine/base/parallel.hpp"
#include "gbengine/data/quantile_cuts.hpp"
#include "gbengine/metric/registry.hpp"
#include "gbengine/objective/registry.hpp"

namespace gbengine {

std::vector<RegistryRow> list_objectives() {
  std::vector<RegistryRow> rows;
  for (const ObjectiveRow& row : objective_registry())
    rows.push_back({std::string(row.name),
                    std::string(row.task),
                    {row.params.begin(), row.params.end()},
                    std::string(row.metric)});
  return rows;
}

std::vector<RegistryRow> list_metrics() {
  std::vector<RegistryRow> rows;
  for (const MetricRow& row : metric_registry())
    rows.push_back({std::string(row.name), "", {row.params.begin(), row.params.end()}, ""});
  return rows;
}

int objective_outputs(std::string_view name, const ParamMap& params) {
  return make_objective(name, params)->n_outputs();
}

void objective_gradients(std::string_view name, const ParamMap& params, const Labels& labels,
                         const double* raw, float* grad, float* hess) {
  const auto objective = make_objective(name, params);
  objective->check_labels(labels);
  const Parallel parallel(1);
  objective->begin_round(parallel, labels, raw);
  std::vector<FloatPair> pairs(static_cast<std::size_t>(labels.n_rows * objective->n_outputs()));
  objective->gradients(labels, raw, 0, labels.n_rows, pairs.data());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    grad[i] = pairs[i].grad;
    hess[i] = pairs[i].hess;
  }
}

std::vector<double> objective_base_score(std::string_view name, const ParamMap& params,
                                         const Labels& labels) {
  const auto objective = make_objective(name, params);
  objective->check_labels(labels);
  std::vector<double> base(static_cast<std::size_t>(objective->n_outputs()));
  objective->base_score(Parallel(1), labels, base.data());
  return base;
}

double metric_value(std::string_view name, const ParamMap& params, const Labels& labels,
                    const double* raw) {
  return make_metric(name, params)->evaluate(Parallel(1), labels, raw);
}

std::vector<std::vector<double>> bin_thresholds(const MatrixView& x, const double* weight,
                                                int max_bins, int n_threads) {
  std::vector<std::vector<double>> thresholds;
  for (BinMapper& mapper : make_bin_mappers(Parallel(n_threads), x, weight, max_bins))
    thresholds.push_back(std::move(mapper.thresholds));
  return thresholds;
}

}  // namespace gbengine

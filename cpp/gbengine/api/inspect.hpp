// Looking into the core: the registries and single losses, for property tests and documentation.
//
// Example: std::vector<double> base = objective_base_score("poisson", {}, labels);
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gbengine/base/matrix_view.hpp"
#include "gbengine/base/param_map.hpp"
#include "gbengine/data/labels.hpp"
#include "gbengine/model/link_inverse.hpp"

namespace gbengine {

struct RegistryRow {
  std::string name;
  std::string task;  // empty for metrics
  std::vector<std::string> params;
  std::string metric;  // empty for metrics
};

std::vector<RegistryRow> list_objectives();
std::vector<RegistryRow> list_metrics();

int objective_outputs(std::string_view name, const ParamMap& params);

/// raw, grad and hess are n_outputs x n_rows.
void objective_gradients(std::string_view name, const ParamMap& params, const Labels& labels,
                         const double* raw, float* grad, float* hess);

std::vector<double> objective_base_score(std::string_view name, const ParamMap& params,
                                         const Labels& labels);

double metric_value(std::string_view name, const ParamMap& params, const Labels& labels,
                    const double* raw);

/// Ascending thresholds of each column.
std::vector<std::vector<double>> bin_thresholds(const MatrixView& x, const double* weight,
                                                int max_bins, int n_threads);

}  // namespace gbengine

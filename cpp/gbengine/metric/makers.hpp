// The makers of all metrics: registry.cpp lists them, each is defined in the file of its name.
#pragma once

#include <memory>

#include "gbengine/base/param_map.hpp"
#include "gbengine/metric/metric.hpp"

namespace gbengine {

std::unique_ptr<Metric> make_squared_error_metric(const ParamMap& params);
std::unique_ptr<Metric> make_absolute_error_metric(const ParamMap& params);
std::unique_ptr<Metric> make_quantile_metric(const ParamMap& params);
std::unique_ptr<Metric> make_huber_metric(const ParamMap& params);
std::unique_ptr<Metric> make_poisson_metric(const ParamMap& params);
std::unique_ptr<Metric> make_gamma_metric(const ParamMap& params);
std::unique_ptr<Metric> make_tweedie_metric(const ParamMap& params);
std::unique_ptr<Metric> make_binary_log_loss_metric(const ParamMap& params);
std::unique_ptr<Metric> make_multiclass_log_loss_metric(const ParamMap& params);

}  // namespace gbengine

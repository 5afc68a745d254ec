// The makers of all objectives: registry.cpp lists them, each is defined in the file of its name.
#pragma once

#include <memory>

#include "gbengine/base/param_map.hpp"
#include "gbengine/objective/objective.hpp"

namespace gbengine {

std::unique_ptr<Objective> make_squared_error_objective(const ParamMap& params);
std::unique_ptr<Objective> make_absolute_error_objective(const ParamMap& params);
std::unique_ptr<Objective> make_quantile_objective(const ParamMap& params);
std::unique_ptr<Objective> make_huber_objective(const ParamMap& params);
std::unique_ptr<Objective> make_poisson_objective(const ParamMap& params);
std::unique_ptr<Objective> make_gamma_objective(const ParamMap& params);
std::unique_ptr<Objective> make_tweedie_objective(const ParamMap& params);
std::unique_ptr<Objective> make_binary_log_loss_objective(const ParamMap& params);
std::unique_ptr<Objective> make_multiclass_log_loss_objective(const ParamMap& params);

}  // namespace gbengine

// The dictionary that shapes trees of single decisions, for all that grow them.
#pragma once

#include <pybind11/pybind11.h>

#include "gbengine/api/forest_trainer.hpp"

namespace gbengine::bindings {

struct ForestArguments {
  ForestConfig forest;
  int n_threads;
};

/// Throws ValueError or TypeError for a missing, unknown or ill-typed key.
ForestArguments forest_arguments(const pybind11::dict& dict);

}  // namespace gbengine::bindings

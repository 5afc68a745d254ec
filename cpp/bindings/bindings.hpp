// What each bind_<topic>.cpp adds to the module.
#pragma once

#include <pybind11/pybind11.h>

namespace gbengine::bindings {

void bind_system(pybind11::module_& m);
void bind_registry(pybind11::module_& m);
void bind_model(pybind11::module_& m);
void bind_train(pybind11::module_& m);
void bind_table(pybind11::module_& m);
void bind_forest(pybind11::module_& m);
void bind_adaboost(pybind11::module_& m);
void bind_rows(pybind11::module_& m);
void bind_statistics(pybind11::module_& m);

}  // namespace gbengine::bindings

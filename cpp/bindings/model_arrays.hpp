// A model's arrays as NumPy's, and back: the names that model files use. Called by bind_model.
//
// Example:
//   ModelHandle model = model_from_arrays(arrays, "identity", "sum");
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstdint>
#include <string>
#include <vector>

#include "model_handle.hpp"

namespace gbengine::bindings {

namespace py = pybind11;

template <typename T>
py::array_t<T> array_of(const std::vector<T>& vector) {
  return py::array_t<T>(static_cast<py::ssize_t>(vector.size()), vector.data());
}

/// Sets as words, (n, kWords).
py::array_t<std::uint64_t> set_words(const std::vector<CategorySet>& sets);

/// Throws ValueError for an array that is missing, unknown, of another type or broken.
ModelHandle model_from_arrays(const py::dict& arrays, const std::string& link,
                              const std::string& aggregation);

/// @param self a Model
/// @param copy false: read-only views that keep the model alive
py::dict model_to_arrays(const py::object& self, bool copy);

/// One tree's arrays, with child and set indices of its own.
py::dict tree_arrays(const ModelHandle& self, std::int32_t tree);

}  // namespace gbengine::bindings

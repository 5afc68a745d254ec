// NumPy arrays as the core's views, and the dictionaries of parameters.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "gbengine/api/inspect.hpp"
#include "gbengine/base/error.hpp"
#include "gbengine/base/matrix_view.hpp"
#include "gbengine/base/param_map.hpp"

namespace gbengine::bindings {

namespace py = pybind11;

/// A float32 or float64 table, read in place. The array must outlive the view.
inline MatrixView matrix_of(const char* name, const py::array& x) {
  const bool is_float = py::isinstance<py::array_t<float>>(x);
  if (!is_float && !py::isinstance<py::array_t<double>>(x))
    throw py::type_error(std::string(name) + " must be float32 or float64, got " +
                         py::str(x.dtype()).cast<std::string>());
  if (x.ndim() != 2)
    throw ValueError(std::string(name) + " must have 2 dimensions, got " +
                     std::to_string(x.ndim()));
  if (x.shape(1) > INT32_MAX)
    throw ValueError(std::string(name) + " has " + std::to_string(x.shape(1)) +
                     " columns; at most " + std::to_string(INT32_MAX) + " fit");
  const py::ssize_t size = x.itemsize();
  const auto address = reinterpret_cast<std::uintptr_t>(x.data());
  if (x.strides(0) % size != 0 || x.strides(1) % size != 0 ||
      address % static_cast<std::uintptr_t>(size) != 0)
    throw ValueError(std::string(name) + " must be aligned to its item size");
  return {x.data(),
          is_float ? DType::kFloat32 : DType::kFloat64,
          x.shape(0),
          static_cast<std::int32_t>(x.shape(1)),
          x.strides(0) / size,
          x.strides(1) / size};
}

using Doubles = py::array_t<double, py::array::c_style | py::array::forcecast>;

inline void need_length(const char* name, const Doubles& values, std::int64_t n) {
  if (values.ndim() != 1 || values.shape(0) != n)
    throw ValueError(std::string(name) + " must have one dimension and " + std::to_string(n) +
                     " values");
}

/// y and weights (None: every row counts once). The arrays must outlive the labels.
inline Labels labels_of(const char* y_name, const Doubles& y, const char* weight_name,
                        const std::optional<Doubles>& weight, std::int64_t n_rows) {
  need_length(y_name, y, n_rows);
  if (weight) need_length(weight_name, *weight, n_rows);
  return {y.data(), weight ? weight->data() : nullptr, n_rows};
}

/// y of one target or several (n_targets x n_rows), weights and offsets (n_outputs x n_rows, where
/// each target has n_outputs of them; None: all 0). The arrays must outlive the labels.
inline Labels labels_of_targets(const std::string& suffix, const Doubles& y,
                                const std::optional<Doubles>& weight,
                                const std::optional<Doubles>& offset, std::int64_t n_rows,
                                std::int64_t outputs_of_target) {
  const bool has_targets = y.ndim() == 2 && y.shape(0) >= 1 && y.shape(1) == n_rows;
  const std::string y_name = "y" + suffix, weight_name = "sample_weight" + suffix;
  Labels labels{y.data(), weight ? weight->data() : nullptr, n_rows};
  if (has_targets) labels.n_targets = static_cast<std::int32_t>(y.shape(0));
  if (!has_targets) need_length(y_name.c_str(), y, n_rows);
  if (weight) need_length(weight_name.c_str(), *weight, n_rows);
  if (!offset) return labels;
  const std::int64_t n_outputs = outputs_of_target * labels.n_targets;
  if (offset->ndim() != 2 || offset->shape(0) != n_outputs || offset->shape(1) != n_rows)
    throw ValueError("offset" + suffix + " must have shape (" + std::to_string(n_outputs) + ", " +
                     std::to_string(n_rows) + "), the outputs and the rows");
  labels.offset = offset->data();
  return labels;
}

inline ParamMap param_map_of(const std::map<std::string, double>& values) {
  return ParamMap({values.begin(), values.end()});
}

/// A Python function of a number that says whether to stop, or None, as one the core calls without
/// the interpreter's lock. The object must outlive it.
inline std::function<bool(std::int32_t)> stop_function(const py::object& callback) {
  if (callback.is_none()) return {};
  return [&callback](std::int32_t n) {
    const py::gil_scoped_acquire lock;
    return py::cast<bool>(py::bool_(callback(n)));
  };
}

}  // namespace gbengine::bindings

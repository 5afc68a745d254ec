#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "arrays.hpp"
#include "bindings.hpp"
#include "gbengine/api/inspect.hpp"
#include "table_argument.hpp"

namespace gbengine::bindings {
namespace {

using Params = std::map<std::string, double>;

py::dict row_of(const RegistryRow& row) {
  py::dict d;
  d["name"] = row.name;
  d["params"] = row.params;
  if (!row.task.empty()) d["task"] = row.task;
  if (!row.metric.empty()) d["metric"] = row.metric;
  return d;
}

template <typename Rows>
py::list list_of(const Rows& rows) {
  py::list list;
  for (const auto& row : rows) list.append(row_of(row));
  return list;
}

/// Checks that raw is n_outputs x n_rows.
void need_raw(const Doubles& raw, std::int64_t n_rows) {
  if (raw.ndim() != 2 || raw.shape(1) != n_rows)
    throw ValueError("raw must be n_outputs x n_rows with n_rows = " + std::to_string(n_rows));
}

py::tuple gradients(const std::string& name, const Params& params, const Doubles& y,
                    const Doubles& raw) {
  need_length("y", y, y.size());
  need_raw(raw, y.size());
  const ParamMap map = param_map_of(params);
  if (raw.shape(0) != objective_outputs(name, map))
    throw ValueError("raw must have " + std::to_string(objective_outputs(name, map)) + " rows");
  py::array_t<float> grad({raw.shape(0), raw.shape(1)}), hess({raw.shape(0), raw.shape(1)});
  objective_gradients(name, map, {y.data(), nullptr, y.size()}, raw.data(), grad.mutable_data(),
                      hess.mutable_data());
  return py::make_tuple(grad, hess);
}

py::array_t<double> base_score(const std::string& name, const Params& params, const Doubles& y,
                               const std::optional<Doubles>& weight,
                               const std::optional<Doubles>& offset) {
  const ParamMap map = param_map_of(params);
  need_length("y", y, y.size());
  const Labels labels =
      labels_of_targets("", y, weight, offset, y.size(), objective_outputs(name, map));
  return py::cast(objective_base_score(name, map, labels));
}

py::array_t<double> link_inverse_of(const std::string& link, const Doubles& response) {
  py::array_t<double> raw(
      std::vector<py::ssize_t>(response.shape(), response.shape() + response.ndim()));
  link_inverse(link_of_name(link), response.data(), response.size(), raw.mutable_data());
  return raw;
}

double metric(const std::string& name, const Params& params, const Doubles& y, const Doubles& raw,
              const std::optional<Doubles>& weight) {
  const Labels labels = labels_of("y", y, "sample_weight", weight, y.size());
  need_raw(raw, y.size());
  return metric_value(name, param_map_of(params), labels, raw.data());
}

py::list thresholds(const py::array& x, const std::optional<Doubles>& weight, int max_bins,
                    int n_threads) {
  const MatrixView view = matrix_of("X", x);
  if (weight) need_length("sample_weight", *weight, view.n_rows);
  if (max_bins < 2 || max_bins > 255)
    throw ValueError("max_bins is " + std::to_string(max_bins) + "; it must be in [2, 255]");
  py::list columns;
  for (const auto& column :
       bin_thresholds(view, weight ? weight->data() : nullptr, max_bins, n_threads))
    columns.append(py::array_t<double>(static_cast<py::ssize_t>(column.size()), column.data()));
  return columns;
}

}  // namespace

void bind_registry(py::module_& m) {
  m.def("indices_ascend", &indices_ascend, py::arg("name"), py::arg("indptr"), py::arg("indices"),
        py::arg("n_minor"));
  m.def("objectives", [] { return list_of(list_objectives()); });
  m.def("metrics", [] { return list_of(list_metrics()); });
  m.def("objective_gradients", &gradients, py::arg("name"), py::arg("params"), py::arg("y"),
        py::arg("raw"));
  m.def("objective_base_score", &base_score, py::arg("name"), py::arg("params"), py::arg("y"),
        py::arg("sample_weight"), py::arg("offset") = py::none());
  m.def("link_inverse", &link_inverse_of, py::arg("link"), py::arg("response"));
  m.def("metric_value", &metric, py::arg("name"), py::arg("params"), py::arg("y"), py::arg("raw"),
        py::arg("sample_weight"));
  m.def("bin_thresholds", &thresholds, py::arg("X"), py::arg("sample_weight"), py::arg("max_bins"),
        py::arg("n_threads"));
}

}  // namespace gbengine::bindings

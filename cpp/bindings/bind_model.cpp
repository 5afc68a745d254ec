#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "bindings.hpp"
#include "model_handle.hpp"

namespace gbengine::bindings {
namespace {

/// Rows from which a prediction may take long enough for Ctrl-C to matter.
constexpr std::int64_t kInterruptibleRows = 10'000;

Parallel parallel_for(std::int64_t n_rows, int n_threads) {
  if (n_threads < 1)
    throw ValueError("n_threads is " + std::to_string(n_threads) + "; it must be at least 1");
  return n_rows < kInterruptibleRows ? Parallel(n_threads)
                                     : Parallel(n_threads, raise_pending_signals);
}

template <typename T>
void take_array(const py::dict& arrays, const char* name, std::vector<T>& to) {
  if (!arrays.contains(name))
    throw ValueError(std::string("the model lacks the array '") + name + "'");
  const py::object item = arrays[name];
  if (!py::isinstance<py::array_t<T>>(item) || py::array(item).ndim() != 1)
    throw ValueError(std::string("the model's array '") + name +
                     "' must have one dimension and type " +
                     py::str(py::dtype::of<T>()).cast<std::string>());
  const py::array_t<T, py::array::c_style> array(item);
  to.assign(array.data(), array.data() + array.size());
}

ModelHandle from_arrays(const py::dict& arrays, const std::string& link) {
  EnsembleModel model;
  std::vector<std::int64_t> n_features;
  std::size_t n_names = 1;
  take_array(arrays, "n_features", n_features);
  if (n_features.size() != 1 || n_features[0] < 1 || n_features[0] > INT32_MAX)
    throw ValueError("the model's array 'n_features' must hold one number in [1, 2^31)");
  visit_arrays(model, [&](const char* name, auto& vector) {
    take_array(arrays, name, vector);
    ++n_names;
  });
  if (arrays.size() != n_names)
    throw ValueError("the model has " + std::to_string(arrays.size()) + " arrays; " +
                     std::to_string(n_names) + " are known");
  model.n_features = static_cast<std::int32_t>(n_features[0]);
  if (model.base_score.empty() || model.base_score.size() > INT32_MAX)
    throw ValueError("the model's array 'base_score' is empty or too long");
  model.n_outputs = static_cast<std::int32_t>(model.base_score.size());
  model.link = link_of_name(link);
  return {std::make_shared<const Predictor>(std::move(model))};
}

py::dict to_arrays(const ModelHandle& self) {
  const EnsembleModel& model = self.predictor->model();
  py::dict arrays;
  visit_arrays(model, [&](const char* name, const auto& vector) {
    using T = typename std::decay_t<decltype(vector)>::value_type;
    arrays[name] = py::array_t<T>(static_cast<py::ssize_t>(vector.size()), vector.data());
  });
  const std::int64_t n_features = model.n_features;
  arrays["n_features"] = py::array_t<std::int64_t>(1, &n_features);
  return arrays;
}

MatrixView features_of(const Predictor& predictor, const py::array& x) {
  const MatrixView view = matrix_of("X", x);
  if (view.n_cols != predictor.model().n_features)
    throw ValueError("X has " + std::to_string(view.n_cols) + " features, but the model expects " +
                     std::to_string(predictor.model().n_features));
  return view;
}

py::array_t<double> raw_scores(const ModelHandle& self, const py::array& x, int n_threads,
                               std::int32_t first_tree, std::int32_t last_tree,
                               const std::optional<Doubles>& init) {
  const Predictor& predictor = *self.predictor;
  const MatrixView view = features_of(predictor, x);
  const std::int32_t n_trees = predictor.model().n_trees();
  if (last_tree < 0) last_tree = n_trees;
  if (first_tree < 0 || first_tree > last_tree || last_tree > n_trees)
    throw ValueError("the trees [" + std::to_string(first_tree) + ", " + std::to_string(last_tree) +
                     ") are not among the model's " + std::to_string(n_trees));
  const std::int64_t n_outputs = predictor.model().n_outputs;
  py::array_t<double> out({view.n_rows, n_outputs});
  double* to = out.mutable_data();
  if (init) {
    if (init->ndim() != 2 || init->shape(0) != view.n_rows || init->shape(1) != n_outputs)
      throw ValueError("init must be n_rows x n_outputs");
    std::copy_n(init->data(), view.n_rows * n_outputs, to);
  } else {
    for (std::int64_t i = 0; i < view.n_rows; ++i)
      std::copy_n(predictor.model().base_score.data(), n_outputs, to + i * n_outputs);
  }
  const Parallel parallel = parallel_for(view.n_rows, n_threads);
  const py::gil_scoped_release unlocked;
  predictor.add_trees(parallel, view, first_tree, last_tree, to);
  return out;
}

std::int64_t n_response_columns(const EnsembleModel& model) {
  return model.link == Link::kLogit ? 2 : model.n_outputs;
}

py::array_t<double> response(const ModelHandle& self, const py::array& x, int n_threads) {
  const MatrixView view = features_of(*self.predictor, x);
  py::array_t<double> out({view.n_rows, n_response_columns(self.predictor->model())});
  double* to = out.mutable_data();
  const Parallel parallel = parallel_for(view.n_rows, n_threads);
  const py::gil_scoped_release unlocked;
  self.predictor->response(parallel, view, to);
  return out;
}

py::array_t<double> link_response(const ModelHandle& self, const Doubles& raw, int n_threads) {
  const EnsembleModel& model = self.predictor->model();
  if (raw.ndim() != 2 || raw.shape(1) != model.n_outputs)
    throw ValueError("raw must be n_rows x " + std::to_string(model.n_outputs));
  const std::int64_t n_rows = raw.shape(0);
  py::array_t<double> out({n_rows, n_response_columns(model)});
  const double* from = raw.data();
  double* to = out.mutable_data();
  const Parallel parallel = parallel_for(n_rows, n_threads);
  const py::gil_scoped_release unlocked;
  self.predictor->apply_link(parallel, from, n_rows, to);
  return out;
}

py::array_t<std::int32_t> apply(const ModelHandle& self, const py::array& x, int n_threads) {
  const MatrixView view = features_of(*self.predictor, x);
  py::array_t<std::int32_t> out({view.n_rows, std::int64_t{self.predictor->model().n_trees()}});
  std::int32_t* to = out.mutable_data();
  const Parallel parallel = parallel_for(view.n_rows, n_threads);
  const py::gil_scoped_release unlocked;
  self.predictor->apply(parallel, view, to);
  return out;
}

}  // namespace

void bind_model(py::module_& m) {
  const auto model = [](const ModelHandle& self) -> const EnsembleModel& {
    return self.predictor->model();
  };
  py::class_<ModelHandle>(m, "Model", "A validated, immutable ensemble; see _core.pyi.")
      .def_static("from_arrays", &from_arrays, py::arg("arrays"), py::arg("link"))
      .def("to_arrays", &to_arrays)
      .def_property_readonly("n_features",
                             [=](const ModelHandle& s) { return model(s).n_features; })
      .def_property_readonly("n_outputs", [=](const ModelHandle& s) { return model(s).n_outputs; })
      .def_property_readonly("n_trees", [=](const ModelHandle& s) { return model(s).n_trees(); })
      .def_property_readonly(
          "link", [=](const ModelHandle& s) { return std::string(link_name(model(s).link)); })
      .def("raw_scores", &raw_scores, py::arg("X"), py::arg("n_threads"), py::arg("first_tree") = 0,
           py::arg("last_tree") = -1, py::arg("init") = py::none())
      .def("response", &response, py::arg("X"), py::arg("n_threads"))
      .def("link_response", &link_response, py::arg("raw"), py::arg("n_threads"))
      .def("apply", &apply, py::arg("X"), py::arg("n_threads"))
      .def("split_gains",
           [=](const ModelHandle& s) { return py::array(py::cast(split_gains(model(s)))); })
      .def("split_counts",
           [=](const ModelHandle& s) { return py::array(py::cast(split_counts(model(s)))); })
      .def(
          "keep_trees",
          [=](const ModelHandle& s, std::int32_t n_trees) {
            return ModelHandle{std::make_shared<const Predictor>(keep_trees(model(s), n_trees))};
          },
          py::arg("n_trees"));
}

}  // namespace gbengine::bindings

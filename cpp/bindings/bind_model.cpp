#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "arrays.hpp"
#include "bindings.hpp"
#include "interrupt.hpp"
#include "model_arrays.hpp"
#include "model_handle.hpp"
#include "table_argument.hpp"

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

TableArgument features_of(const Predictor& predictor, const py::object& x) {
  TableArgument table("X", x);
  if (table.view().n_cols() != predictor.model().n_features)
    throw ValueError("X has " + std::to_string(table.view().n_cols()) +
                     " features, but the model expects " +
                     std::to_string(predictor.model().n_features));
  return table;
}

py::array_t<double> raw_scores(const ModelHandle& self, const py::object& x, int n_threads,
                               std::int32_t first_tree, std::int32_t last_tree,
                               const std::optional<Doubles>& init) {
  const Predictor& predictor = *self.predictor;
  const TableArgument table = features_of(predictor, x);
  const TableView& view = table.view();
  const std::int32_t n_trees = predictor.model().n_trees();
  if (last_tree < 0) last_tree = n_trees;
  if (first_tree < 0 || first_tree > last_tree || last_tree > n_trees)
    throw ValueError("the trees [" + std::to_string(first_tree) + ", " + std::to_string(last_tree) +
                     ") are not among the model's " + std::to_string(n_trees));
  const std::int64_t n_outputs = predictor.model().n_outputs;
  py::array_t<double> out({view.n_rows(), n_outputs});
  double* to = out.mutable_data();
  const bool adds = init.has_value();
  if (adds) {
    if (predictor.model().aggregation == Aggregation::kMean)
      throw ValueError("init must be None: this model's raw scores are means, and do not add up");
    if (init->ndim() != 2 || init->shape(0) != view.n_rows() || init->shape(1) != n_outputs)
      throw ValueError("init must be n_rows x n_outputs");
    std::copy_n(init->data(), view.n_rows() * n_outputs, to);
  }
  const Parallel parallel = parallel_for(view.n_rows(), n_threads);
  const py::gil_scoped_release unlocked;
  if (adds)
    predictor.add_trees(parallel, view, first_tree, last_tree, to);
  else
    predictor.raw_scores(parallel, view, first_tree, last_tree, to);
  return out;
}

std::int64_t n_response_columns(const EnsembleModel& model) {
  return model.link == Link::kLogit ? 2 : model.n_outputs;
}

py::array_t<double> response(const ModelHandle& self, const py::object& x, int n_threads) {
  const TableArgument table = features_of(*self.predictor, x);
  const TableView& view = table.view();
  py::array_t<double> out({view.n_rows(), n_response_columns(self.predictor->model())});
  double* to = out.mutable_data();
  const Parallel parallel = parallel_for(view.n_rows(), n_threads);
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

py::array_t<std::int32_t> apply(const ModelHandle& self, const py::object& x, int n_threads) {
  const TableArgument table = features_of(*self.predictor, x);
  const TableView& view = table.view();
  py::array_t<std::int32_t> out({view.n_rows(), std::int64_t{self.predictor->model().n_trees()}});
  std::int32_t* to = out.mutable_data();
  const Parallel parallel = parallel_for(view.n_rows(), n_threads);
  const py::gil_scoped_release unlocked;
  self.predictor->apply(parallel, view, to);
  return out;
}

py::array_t<double> tree_values(const ModelHandle& self, const py::object& x, int n_threads) {
  const TableArgument table = features_of(*self.predictor, x);
  const TableView& view = table.view();
  const EnsembleModel& model = self.predictor->model();
  py::array_t<double> out(
      {view.n_rows(), std::int64_t{model.n_trees()}, std::int64_t{model.leaf_width}});
  double* to = out.mutable_data();
  const Parallel parallel = parallel_for(view.n_rows(), n_threads);
  const py::gil_scoped_release unlocked;
  self.predictor->tree_values(parallel, view, to);
  return out;
}

ModelHandle select(const ModelHandle& self, const std::vector<std::int32_t>& trees) {
  return {std::make_shared<const Predictor>(select_trees(self.predictor->model(), trees))};
}

ModelHandle keep(const ModelHandle& self, std::int32_t n_trees) {
  const EnsembleModel& model = self.predictor->model();
  if (n_trees < 0 || n_trees > model.n_trees())
    throw ValueError("n_trees is " + std::to_string(n_trees) + "; it must be 0 to " +
                     std::to_string(model.n_trees()));
  return {std::make_shared<const Predictor>(keep_trees(model, n_trees))};
}

}  // namespace

void bind_model(py::module_& m) {
  const auto model = [](const ModelHandle& self) -> const EnsembleModel& {
    return self.predictor->model();
  };
  py::class_<ModelHandle>(m, "Model", "A validated, immutable ensemble; see _core.pyi.")
      .def_static("from_arrays", &model_from_arrays, py::arg("arrays"), py::arg("link"),
                  py::arg("aggregation") = "sum")
      .def("to_arrays", &model_to_arrays, py::arg("copy") = true)
      .def_property_readonly("n_features",
                             [=](const ModelHandle& s) { return model(s).n_features; })
      .def_property_readonly("n_outputs", [=](const ModelHandle& s) { return model(s).n_outputs; })
      .def_property_readonly("n_trees", [=](const ModelHandle& s) { return model(s).n_trees(); })
      .def_property_readonly(
          "link", [=](const ModelHandle& s) { return std::string(link_name(model(s).link)); })
      .def_property_readonly("leaf_width",
                             [=](const ModelHandle& s) { return model(s).leaf_width; })
      .def_property_readonly(
          "aggregation",
          [=](const ModelHandle& s) { return std::string(aggregation_name(model(s).aggregation)); })
      .def_property_readonly("n_categories",
                             [=](const ModelHandle& s) { return array_of(model(s).n_categories); })
      .def_property_readonly(
          "category_sets",
          [=](const ModelHandle& s) { return set_words(model(s).nodes.category_sets); })
      .def("raw_scores", &raw_scores, py::arg("X"), py::arg("n_threads"), py::arg("first_tree") = 0,
           py::arg("last_tree") = -1, py::arg("init") = py::none())
      .def("response", &response, py::arg("X"), py::arg("n_threads"))
      .def("link_response", &link_response, py::arg("raw"), py::arg("n_threads"))
      .def("apply", &apply, py::arg("X"), py::arg("n_threads"))
      .def("tree_values", &tree_values, py::arg("X"), py::arg("n_threads"))
      .def("tree", &tree_arrays, py::arg("tree"))
      .def("select", &select, py::arg("trees"))
      .def("keep_trees", &keep, py::arg("n_trees"))
      .def("split_gains",
           [=](const ModelHandle& s) { return py::array(py::cast(split_gains(model(s)))); })
      .def("split_counts",
           [=](const ModelHandle& s) { return py::array(py::cast(split_counts(model(s)))); });
}

}  // namespace gbengine::bindings

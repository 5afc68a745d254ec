#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <vector>

#include "arrays.hpp"
#include "bindings.hpp"
#include "gbengine/api/category_statistics.hpp"
#include "interrupt.hpp"

namespace gbengine::bindings {
namespace {

using Folds = py::array_t<std::uint8_t, py::array::c_style | py::array::forcecast>;

/// Rows of `width` numbers as an array of their own.
py::array_t<double> rows_of(const std::vector<double>& values, std::int64_t width) {
  const auto n_rows = static_cast<std::int64_t>(values.size()) / width;
  py::array_t<double> out({n_rows, width});
  std::copy(values.begin(), values.end(), out.mutable_data());
  return out;
}

Folds folds_of(const py::array& x, std::uint64_t seed, int n_threads) {
  const MatrixView view = matrix_of("X", x);
  std::vector<std::uint8_t> folds;
  {
    const py::gil_scoped_release unlocked;
    folds = category_folds(view, seed, n_threads, raise_pending_signals);
  }
  return Folds(static_cast<py::ssize_t>(folds.size()), folds.data());
}

std::tuple<py::array_t<double>, py::array_t<double>, double> statistics_of(
    const py::array& x, std::int32_t feature, std::int32_t n_categories, const Doubles& y,
    const std::vector<std::int32_t>& n_classes, const std::optional<Doubles>& weight,
    const Folds& folds, int n_threads) {
  const MatrixView view = matrix_of("X", x);
  if (y.ndim() != 2 || y.shape(0) != view.n_rows ||
      y.shape(1) != static_cast<py::ssize_t>(n_classes.size()))
    throw ValueError("y must have a row for each of X, and as many columns as n_classes");
  if (weight) need_length("sample_weight", *weight, view.n_rows);
  if (folds.ndim() != 1 || folds.shape(0) != view.n_rows)
    throw ValueError("folds must have one number for each row of X");
  const StatisticTargets targets{y.data(), n_classes, weight ? weight->data() : nullptr,
                                 view.n_rows};
  const std::span<const std::uint8_t> fold_of(folds.data(), static_cast<std::size_t>(view.n_rows));
  ColumnStatistics column;
  {
    const py::gil_scoped_release unlocked;
    column = category_statistics(view, {feature, n_categories}, targets, fold_of, n_threads,
                                 raise_pending_signals);
  }
  return {rows_of(column.table, n_categories), rows_of(column.training, view.n_rows),
          column.spread};
}

}  // namespace

void bind_statistics(py::module_& m) {
  m.def("category_folds", &folds_of, py::arg("X"), py::arg("seed"), py::arg("n_threads"));
  m.def("category_statistics", &statistics_of, py::arg("X"), py::arg("feature"),
        py::arg("n_categories"), py::arg("y"), py::arg("n_classes"), py::arg("sample_weight"),
        py::arg("folds"), py::arg("n_threads"));
}

}  // namespace gbengine::bindings

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <optional>
#include <span>
#include <vector>

#include "arrays.hpp"
#include "bindings.hpp"
#include "gbengine/api/table_maker.hpp"
#include "interrupt.hpp"
#include "table_argument.hpp"
#include "table_handle.hpp"

namespace gbengine::bindings {
namespace {

TableHandle table_of(const py::object& x, const std::optional<Doubles>& weight, int max_bins,
                     int n_threads, const std::vector<std::int32_t>& n_categories) {
  const TableArgument table("X", x);
  const TableView& view = table.view();
  if (weight) need_length("sample_weight", *weight, view.n_rows());
  const double* weights = weight ? weight->data() : nullptr;
  const py::gil_scoped_release unlocked;
  return {make_table(view, weights, max_bins, n_categories, n_threads, raise_pending_signals),
          max_bins};
}

/// @param chunks arrays of some columns each, whose categories n_categories counts one after the
/// other
TableHandle table_from_columns(const py::iterable& chunks, std::int64_t n_rows,
                               const std::optional<Doubles>& weight, int max_bins, int n_threads,
                               const std::vector<std::int32_t>& n_categories) {
  if (weight) need_length("sample_weight", *weight, n_rows);
  TableBuilder builder(n_rows, static_cast<std::int32_t>(n_categories.size()),
                       weight ? weight->data() : nullptr, max_bins, n_threads,
                       raise_pending_signals);
  std::size_t first = 0;
  for (const py::handle chunk : chunks) {
    const auto array = py::cast<py::array>(chunk);
    const MatrixView columns = matrix_of("X", array);
    const auto n_columns = static_cast<std::size_t>(columns.n_cols);
    if (n_columns > n_categories.size() - first)
      throw ValueError("X has more columns than n_categories");
    const std::span<const std::int32_t> categories(n_categories.data() + first, n_columns);
    first += n_columns;
    const py::gil_scoped_release unlocked;
    builder.add(columns, categories);
  }
  const py::gil_scoped_release unlocked;
  return {builder.finish(), max_bins};
}

using RowNumbers = py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>;

TableHandle rows_of(const TableHandle& from, const RowNumbers& rows, int n_threads) {
  if (rows.ndim() != 1) throw ValueError("rows must have one dimension");
  const std::span<const std::int64_t> numbers(rows.data(), static_cast<std::size_t>(rows.size()));
  const py::gil_scoped_release unlocked;
  return {take_rows(*from.table, numbers, n_threads, raise_pending_signals), from.max_bins};
}

}  // namespace

void bind_table(py::module_& m) {
  py::class_<TableHandle>(m, "Table", "A training table in coded form; see _core.pyi.")
      .def(py::init(&table_of), py::arg("X"), py::arg("sample_weight"), py::arg("max_bins"),
           py::arg("n_threads"), py::arg("n_categories") = std::vector<std::int32_t>{})
      .def_static("from_columns", &table_from_columns, py::arg("chunks"), py::arg("n_rows"),
                  py::arg("sample_weight"), py::arg("max_bins"), py::arg("n_threads"),
                  py::arg("n_categories"))
      .def("take_rows", &rows_of, py::arg("rows"), py::arg("n_threads"))
      .def_property_readonly("n_rows", [](const TableHandle& t) { return t.table->n_rows(); })
      .def_property_readonly("n_features",
                             [](const TableHandle& t) { return t.table->n_features(); })
      .def_property_readonly("n_bytes", [](const TableHandle& t) { return t.table->n_bytes(); })
      .def_readonly("max_bins", &TableHandle::max_bins);
}

}  // namespace gbengine::bindings

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstdint>
#include <vector>

#include "arrays.hpp"
#include "bindings.hpp"
#include "gbengine/api/row_shuffle.hpp"
#include "interrupt.hpp"
#include "table_argument.hpp"

namespace gbengine::bindings {
namespace {

py::array_t<std::uint32_t> shuffled(const py::object& x, const Doubles& columns, std::uint64_t seed,
                                    int n_threads) {
  const TableArgument table("X", x);
  if (columns.ndim() != 2 || columns.shape(1) != table.view().n_rows())
    throw ValueError("columns must have two dimensions, and a value for each row of X");
  std::vector<const double*> pointers;
  for (py::ssize_t k = 0; k < columns.shape(0); ++k) pointers.push_back(columns.data(k, 0));
  std::vector<std::uint32_t> rows;
  {
    const py::gil_scoped_release unlocked;
    rows = shuffled_rows(table.view(), pointers, seed, n_threads, raise_pending_signals);
  }
  return py::array_t<std::uint32_t>(static_cast<py::ssize_t>(rows.size()), rows.data());
}

}  // namespace

void bind_rows(py::module_& m) {
  m.def("shuffled_rows", &shuffled, py::arg("X"), py::arg("columns"), py::arg("seed"),
        py::arg("n_threads"));
}

}  // namespace gbengine::bindings

// TableArgument: X as Python gives it, an array or a scipy CSR table, as the core's view.
//
// Example:
//   const TableArgument x("X", object);
//   predictor.raw_scores(parallel, x.view(), out);
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstdint>

#include "gbengine/base/table_view.hpp"

namespace gbengine::bindings {

namespace py = pybind11;

class TableArgument {
 public:
  /// Dense: float32 or float64, read in place. Sparse: format "csr", float32 or float64, indices
  /// that ascend within each row; int32 indices are read in place. Throws ValueError or TypeError.
  TableArgument(const char* name, const py::object& x);

  /// Valid as long as this object.
  const TableView& view() const { return view_; }

 private:
  SparseView read_csr(const char* name);

  py::object owner_;
  py::object row_begin_, column_, data_;  // of a sparse table
  TableView view_;
};

/// What check_sparse says of the arrays of rows (or columns): whether their indices ascend.
bool indices_ascend(const char* name, const py::array& begin, const py::array& index,
                    std::int64_t n_minor);

}  // namespace gbengine::bindings

#include "table_argument.hpp"

#include <limits>
#include <string>

#include "arrays.hpp"
#include "gbengine/base/error.hpp"

namespace gbengine::bindings {
namespace {

using Ints = py::array_t<std::int32_t, py::array::c_style>;
using Longs = py::array_t<std::int64_t, py::array::c_style>;
constexpr int kAnyInteger = py::array::c_style | py::array::forcecast;

template <typename Array>
bool is_vector_of(const py::array& array) {
  return py::isinstance<Array>(array) && array.ndim() == 1;
}

py::array vector_of(const py::object& x, const char* attribute) {
  const py::object value = x.attr(attribute);
  if (!py::isinstance<py::array>(value))
    throw py::type_error(std::string(attribute) + " of a sparse table must be an array");
  const auto array = py::reinterpret_borrow<py::array>(value);
  if (array.ndim() != 1)
    throw ValueError(std::string(attribute) + " of a sparse table must have one dimension");
  return array;
}

}  // namespace

bool indices_ascend(const char* name, const py::array& begin, const py::array& index,
                    std::int64_t n_minor) {
  if (begin.ndim() != 1 || begin.size() < 1 || index.ndim() != 1)
    throw ValueError(std::string(name) + " is a broken sparse table: indptr must not be empty");
  const std::int64_t n_major = begin.size() - 1, n_stored = index.size();
  SparseOrder order;
  if (is_vector_of<Ints>(begin) && is_vector_of<Ints>(index)) {
    order = check_sparse(name, Ints(begin).data(), n_major, Ints(index).data(), n_stored, n_minor);
  } else {
    const auto begin_longs = Longs::ensure(begin), index_longs = Longs::ensure(index);
    if (!begin_longs || !index_longs)
      throw py::type_error(std::string(name) + ": indptr and indices must be integers");
    order = check_sparse(name, begin_longs.data(), n_major, index_longs.data(), n_stored, n_minor);
  }
  return order == SparseOrder::kAscending;
}

TableArgument::TableArgument(const char* name, const py::object& x) : owner_(x) {
  if (py::isinstance<py::array>(x)) {
    view_ = matrix_of(name, py::reinterpret_borrow<py::array>(x));
  } else if (py::hasattr(x, "indptr")) {
    view_ = read_csr(name);
  } else {
    throw py::type_error(std::string(name) + " must be an array or a CSR table");
  }
}

SparseView TableArgument::read_csr(const char* name) {
  const auto shape = owner_.attr("shape").cast<std::pair<std::int64_t, std::int64_t>>();
  const py::array begin = vector_of(owner_, "indptr"), index = vector_of(owner_, "indices");
  const py::array data = vector_of(owner_, "data");
  const bool is_float = py::isinstance<py::array_t<float>>(data);
  if (owner_.attr("format").cast<std::string>() != "csr" ||
      (!is_float && !py::isinstance<py::array_t<double>>(data)))
    throw py::type_error(std::string(name) + " must be CSR of float32 or float64");
  if (shape.second < 0 || shape.second > std::numeric_limits<std::int32_t>::max() ||
      shape.first < 0 || begin.size() != shape.first + 1 || data.size() != index.size() ||
      (data.size() > 0 && data.strides(0) != data.itemsize()))
    throw ValueError(std::string(name) + " is a broken sparse table: " +
                     std::to_string(begin.size()) + " of indptr, " + std::to_string(index.size()) +
                     " indices and " + std::to_string(data.size()) + " values do not make " +
                     std::to_string(shape.first) + " x " + std::to_string(shape.second) + " cells");
  if (!indices_ascend(name, begin, index, shape.second))
    throw ValueError(std::string(name) + " has a row whose columns do not ascend");
  // Checked above: all of them fit.
  const auto row_begin = py::array_t<std::int64_t, kAnyInteger>::ensure(begin);
  const auto column = py::array_t<std::int32_t, kAnyInteger>::ensure(index);
  row_begin_ = row_begin;
  column_ = column;
  data_ = data;
  return {row_begin.data(), column.data(),
          data.data(),      is_float ? DType::kFloat32 : DType::kFloat64,
          shape.first,      static_cast<std::int32_t>(shape.second)};
}

}  // namespace gbengine::bindings

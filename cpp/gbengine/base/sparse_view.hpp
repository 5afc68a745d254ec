// SparseView: a table of which only some cells are stored, by rows, that somebody else owns.
//
// The form of scipy's CSR: row i stores the cells [row_begin[i], row_begin[i + 1]) with their
// columns and values; all other cells are 0. A stored 0 is a 0, a stored NaN is missing. Made by
// the bindings, read wherever a table is. Example:
//   SparseView x{row_begin, column, values, DType::kFloat64, n_rows, n_cols};
//   check_sparse("X", x, n_stored);
#pragma once

#include <cstdint>

#include "gbengine/base/matrix_view.hpp"

namespace gbengine {

struct SparseView {
  const std::int64_t* row_begin = nullptr;  // n_rows + 1
  const std::int32_t* column = nullptr;     // ascending within a row, each at most once
  const void* data = nullptr;
  DType dtype = DType::kFloat64;
  std::int64_t n_rows = 0;
  std::int32_t n_cols = 0;

  std::int64_t n_stored() const { return n_rows == 0 ? 0 : row_begin[n_rows] - row_begin[0]; }

  /// All stored values; T must be the type that dtype names.
  template <typename T>
  const T* values() const {
    return static_cast<const T*>(data);
  }

  /// The rows [begin, end); places in column and data stay what they are.
  SparseView rows(std::int64_t begin, std::int64_t end) const {
    SparseView part(*this);
    part.row_begin = row_begin + begin;
    part.n_rows = end - begin;
    return part;
  }
};

/// How the stored cells of rows (or columns) stand.
enum class SparseOrder : std::uint8_t { kAscending, kUnordered };

/// Throws ValueError if begin does not rise from 0 to n_stored, or an index is not in [0, n_minor).
template <typename Begin, typename Index>
SparseOrder check_sparse(const char* name, const Begin* begin, std::int64_t n_major,
                         const Index* index, std::int64_t n_stored, std::int64_t n_minor);

/// The same for a view, whose cells must be ascending.
void check_sparse(const char* name, const SparseView& x, std::int64_t n_stored);

}  // namespace gbengine

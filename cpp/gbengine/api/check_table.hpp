// What a table of rows must be before anything is trained or predicted on it.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "gbengine/base/error.hpp"
#include "gbengine/base/table_view.hpp"

namespace gbengine {

/// Throws ValueError for a table without rows or columns, or with too many rows.
inline void check_shape(const char* name, std::int64_t n_rows, std::int64_t n_cols) {
  if (n_rows < 1 || n_cols < 1)
    throw ValueError(std::string(name) + " is " + std::to_string(n_rows) + " x " +
                     std::to_string(n_cols) + "; it needs at least one row and one column");
  if (n_rows > std::numeric_limits<std::uint32_t>::max())
    throw ValueError(std::string(name) + " has " + std::to_string(n_rows) +
                     " rows; at most 2^32 - 1 fit");
}

inline void check_table(const char* name, const TableView& x) {
  check_shape(name, x.n_rows(), x.n_cols());
}

}  // namespace gbengine

// SparseCodes: the codes of a training table in which most cells have the code of 0.
//
// Only the other cells are kept, twice: by columns (the histogram of many rows and the partition
// read a column) and by rows (few rows are gathered from these), 6 bytes a cell in all. Example:
//   sparse.zero_code[f]   // of a cell that is not kept
//   sparse.columns.for_each(f, [&](size_t row, uint8_t code) { ... });
//   sparse.rows.for_each(row, [&](size_t f, uint8_t code) { ... });
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "gbengine/data/coded_lines.hpp"

namespace gbengine {

struct SparseCodes {
  std::vector<std::uint8_t> zero_code;  // n_features
  CodedLines columns;
  CodedLines rows;

  /// Writes the codes of all n_rows rows of a column.
  void copy_column(std::int32_t feature, std::int64_t n_rows, std::uint8_t* codes) const {
    const auto f = static_cast<std::size_t>(feature);
    std::fill_n(codes, n_rows, zero_code[f]);
    columns.for_each(f, [&](std::size_t row, std::uint8_t code) { codes[row] = code; });
  }
};

}  // namespace gbengine

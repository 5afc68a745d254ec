// SparseCodes: the codes of a training table in which most cells have the code of 0.
//
// Only the other cells are kept, twice: by columns (the partition and the histogram of many rows
// read a column) and by rows (the histogram of few rows), 9 bytes a cell in all. Example:
//   sparse.zero_code[f]                                  // of every cell that is not kept
//   for (k = sparse.column_begin[f]; k < sparse.column_begin[f + 1]; ++k)
//     code of row sparse.column_row[k] is sparse.column_code[k]
//   for (k = sparse.row_begin[i]; k < sparse.row_begin[i + 1]; ++k)
//     row i is in cell sparse.row_cell[k]                // cell_offset[f] + code
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "gbengine/base/aligned_buffer.hpp"

namespace gbengine {

struct SparseCodes {
  std::vector<std::uint8_t> zero_code;     // n_features
  std::vector<std::int64_t> column_begin;  // n_features + 1
  AlignedBuffer<std::uint32_t> column_row;
  AlignedBuffer<std::uint8_t> column_code;
  std::vector<std::int64_t> row_begin;    // n_rows + 1
  AlignedBuffer<std::uint32_t> row_cell;  // ascending within a row

  /// Writes the codes of all n_rows rows of a column.
  void copy_column(std::int32_t feature, std::int64_t n_rows, std::uint8_t* codes) const {
    const auto f = static_cast<std::size_t>(feature);
    std::fill_n(codes, n_rows, zero_code[f]);
    for (auto k = static_cast<std::size_t>(column_begin[f]);
         k < static_cast<std::size_t>(column_begin[f + 1]); ++k)
      codes[column_row[k]] = column_code[k];
  }
};

}  // namespace gbengine

// Copies rows of a table into the groups of 64 that kernel/bit_vector reads.
//
// Called by predict/bit_vector_engine for each block of rows. Example:
//   copy_to_groups(x, begin, end, columns, n_slots, groups.data());
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "gbengine/base/matrix_view.hpp"
#include "gbengine/kernel/bit_vector.hpp"

namespace gbengine {

/// A column of the groups and the feature it holds.
struct SlotColumn {
  std::int32_t slot;
  std::int32_t feature;
};

/// groups[group * n_slots * 64 + slot * 64 + r] = value of row begin + group * 64 + r. The last
/// group is filled with zeros up to a multiple of 16 rows: the kernel reads that far.
template <typename T>
void copy_to_groups(const MatrixView& x, std::int64_t begin, std::int64_t end,
                    std::span<const SlotColumn> columns, std::size_t n_slots, T* groups) {
  for (std::int64_t first = begin; first < end; first += kRowsPerGroup) {
    const std::int64_t n_rows = std::min(end - first, kRowsPerGroup);
    if (std::abs(x.col_stride) < std::abs(x.row_stride)) {
      for (std::int64_t r = 0; r < n_rows; ++r) {
        const T* row = x.row<T>(first + r);
        for (const SlotColumn column : columns)
          groups[column.slot * kRowsPerGroup + r] = row[column.feature * x.col_stride];
      }
    } else {
      for (const SlotColumn column : columns) {
        const T* values = x.column<T>(column.feature) + first * x.row_stride;
        T* to = groups + column.slot * kRowsPerGroup;
        for (std::int64_t r = 0; r < n_rows; ++r) to[r] = values[r * x.row_stride];
      }
    }
    const std::int64_t padded = (n_rows + 15) / 16 * 16;
    for (const SlotColumn column : columns)
      std::fill(groups + column.slot * kRowsPerGroup + n_rows,
                groups + column.slot * kRowsPerGroup + padded, T{0});
    groups += static_cast<std::int64_t>(n_slots) * kRowsPerGroup;
  }
}

/// Makes codes of the values in some columns of the groups of n_rows rows: 0 to 255 (and a
/// fraction, perhaps, which counts for nothing), or -1 if they are missing.
template <typename T>
void make_codes(std::int64_t n_rows, std::span<const std::int32_t> slots, std::size_t n_slots,
                T* groups) {
  for (std::int64_t first = 0; first < n_rows; first += kRowsPerGroup) {
    for (const std::int32_t slot : slots) {
      T* codes = groups + slot * kRowsPerGroup;
      const std::int64_t n = (std::min(n_rows - first, kRowsPerGroup) + 15) / 16 * 16;
      for (std::int64_t r = 0; r < n; ++r) {
        const T x = codes[r], positive = x > T{0} ? x : T{0};
        codes[r] = x == x ? (positive < T{255} ? positive : T{255}) : T{-1};
      }
    }
    groups += static_cast<std::int64_t>(n_slots) * kRowsPerGroup;
  }
}

}  // namespace gbengine

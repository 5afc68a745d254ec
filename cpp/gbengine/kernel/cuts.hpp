// Cuts: what one cut of each of many columns does to the rows of a node, all columns at once.
//
// Where a row's codes lie together, many columns of it fit one register: all their ranges, or all
// their left sides, cost little more than one column's would. Example:
//   kernels().cuts.find_ranges(rows, n_columns, missing, low, high, has_missing);
//   kernels().cuts.count_left(rows, n_columns, cuts, also, n_left);
#pragma once

#include <cstdint>

namespace gbengine {

/// Arrays by column are padded to a multiple of this, and so many bytes of a row are read.
inline constexpr std::int64_t kCutColumns = 32;

/// The length of an array by column, for rows of so many bytes.
constexpr std::int64_t padded_columns(std::int64_t row_stride) {
  return (row_stride + kCutColumns - 1) / kCutColumns * kCutColumns;
}

/// Some rows of a table of bytes that lie row by row.
struct CodeRows {
  const std::uint8_t* codes;  // readable kCutColumns behind the last row's end
  std::int64_t stride;
  const std::uint32_t* rows;
  std::int64_t n;
};

struct CutKernels {
  /// Of each column, over n >= 1 rows: the lowest code; the highest that is not `missing`, or 0;
  /// 255 if a row has `missing`, else 0.
  void (*find_ranges)(const CodeRows& rows, std::int64_t n_columns, const std::uint8_t* missing,
                      std::uint8_t* low, std::uint8_t* high, std::uint8_t* has_missing);

  /// Of each column: how many rows have a code up to cuts[column], or of also[column].
  void (*count_left)(const CodeRows& rows, std::int64_t n_columns, const std::uint8_t* cuts,
                     const std::uint8_t* also, std::uint32_t* n_left);

  /// The same, and how many of them have a flag.
  /// @param flags of the rows in their order: 255, or 0
  void (*count_flagged)(const CodeRows& rows, std::int64_t n_columns, const std::uint8_t* cuts,
                        const std::uint8_t* also, const std::uint8_t* flags, std::uint32_t* n_left,
                        std::uint32_t* n_flagged);

  /// Of each column: what these rows' pairs (two numbers a row, in the order of the rows) add up
  /// to, the first numbers and the second ones apart.
  void (*add_left)(const CodeRows& rows, std::int64_t n_columns, const std::uint8_t* cuts,
                   const std::uint8_t* also, const std::int64_t* pairs, std::int64_t* first,
                   std::int64_t* second);
};

}  // namespace gbengine

// Partition: which rows of a node go left, and the two lists of rows that follow from it.
//
// Two passes over pieces of at most 64 * n rows, so that pieces can be done by different threads:
// `decide` reads the split column and leaves one bit a row; once the counts of all pieces are
// known, `scatter` writes each piece's rows to its places, in order. Example: see
// learn/row_partition.cpp.
#pragma once

#include <cstdint>

namespace gbengine {

struct PartitionArgs {
  const std::uint32_t*
      row_idx;  // n rows of the piece, ascending, or nullptr: first_row, first_row + 1, …
  std::int64_t first_row;
  std::int64_t n;
  const std::uint8_t*
      column;              // codes of the split feature, by row; 64 bytes past the end may be read
  std::uint8_t bin;        // a row goes left if code <= bin or code == also_left
  std::uint8_t also_left;  // the missing bin if missing goes left, else bin
  const std::uint64_t* left_codes;  // or, if not nullptr, by 256 bits: bit c is set if code c does
  std::uint64_t* goes_left;         // (n + 63) / 64 words, bit i % 64 of word i / 64 is row i's
  std::uint32_t* left;              // scatter: exactly the piece's left rows are written here
  std::uint32_t* right;             // and its right rows here
};

struct PartitionKernels {
  /// Fills goes_left; returns how many rows go left.
  std::int64_t (*decide)(const PartitionArgs& args);
  void (*scatter)(const PartitionArgs& args, std::int64_t n_left);
  /// raw[row] += value for the rows of one leaf.
  void (*add_to_rows)(double* raw, const std::uint32_t* row_idx, std::int64_t n, double value);
};

}  // namespace gbengine

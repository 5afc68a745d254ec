// Binning: which bin each value of a column falls in, that is, how many thresholds are below it.
//
// The thresholds stand as a search tree in an array, node k having the children 2k and 2k + 1, so
// that `k = 2k + (node[k] < x)`, repeated depth times, ends at 2^depth + the number of thresholds
// below x: no branch, and levels small enough to be held in registers. Example: see
// data/threshold_trees.hpp, which makes the trees, and data/binned_matrix.cpp.
#pragma once

#include <cstdint>

namespace gbengine {

struct ThresholdTree {
  const float* nodes;  // max(16, 2^depth), 64-byte aligned; node 0 and what is past the last: +inf
  const double* thresholds;   // 2^depth + 1, ascending, then +inf; for double values only
  std::int32_t depth;         // 0 … 8, 2^depth > number of thresholds
  std::uint8_t missing_code;  // of NaN: the number of thresholds + 1
};

struct BinningKernels {
  /// codes[i] = the number of thresholds below values[i], or missing_code; n values side by side.
  /// The nodes are the thresholds rounded down to float: x > t is x > down(t) for a float x.
  void (*find_codes_float)(const ThresholdTree& tree, const float* values, std::int64_t n,
                           std::uint8_t* codes);
  /// The same. The nodes are the thresholds rounded to nearest, as the values will be.
  void (*find_codes_double)(const ThresholdTree& tree, const double* values, std::int64_t n,
                            std::uint8_t* codes);
  /// rows[i * row_stride + c] = columns[c][i] for c < 4, i < n.
  void (*pack_rows)(const std::uint8_t* const columns[4], std::int64_t n, std::uint8_t* rows,
                    std::int64_t row_stride);
};

}  // namespace gbengine

// Vector histograms: for every bin of every feature, sums of several integers of each row in it.
//
// What histogram.hpp is for one gradient pair, for trees that serve several outputs: a row has
// `stride` int32 (gradients, hessians, padding), a cell as many sums, side by side, so that a code
// is read once for all outputs. Sums are exact as long as they fit their type. Example: see
// learn/vector_histogram.cpp.
#pragma once

#include <cstdint>

namespace gbengine {

/// Values of a row, and sums of a cell, come in whole blocks of so many.
inline constexpr std::int32_t kVectorBlock = 4;

struct VectorHistogramArgs {
  const std::uint8_t* row_codes;  // row-major codes
  std::int64_t row_stride;
  const std::uint32_t* row_idx;  // n rows, or nullptr: rows first_row … first_row + n - 1
  std::int64_t first_row;
  std::int64_t n;
  const std::int32_t* values;       // by row, `stride` of them
  std::int32_t stride;              // a multiple of kVectorBlock
  const std::int32_t* cell_offset;  // by feature
  std::int32_t feature_begin;
  std::int32_t feature_end;
  void* cells;  // sums of the whole histogram, `stride` a cell: int32 or int64
};

struct VectorHistogramKernels {
  void (*build_narrow)(const VectorHistogramArgs& args);  // int32 sums
  void (*build_wide)(const VectorHistogramArgs& args);    // int64 sums
  void (*add_narrow)(std::int32_t* to, const std::int32_t* from, std::int64_t n);
  void (*subtract_narrow)(std::int32_t* from, const std::int32_t* what, std::int64_t n);
};

}  // namespace gbengine

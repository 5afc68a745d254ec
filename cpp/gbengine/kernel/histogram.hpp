// Histograms: for every bin of every feature, the sum of the gradient pairs of the rows in it.
//
// The loop that most of training is spent in: one 64-bit add a (row, feature). Cells are exact
// integer sums, so pieces of rows may be summed apart and joined in any order. Example: see
// learn/histogram_builder.cpp.
#pragma once

#include <cstdint>

#include "gbengine/kernel/gradient_pair.hpp"

namespace gbengine {

inline constexpr int kFeatureBlock = 64;  // features a call: a cache line of codes, 128 kB of cells

struct HistogramArgs {
  const std::uint8_t* row_codes;  // row-major codes; 8 bytes past the last code may be read
  std::int64_t row_stride;
  const std::uint32_t* row_idx;  // n rows, or nullptr: rows first_row … first_row + n - 1
  std::int64_t first_row;
  std::int64_t n;
  const GradientPair* pairs;        // by row
  const std::int32_t* cell_offset;  // by feature
  std::int32_t feature_begin;       // at most kFeatureBlock features
  std::int32_t feature_end;
  std::int64_t* cells;  // words of the whole histogram
};

struct HistogramKernels {
  void (*build_narrow)(const HistogramArgs& args);
  void (*build_wide)(const HistogramArgs& args);
  void (*add)(std::int64_t* to, const std::int64_t* from, std::int64_t n_words);
  void (*subtract)(std::int64_t* from, const std::int64_t* what, std::int64_t n_words);
};

}  // namespace gbengine

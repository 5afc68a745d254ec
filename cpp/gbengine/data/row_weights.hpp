// RowWeights: weights as integers, so that their sums are exact and free of order.
//
// Whole weights below 2^32 stay what they are: a row of weight 3 is three rows. Others are scaled
// by one power of two, taken from the largest, and rounded once a row to about 31 bits. Only ratios
// of weights matter to the cuts, so the scale cancels. Example:
//   RowWeights weights = make_row_weights(parallel, weight, n_rows);  // uint32 a row
#pragma once

#include <cstdint>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/base/parallel.hpp"

namespace gbengine {

using RowWeights = AlignedBuffer<std::uint32_t>;

/// @param weight n_rows, all > 0 and finite, or nullptr: the result is empty, every row weighs 1
RowWeights make_row_weights(const Parallel& parallel, const double* weight, std::int64_t n_rows);

}  // namespace gbengine

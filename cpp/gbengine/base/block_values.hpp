// BlockValues: one number a row, computed block by block instead of being kept in an array.
//
// A block fits in the first-level cache and on the stack, and is long enough for vectorised exp and
// log to pay. Example:
//   const BlockValues residuals = [&](int64_t begin, int64_t end, double* out) {
//     for (int64_t i = begin; i < end; ++i) out[i - begin] = y[i] - raw[i];
//   };
//   double median = weighted_quantile(parallel, weight, n_rows, residuals, 0.5);
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>

namespace gbengine {

inline constexpr std::int64_t kBlockRows = 512;

/// Writes the values of rows [begin, end), at most kBlockRows of them, to out[0 … end - begin).
/// Called from many threads, and more than once for a row: must be a pure function.
using BlockValues = std::function<void(std::int64_t begin, std::int64_t end, double* out)>;

/// The values of an array.
inline BlockValues values_of(const double* values) {
  return [values](std::int64_t begin, std::int64_t end, double* out) {
    std::copy(values + begin, values + end, out);
  };
}

/// Calls block(begin, end) on consecutive pieces, at most kBlockRows long, of [begin, end).
template <typename Block>
void for_blocks(std::int64_t begin, std::int64_t end, Block&& block) {
  for (std::int64_t first = begin; first < end; first += kBlockRows)
    block(first, std::min(end, first + kBlockRows));
}

}  // namespace gbengine

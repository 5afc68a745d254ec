// Row sampling without replacement: each row is drawn by a hash of (seed, tree, row).
//
// Example: int64_t n = sample_rows(rng, tree_idx, 0.5, n_rows, drawn, left_out);
#pragma once

#include <cstdint>
#include <vector>

#include "gbengine/base/rng.hpp"

namespace gbengine {

/// Writes the drawn rows to `drawn` (room for n_rows) and the others to `left_out`, both ascending;
/// returns how many were drawn. A row is drawn with probability `fraction`, on its own.
inline std::int64_t sample_rows(const CounterRng& rng, std::int64_t tree_idx, double fraction,
                                std::int64_t n_rows, std::uint32_t* drawn,
                                std::vector<std::uint32_t>& left_out) {
  left_out.clear();
  std::int64_t n = 0;
  for (std::int64_t row = 0; row < n_rows; ++row) {
    if (rng.uniform(static_cast<std::uint64_t>(tree_idx), static_cast<std::uint64_t>(row)) <
        fraction)
      drawn[n++] = static_cast<std::uint32_t>(row);
    else
      left_out.push_back(static_cast<std::uint32_t>(row));
  }
  return n;
}

}  // namespace gbengine

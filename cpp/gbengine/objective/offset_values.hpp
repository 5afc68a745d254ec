// values_beyond_offsets: y less the offset of each row, which is all that a loss of y - raw sees.
//
// Used by the base scores of squared_error.cpp and residuals.cpp. Example:
//   weighted_mean(parallel, labels.weight, labels.n_rows, values_beyond_offsets(labels));
#pragma once

#include "gbengine/base/block_values.hpp"
#include "gbengine/base/finite.hpp"
#include "gbengine/data/labels.hpp"

namespace gbengine {

/// The arrays of the labels must outlive what is given back.
inline BlockValues values_beyond_offsets(const Labels& labels) {
  if (labels.offset == nullptr) return values_of(labels.y);
  return [y = labels.y, offset = labels.offset](std::int64_t begin, std::int64_t end, double* out) {
    for (std::int64_t i = begin; i < end; ++i) out[i - begin] = finite(y[i] - offset[i]);
  };
}

}  // namespace gbengine

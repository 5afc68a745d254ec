// Raw scores through the link, with equal bits on every machine. Called by Predictor.
//
// Example: link_response(Link::kSoftmax, parallel, raw, n_rows, /*n_outputs=*/3, out);
#pragma once

#include <cstdint>

#include "gbengine/base/parallel.hpp"
#include "gbengine/model/link.hpp"

namespace gbengine {

/// out is n_rows x n_outputs and may be raw itself; for Link::kLogit (n_outputs = 1) it is
/// n_rows x 2, P(class 0) and P(class 1), and must not overlap raw.
void link_response(Link link, const Parallel& parallel, const double* raw, std::int64_t n_rows,
                   std::int32_t n_outputs, double* out);

}  // namespace gbengine

// link_inverse: the raw scores behind predictions, with equal bits on every machine.
//
// Called by the bindings for what users say in the units of y: exposures, base scores, predictions
// of another model to start from. Example: link_inverse(Link::kLog, exposure, n, out);
#pragma once

#include <cstdint>

#include "gbengine/model/link.hpp"

namespace gbengine {

/// Each value by itself: identity as it is; log and softmax the logarithm of a number > 0; logit
/// the log-odds of a probability in (0, 1). Numbers below the smallest normal one count as that.
/// out may be response itself.
void link_inverse(Link link, const double* response, std::int64_t n, double* out);

}  // namespace gbengine

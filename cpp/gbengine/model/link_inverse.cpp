#include "gbengine/model/link_inverse.hpp"

#include <algorithm>
#include <limits>

#include "gbengine/kernel/kernels.hpp"

namespace gbengine {
namespace {

/// Below the smallest normal number our logarithm is not defined.
double normal(double x) {
  return std::max(x, std::numeric_limits<double>::min());
}

}  // namespace

void link_inverse(Link link, const double* response, std::int64_t n, double* out) {
  if (link == Link::kIdentity) {
    if (response != out) std::copy(response, response + n, out);
    return;
  }
  for (std::int64_t i = 0; i < n; ++i) {
    const double p = response[i];
    out[i] = normal(link == Link::kLogit ? p / (1.0 - p) : p);
  }
  kernels().math.log(out, out, n);
}

}  // namespace gbengine

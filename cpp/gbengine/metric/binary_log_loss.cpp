// The logarithmic loss of two classes: -log of the probability given to y, in nats.
// With t the raw score of the class that is not y it is log(1 + e^t) = max(t, 0) + log(1 + e^-|t|).
#include <algorithm>
#include <cmath>

#include "gbengine/kernel/kernels.hpp"
#include "gbengine/metric/makers.hpp"
#include "gbengine/metric/mean_loss.hpp"

namespace gbengine {
namespace {

class BinaryLogLoss final : public Metric {
 public:
  double evaluate(const Parallel& parallel, const Labels& labels,
                  const double* raw) const override {
    return mean_loss(parallel, labels, [&](std::int64_t begin, std::int64_t end, double* out) {
      const std::int64_t n = end - begin;
      for (std::int64_t i = 0; i < n; ++i) out[i] = -std::abs(raw[begin + i]);
      kernels().math.exp(out, out, n);
      for (std::int64_t i = 0; i < n; ++i) out[i] += 1.0;
      kernels().math.log(out, out, n);
      for (std::int64_t i = 0; i < n; ++i) {
        const double t = raw[begin + i] * (1.0 - 2.0 * labels.y[begin + i]);
        out[i] += std::max(t, 0.0);
      }
    });
  }
};

}  // namespace

std::unique_ptr<Metric> make_binary_log_loss_metric(const ParamMap&) {
  return std::make_unique<BinaryLogLoss>();
}

}  // namespace gbengine

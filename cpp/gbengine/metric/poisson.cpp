// Half the Poisson deviance: y log(y / mu) - y + mu with mu = exp(raw). No constant is dropped, so
// 0 is a perfect fit.
#include <algorithm>

#include "gbengine/kernel/kernels.hpp"
#include "gbengine/metric/makers.hpp"
#include "gbengine/metric/mean_loss.hpp"

namespace gbengine {
namespace {

class Poisson final : public Metric {
 public:
  double evaluate(const Parallel& parallel, const Labels& labels,
                  const double* raw) const override {
    return mean_loss(parallel, labels, [&](std::int64_t begin, std::int64_t end, double* out) {
      double log_y[kBlockRows], log_mu[kBlockRows];
      const double* y = labels.y + begin;
      const std::int64_t n = end - begin;
      for (std::int64_t i = 0; i < n; ++i) log_y[i] = std::max(y[i], kLeastNormal);
      for (std::int64_t i = 0; i < n; ++i)
        log_mu[i] = std::clamp(raw[begin + i], kLeastLog, kLargestLog);
      kernels().math.log(log_y, log_y, n);
      kernels().math.exp(log_mu, out, n);
      for (std::int64_t i = 0; i < n; ++i) out[i] += y[i] * (log_y[i] - log_mu[i]) - y[i];
    });
  }
};

}  // namespace

std::unique_ptr<Metric> make_poisson_metric(const ParamMap&) {
  return std::make_unique<Poisson>();
}

}  // namespace gbengine

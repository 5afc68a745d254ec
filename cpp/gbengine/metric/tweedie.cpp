// Half the Tweedie deviance with power p in (1, 2):
//   y^(2-p) / ((1-p)(2-p)) - y mu^(1-p) / (1-p) + mu^(2-p) / (2-p) with mu = exp(raw).
// No constant is dropped, so 0 is a perfect fit (but for rounding: the terms cancel, and are large
// where p is near 1 or 2).
#include <algorithm>

#include "gbengine/base/finite.hpp"
#include "gbengine/kernel/kernels.hpp"
#include "gbengine/metric/makers.hpp"
#include "gbengine/metric/mean_loss.hpp"

namespace gbengine {
namespace {

class Tweedie final : public Metric {
 public:
  explicit Tweedie(double power) : power_(power) {}

  double evaluate(const Parallel& parallel, const Labels& labels,
                  const double* raw) const override {
    return mean_loss(parallel, labels, [&](std::int64_t begin, std::int64_t end, double* out) {
      loss_of_block(labels.y + begin, raw + begin, end - begin, out);
    });
  }

 private:
  void loss_of_block(const double* y, const double* raw, std::int64_t n, double* out) const {
    const double a = 2.0 - power_, b = 1.0 - power_;  // a > 0 > b
    double y_a[kBlockRows], mu_a[kBlockRows], mu_b[kBlockRows];
    for (std::int64_t i = 0; i < n; ++i) out[i] = std::max(y[i], kLeastNormal);
    kernels().math.log(out, out, n);
    for (std::int64_t i = 0; i < n; ++i) {
      y_a[i] = a * out[i];
      mu_a[i] = a * raw[i];
      mu_b[i] = b * raw[i];
    }
    kernels().math.exp(y_a, y_a, n);
    kernels().math.exp(mu_a, mu_a, n);
    kernels().math.exp(mu_b, mu_b, n);
    for (std::int64_t i = 0; i < n; ++i) {
      // The one negative term: were it -inf and another inf, the sum would be NaN.
      const double of_y = y[i] > 0.0 ? finite(y_a[i] / (b * a)) : 0.0;
      out[i] = of_y - y[i] * mu_b[i] / b + mu_a[i] / a;
    }
  }

  double power_;
};

}  // namespace

std::unique_ptr<Metric> make_tweedie_metric(const ParamMap& params) {
  return std::make_unique<Tweedie>(params.get_between("power", 1.0, 2.0));
}

}  // namespace gbengine

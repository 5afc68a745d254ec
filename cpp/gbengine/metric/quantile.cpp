// The pinball loss: q (y - raw) where raw is too low, (1 - q)(raw - y) where it is too high.
#include <algorithm>

#include "gbengine/metric/makers.hpp"
#include "gbengine/metric/mean_loss.hpp"

namespace gbengine {
namespace {

class Quantile final : public Metric {
 public:
  explicit Quantile(double q) : q_(q) {}

  double evaluate(const Parallel& parallel, const Labels& labels,
                  const double* raw) const override {
    return mean_loss(parallel, labels, [&](std::int64_t begin, std::int64_t end, double* out) {
      for (std::int64_t i = begin; i < end; ++i) {
        const double d = labels.y[i] - raw[i];
        out[i - begin] = std::max(q_ * d, (q_ - 1.0) * d);
      }
    });
  }

 private:
  double q_;
};

}  // namespace

std::unique_ptr<Metric> make_quantile_metric(const ParamMap& params) {
  return std::make_unique<Quantile>(params.get_between("quantile", 0.0, 1.0));
}

}  // namespace gbengine

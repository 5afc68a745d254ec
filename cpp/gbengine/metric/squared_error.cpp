// Half the squared error, (raw - y)^2 / 2.
#include "gbengine/metric/makers.hpp"
#include "gbengine/metric/mean_loss.hpp"

namespace gbengine {
namespace {

class SquaredError final : public Metric {
 public:
  double evaluate(const Parallel& parallel, const Labels& labels,
                  const double* raw) const override {
    return mean_loss(parallel, labels, [&](std::int64_t begin, std::int64_t end, double* out) {
      for (std::int64_t i = begin; i < end; ++i) {
        const double d = raw[i] - labels.y[i];
        out[i - begin] = 0.5 * d * d;
      }
    });
  }
};

}  // namespace

std::unique_ptr<Metric> make_squared_error_metric(const ParamMap&) {
  return std::make_unique<SquaredError>();
}

}  // namespace gbengine

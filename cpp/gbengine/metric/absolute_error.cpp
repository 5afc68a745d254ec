// The absolute error, |raw - y|.
#include <cmath>

#include "gbengine/metric/makers.hpp"
#include "gbengine/metric/mean_loss.hpp"

namespace gbengine {
namespace {

class AbsoluteError final : public Metric {
 public:
  double evaluate(const Parallel& parallel, const Labels& labels,
                  const double* raw) const override {
    return mean_loss(parallel, labels, [&](std::int64_t begin, std::int64_t end, double* out) {
      for (std::int64_t i = begin; i < end; ++i) out[i - begin] = std::abs(raw[i] - labels.y[i]);
    });
  }
};

}  // namespace

std::unique_ptr<Metric> make_absolute_error_metric(const ParamMap&) {
  return std::make_unique<AbsoluteError>();
}

}  // namespace gbengine

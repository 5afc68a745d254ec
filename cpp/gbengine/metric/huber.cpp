// Huber's loss: with d = |y - raw|, d^2 / 2 up to delta and delta (d - delta / 2) beyond. delta is
// the weighted alpha-quantile of the rows' own d, or the least d above 0 should that be 0.
#include <cmath>

#include "gbengine/base/finite.hpp"
#include "gbengine/base/weighted_quantile.hpp"
#include "gbengine/metric/makers.hpp"
#include "gbengine/metric/mean_loss.hpp"

namespace gbengine {
namespace {

class Huber final : public Metric {
 public:
  explicit Huber(double alpha) : alpha_(alpha) {}

  double evaluate(const Parallel& parallel, const Labels& labels,
                  const double* raw) const override {
    const auto distance = [&](std::int64_t i) { return std::abs(finite(labels.y[i] - raw[i])); };
    const BlockValues distances = [&](std::int64_t begin, std::int64_t end, double* out) {
      for (std::int64_t i = begin; i < end; ++i) out[i - begin] = distance(i);
    };
    if (labels.n_rows == 0) return 0.0;
    double delta = weighted_quantile(parallel, labels.weight, labels.n_rows, distances, alpha_);
    if (delta == 0.0) delta = smallest_above(parallel, labels.n_rows, distances, 0.0);
    return mean_loss(parallel, labels, [&](std::int64_t begin, std::int64_t end, double* out) {
      for (std::int64_t i = begin; i < end; ++i) {
        const double d = distance(i);
        out[i - begin] = d <= delta ? 0.5 * d * d : delta * (d - 0.5 * delta);
      }
    });
  }

 private:
  double alpha_;
};

}  // namespace

std::unique_ptr<Metric> make_huber_metric(const ParamMap& params) {
  return std::make_unique<Huber>(params.get_between("alpha", 0.0, 1.0));
}

}  // namespace gbengine

// The pinball loss: q (y - raw) where raw is too low, (1 - q)(raw - y) where it is too high.
// Its least mean is at the q-quantile. The derivative at raw = y, any of [-q, 1 - q], is 0.
#include "gbengine/objective/float_pair.hpp"
#include "gbengine/objective/makers.hpp"
#include "gbengine/objective/residuals.hpp"

namespace gbengine {
namespace {

class Quantile final : public ResidualObjective {
 public:
  explicit Quantile(double q) : q_(q) {}

  void base_score(const Parallel& parallel, const Labels& labels, double* out) const override {
    *out = label_quantile(parallel, labels, q_);
  }

  void gradients(const Labels& labels, const double* raw, std::int64_t begin, std::int64_t end,
                 FloatPair* out) const override {
    const double* y = labels.y;
    const double low = q_, high = 1.0 - q_;
    for (std::int64_t i = begin; i < end; ++i) {
      const double below = raw[i] < y[i] ? low : 0.0;
      const double above = raw[i] > y[i] ? high : 0.0;
      out[i] = float_pair(above - below, 1.0);
    }
  }

  double leaf_value(const Labels& labels, const double* raw,
                    std::span<const std::uint32_t> rows) const override {
    return residual_quantile(labels, raw, rows, q_);
  }

 private:
  double q_;
};

}  // namespace

std::unique_ptr<Objective> make_quantile_objective(const ParamMap& params) {
  return std::make_unique<Quantile>(params.get_between("quantile", 0.0, 1.0));
}

}  // namespace gbengine

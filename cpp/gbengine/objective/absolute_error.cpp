// The absolute error, |raw - y|: for medians. The derivative at raw = y, which is any of [-1, 1],
// is 0.
#include "gbengine/objective/float_pair.hpp"
#include "gbengine/objective/makers.hpp"
#include "gbengine/objective/residuals.hpp"

namespace gbengine {
namespace {

class AbsoluteError final : public ResidualObjective {
 public:
  void base_score(const Parallel& parallel, const Labels& labels, double* out) const override {
    *out = label_quantile(parallel, labels, 0.5);
  }

  void gradients(const Labels& labels, const double* raw, std::int64_t begin, std::int64_t end,
                 FloatPair* out) const override {
    const double* y = labels.y;
    for (std::int64_t i = begin; i < end; ++i) {
      const double below = raw[i] < y[i] ? 1.0 : 0.0;
      const double above = raw[i] > y[i] ? 1.0 : 0.0;
      out[i] = float_pair(above - below, 1.0);
    }
  }

  double leaf_value(const Labels& labels, const double* raw,
                    std::span<const std::uint32_t> rows) const override {
    return residual_quantile(labels, raw, rows, 0.5);
  }
};

}  // namespace

std::unique_ptr<Objective> make_absolute_error_objective(const ParamMap&) {
  return std::make_unique<AbsoluteError>();
}

}  // namespace gbengine

// Half the gamma deviance, for positive amounts: y / mu - log(y / mu) - 1 with mu = exp(raw).
#include "gbengine/base/block_values.hpp"
#include "gbengine/objective/float_pair.hpp"
#include "gbengine/objective/label_check.hpp"
#include "gbengine/objective/log_link.hpp"
#include "gbengine/objective/makers.hpp"

namespace gbengine {
namespace {

class Gamma final : public LogLinkObjective {
 public:
  Gamma() : LogLinkObjective(2.0) {}

  void check_labels(const Labels& labels) const override {
    require_labels(labels, "gamma", "> 0", [](double y) { return y > 0.0; });
  }

  void gradients(const Labels& labels, const double* raw, std::int64_t begin, std::int64_t end,
                 FloatPair* out) const override {
    double inverse[kBlockRows];  // 1 / mu
    for_blocks(begin, end, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t i = first; i < last; ++i) inverse[i - first] = -raw[i];
      kernels().math.exp(inverse, inverse, last - first);
      for (std::int64_t i = first; i < last; ++i) {
        const double ratio = labels.y[i] * inverse[i - first];
        out[i] = float_pair(1.0 - ratio, ratio);
      }
    });
  }
};

}  // namespace

std::unique_ptr<Objective> make_gamma_objective(const ParamMap&) {
  return std::make_unique<Gamma>();
}

}  // namespace gbengine

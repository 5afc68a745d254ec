// Half the Tweedie deviance with power p in (1, 2), for amounts that are often 0 (insurance
// claims):
//   y^(2-p) / ((1-p)(2-p)) - y mu^(1-p) / (1-p) + mu^(2-p) / (2-p) with mu = exp(raw).
#include "gbengine/base/block_values.hpp"
#include "gbengine/objective/float_pair.hpp"
#include "gbengine/objective/label_check.hpp"
#include "gbengine/objective/log_link.hpp"
#include "gbengine/objective/makers.hpp"

namespace gbengine {
namespace {

class Tweedie final : public LogLinkObjective {
 public:
  explicit Tweedie(double power) : LogLinkObjective(power) {}

  void check_labels(const Labels& labels) const override {
    require_labels(labels, "tweedie", ">= 0", [](double y) { return y >= 0.0; });
    require_positive_sum(labels, "tweedie");
  }

  void gradients(const Labels& labels, const double* raw, std::int64_t begin, std::int64_t end,
                 FloatPair* out) const override {
    const double a = 2.0 - variance_power(), b = 1.0 - variance_power();  // a > 0 > b
    double mu_a[kBlockRows], mu_b[kBlockRows];                            // mu^a, mu^b
    for_blocks(begin, end, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t i = first; i < last; ++i) mu_a[i - first] = a * raw[i];
      for (std::int64_t i = first; i < last; ++i) mu_b[i - first] = b * raw[i];
      kernels().math.exp(mu_a, mu_a, last - first);
      kernels().math.exp(mu_b, mu_b, last - first);
      for (std::int64_t i = first; i < last; ++i) {
        const double up = mu_a[i - first], down = labels.y[i] * mu_b[i - first];
        out[i] = float_pair(up - down, a * up - b * down);
      }
    });
  }
};

}  // namespace

std::unique_ptr<Objective> make_tweedie_objective(const ParamMap& params) {
  return std::make_unique<Tweedie>(params.get_between("power", 1.0, 2.0));
}

}  // namespace gbengine

// Half the Poisson deviance, for counts and rates: y log(y / mu) - y + mu with mu = exp(raw).
#include "gbengine/base/block_values.hpp"
#include "gbengine/objective/float_pair.hpp"
#include "gbengine/objective/label_check.hpp"
#include "gbengine/objective/log_link.hpp"
#include "gbengine/objective/makers.hpp"

namespace gbengine {
namespace {

class Poisson final : public LogLinkObjective {
 public:
  Poisson() : LogLinkObjective(1.0) {}

  void check_labels(const Labels& labels) const override {
    require_labels(labels, "poisson", ">= 0", [](double y) { return y >= 0.0; });
    require_positive_sum(labels, "poisson");
  }

  void gradients(const Labels& labels, const double* raw, std::int64_t begin, std::int64_t end,
                 FloatPair* out) const override {
    double mu[kBlockRows];
    for_blocks(begin, end, [&](std::int64_t first, std::int64_t last) {
      kernels().math.exp(raw + first, mu, last - first);
      for (std::int64_t i = first; i < last; ++i)
        out[i] = float_pair(mu[i - first] - labels.y[i], mu[i - first]);
    });
  }
};

}  // namespace

std::unique_ptr<Objective> make_poisson_objective(const ParamMap&) {
  return std::make_unique<Poisson>();
}

}  // namespace gbengine

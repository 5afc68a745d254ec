// The logarithmic loss of two classes: -log of the probability given to y, with
// P(class 1) = 1 / (1 + exp(-raw)).
#include <cstddef>

#include "gbengine/kernel/kernels.hpp"
#include "gbengine/objective/class_shares.hpp"
#include "gbengine/objective/label_check.hpp"
#include "gbengine/objective/makers.hpp"

namespace gbengine {
namespace {

// The kernel writes pairs as two floats each, hess first.
static_assert(sizeof(FloatPair) == 2 * sizeof(float) && offsetof(FloatPair, hess) == 0);

class BinaryLogLoss final : public Objective {
 public:
  Link link() const override { return Link::kLogit; }

  void check_labels(const Labels& labels) const override {
    require_labels(labels, "binary_log_loss", "0 or 1",
                   [](double y) { return y == 0.0 || y == 1.0; });
  }

  /// The logit of the share of class 1; within ±36.05 even if a class has no rows.
  void base_score(const Parallel& parallel, const Labels& labels, double* out) const override {
    const auto shares = class_shares(parallel, labels, 2);
    const double odds = shares[1] / shares[0];
    kernels().math.log(&odds, out, 1);
  }

  void gradients(const Labels& labels, const double* raw, std::int64_t begin, std::int64_t end,
                 FloatPair* out) const override {
    kernels().gradients.logistic(raw + begin, labels.y + begin,
                                 reinterpret_cast<float*>(out + begin), end - begin);
  }
};

}  // namespace

std::unique_ptr<Objective> make_binary_log_loss_objective(const ParamMap&) {
  return std::make_unique<BinaryLogLoss>();
}

}  // namespace gbengine

// The logarithmic loss of K classes: -log of the probability given to y, with
// P(class k) = exp(raw_k) / sum_j exp(raw_j). The second derivative is the Hessian's diagonal.
#include <cmath>
#include <cstddef>

#include "gbengine/base/block_values.hpp"
#include "gbengine/kernel/kernels.hpp"
#include "gbengine/objective/class_shares.hpp"
#include "gbengine/objective/label_check.hpp"
#include "gbengine/objective/makers.hpp"

namespace gbengine {
namespace {

// The kernel writes pairs as two floats each, hess first.
static_assert(sizeof(FloatPair) == 2 * sizeof(float) && offsetof(FloatPair, hess) == 0);
static_assert(kBlockRows <= kSoftmaxRows);

constexpr int kMostClasses = 1'000'000;

class MulticlassLogLoss final : public Objective {
 public:
  explicit MulticlassLogLoss(int n_classes) : n_classes_(n_classes) {}

  Link link() const override { return Link::kSoftmax; }
  int n_outputs() const override { return n_classes_; }

  void check_labels(const Labels& labels) const override {
    const double last = n_classes_ - 1;
    require_labels(labels, "multiclass_log_loss", "a class code from 0 to " + number_text(last),
                   [&](double y) { return y >= 0.0 && y <= last && y == std::floor(y); });
  }

  /// The logarithms of the classes' shares.
  void base_score(const Parallel& parallel, const Labels& labels, double* out) const override {
    const auto shares = class_shares(parallel, labels, n_classes_);
    kernels().math.log(shares.data(), out, n_classes_);
  }

  void gradients(const Labels& labels, const double* raw, std::int64_t begin, std::int64_t end,
                 FloatPair* out) const override {
    for_blocks(begin, end, [&](std::int64_t first, std::int64_t last) {
      kernels().gradients.softmax({.raw = raw + first,
                                   .y = labels.y + first,
                                   .pairs = reinterpret_cast<float*>(out + first),
                                   .stride = labels.n_rows,
                                   .n_classes = n_classes_,
                                   .n = last - first});
    });
  }

 private:
  int n_classes_;
};

}  // namespace

std::unique_ptr<Objective> make_multiclass_log_loss_objective(const ParamMap& params) {
  return std::make_unique<MulticlassLogLoss>(params.get_whole("n_classes", 2, kMostClasses));
}

}  // namespace gbengine

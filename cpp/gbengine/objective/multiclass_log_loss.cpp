// The logarithmic loss of K classes: -log of the probability given to y, with
// P(class k) = exp(raw_k) / sum_j exp(raw_j). The second derivative is the Hessian's diagonal.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "gbengine/base/block_values.hpp"
#include "gbengine/kernel/kernels.hpp"
#include "gbengine/objective/class_shares.hpp"
#include "gbengine/objective/float_pair.hpp"
#include "gbengine/objective/label_check.hpp"
#include "gbengine/objective/makers.hpp"

namespace gbengine {
namespace {

// A pair's place in the output holds a double for a while.
static_assert(sizeof(FloatPair) == sizeof(double));

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
      gradients_of_block(labels, raw, first, last, out);
    });
  }

 private:
  void gradients_of_block(const Labels& labels, const double* raw, std::int64_t first,
                          std::int64_t last, FloatPair* out) const {
    const std::int64_t n = last - first;
    const auto bytes = static_cast<std::size_t>(n) * sizeof(double);
    double top[kBlockRows], scale[kBlockRows], p[kBlockRows];
    std::memcpy(top, raw + first, bytes);
    for (std::int64_t k = 1; k < n_classes_; ++k) {
      const double* score = raw + k * labels.n_rows + first;
      for (std::int64_t i = 0; i < n; ++i) top[i] = std::max(top[i], score[i]);
    }
    // exp(raw_k - top) waits in the output until the sum over the classes is known.
    std::fill_n(scale, n, 0.0);
    for (std::int64_t k = 0; k < n_classes_; ++k) {
      const double* score = raw + k * labels.n_rows + first;
      for (std::int64_t i = 0; i < n; ++i) p[i] = score[i] - top[i];
      kernels().math.exp(p, p, n);
      for (std::int64_t i = 0; i < n; ++i) scale[i] += p[i];
      std::memcpy(out + k * labels.n_rows + first, p, bytes);
    }
    for (std::int64_t i = 0; i < n; ++i) scale[i] = 1.0 / scale[i];
    for (std::int64_t k = 0; k < n_classes_; ++k) {
      FloatPair* pair = out + k * labels.n_rows + first;
      std::memcpy(p, pair, bytes);
      const auto code = static_cast<double>(k);
      for (std::int64_t i = 0; i < n; ++i) {
        const double probability = std::min(p[i] * scale[i], 1.0);  // rounding must not pass 1
        const double hit = labels.y[first + i] == code ? 1.0 : 0.0;
        pair[i] = float_pair(probability - hit, probability * (1.0 - probability));
      }
    }
  }

  int n_classes_;
};

}  // namespace

std::unique_ptr<Objective> make_multiclass_log_loss_objective(const ParamMap& params) {
  return std::make_unique<MulticlassLogLoss>(params.get_whole("n_classes", 2, kMostClasses));
}

}  // namespace gbengine

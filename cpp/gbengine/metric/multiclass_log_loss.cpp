// The logarithmic loss of K classes: -log of the probability given to y, in nats:
//   log(sum_k exp(raw_k - top)) + top - raw_y with top = max_k raw_k.
#include <algorithm>

#include "gbengine/kernel/kernels.hpp"
#include "gbengine/metric/makers.hpp"
#include "gbengine/metric/mean_loss.hpp"

namespace gbengine {
namespace {

constexpr int kMostClasses = 1'000'000;

class MulticlassLogLoss final : public Metric {
 public:
  explicit MulticlassLogLoss(int n_classes) : n_classes_(n_classes) {}

  double evaluate(const Parallel& parallel, const Labels& labels,
                  const double* raw) const override {
    return mean_loss(parallel, labels, [&](std::int64_t begin, std::int64_t end, double* out) {
      loss_of_block(labels, raw, begin, end, out);
    });
  }

 private:
  void loss_of_block(const Labels& labels, const double* raw, std::int64_t begin, std::int64_t end,
                     double* out) const {
    const std::int64_t n = end - begin;
    double top[kBlockRows], e[kBlockRows];
    std::copy(raw + begin, raw + end, top);
    for (std::int64_t k = 1; k < n_classes_; ++k) {
      const double* score = raw + k * labels.n_rows + begin;
      for (std::int64_t i = 0; i < n; ++i) top[i] = score[i] > top[i] ? score[i] : top[i];
    }
    std::fill_n(out, n, 0.0);
    for (std::int64_t k = 0; k < n_classes_; ++k) {
      const double* score = raw + k * labels.n_rows + begin;
      for (std::int64_t i = 0; i < n; ++i) e[i] = score[i] - top[i];
      kernels().math.exp(e, e, n);
      for (std::int64_t i = 0; i < n; ++i) out[i] += e[i];
    }
    kernels().math.log(out, out, n);
    for (std::int64_t i = 0; i < n; ++i) {
      const auto code = static_cast<std::int64_t>(labels.y[begin + i]);
      out[i] += top[i] - raw[code * labels.n_rows + begin + i];
    }
  }

  int n_classes_;
};

}  // namespace

std::unique_ptr<Metric> make_multiclass_log_loss_metric(const ParamMap& params) {
  return std::make_unique<MulticlassLogLoss>(params.get_whole("n_classes", 2, kMostClasses));
}

}  // namespace gbengine

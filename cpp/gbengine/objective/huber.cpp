// Huber's loss: squared error up to a distance delta from y, absolute error beyond, joined
// smoothly:
//   d^2 / 2 for |d| <= delta, delta (|d| - delta / 2) otherwise, with d = y - raw.
// delta follows the residuals: before each round it is their weighted alpha-quantile in magnitude,
// so that the share 1 - alpha of the rows counts as outliers (Friedman 2001, algorithm 4).
#include <algorithm>
#include <cmath>

#include "gbengine/base/weighted_mean.hpp"
#include "gbengine/base/weighted_quantile.hpp"
#include "gbengine/objective/float_pair.hpp"
#include "gbengine/objective/makers.hpp"
#include "gbengine/objective/residuals.hpp"

namespace gbengine {
namespace {

class Huber final : public ResidualObjective {
 public:
  explicit Huber(double alpha) : alpha_(alpha) {}

  /// The median: the constant for which no outlier matters. delta is not known before there are
  /// residuals, and the first round moves every leaf anyway.
  void base_score(const Parallel& parallel, const Labels& labels, double* out) const override {
    *out = label_quantile(parallel, labels, 0.5);
  }

  void begin_round(const Parallel& parallel, const Labels& labels, const double* raw) override {
    const BlockValues distances = [&](std::int64_t begin, std::int64_t end, double* out) {
      for (std::int64_t i = begin; i < end; ++i)
        out[i - begin] = std::abs(residual(labels, raw, i));
    };
    delta_ = weighted_quantile(parallel, labels.weight, labels.n_rows, distances, alpha_);
    // If most rows fit exactly, 0 would stop all learning from the others.
    if (delta_ == 0.0) delta_ = smallest_above(parallel, labels.n_rows, distances, 0.0);
  }

  void gradients(const Labels& labels, const double* raw, std::int64_t begin, std::int64_t end,
                 FloatPair* out) const override {
    const double delta = delta_;
    for (std::int64_t i = begin; i < end; ++i) {
      double d = raw[i] - labels.y[i];
      d = d > delta ? delta : d;
      out[i] = float_pair(d < -delta ? -delta : d, 1.0);
    }
  }

  /// One step from the median towards the optimum, with outliers cut (Friedman 2001, algorithm 4).
  double leaf_value(const Labels& labels, const double* raw,
                    std::span<const std::uint32_t> rows) const override {
    const double median = residual_quantile(labels, raw, rows, 0.5);
    return finite(median + mean_within(labels, raw, rows, median));
  }

 private:
  /// Weighted mean of the residuals' distances from `centre`, each cut to [-delta, delta].
  double mean_within(const Labels& labels, const double* raw, std::span<const std::uint32_t> rows,
                     double centre) const {
    std::vector<double> weight;
    if (labels.weight != nullptr) {
      weight.resize(rows.size());
      for (std::size_t i = 0; i < rows.size(); ++i) weight[i] = labels.weight[rows[i]];
    }
    const BlockValues cut = [&](std::int64_t begin, std::int64_t end, double* out) {
      for (std::int64_t i = begin; i < end; ++i) {
        const double d = residual(labels, raw, rows[static_cast<std::size_t>(i)]) - centre;
        out[i - begin] = std::clamp(d, -delta_, delta_);
      }
    };
    return weighted_mean(Parallel(1), weight.empty() ? nullptr : weight.data(),
                         static_cast<std::int64_t>(rows.size()), cut);
  }

  double alpha_;
  double delta_ = 0.0;  // set by begin_round
};

}  // namespace

std::unique_ptr<Objective> make_huber_objective(const ParamMap& params) {
  return std::make_unique<Huber>(params.get_between("alpha", 0.0, 1.0));
}

}  // namespace gbengine

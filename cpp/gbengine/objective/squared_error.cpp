// Half the squared error, (raw - y)^2 / 2: for means. The factor makes the second derivative 1.
#include "gbengine/base/weighted_mean.hpp"
#include "gbengine/objective/float_pair.hpp"
#include "gbengine/objective/makers.hpp"
#include "gbengine/objective/offset_values.hpp"

namespace gbengine {
namespace {

class SquaredError final : public Objective {
 public:
  Link link() const override { return Link::kIdentity; }
  bool is_const_hessian() const override { return true; }

  void base_score(const Parallel& parallel, const Labels& labels, double* out) const override {
    *out = weighted_mean(parallel, labels.weight, labels.n_rows, values_beyond_offsets(labels));
  }

  void gradients(const Labels& labels, const double* raw, std::int64_t begin, std::int64_t end,
                 FloatPair* out) const override {
    for (std::int64_t i = begin; i < end; ++i) out[i] = float_pair(raw[i] - labels.y[i], 1.0);
  }
};

}  // namespace

std::unique_ptr<Objective> make_squared_error_objective(const ParamMap&) {
  return std::make_unique<SquaredError>();
}

}  // namespace gbengine

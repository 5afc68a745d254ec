#include "gbengine/objective/residuals.hpp"

#include <vector>

#include "gbengine/base/integer_scale.hpp"
#include "gbengine/base/weighted_quantile.hpp"
#include "gbengine/objective/offset_values.hpp"

namespace gbengine {

double label_quantile(const Parallel& parallel, const Labels& labels, double q) {
  return weighted_quantile(parallel, labels.weight, labels.n_rows, values_beyond_offsets(labels),
                           q);
}

double residual_quantile(const Labels& labels, const double* raw,
                         std::span<const std::uint32_t> rows, double q) {
  if (rows.empty()) return 0.0;
  if (labels.weight == nullptr) {
    std::vector<double> residuals(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) residuals[i] = residual(labels, raw, rows[i]);
    return quantile_of(residuals, q);
  }
  const IntegerWeights weights(labels.weight, rows);
  std::vector<WeightedValue> residuals(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    residuals[i] = {residual(labels, raw, rows[i]), weights[rows[i]]};
  return weighted_quantile(residuals, q);
}

}  // namespace gbengine

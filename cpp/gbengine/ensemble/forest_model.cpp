#include "gbengine/ensemble/forest_model.hpp"

#include <string>

#include "gbengine/base/error.hpp"

namespace gbengine {

EnsembleModel empty_forest(const CodedTable& table, const CartConfig& config,
                           std::int32_t n_values) {
  for (std::int32_t f = 0; f < table.n_features(); ++f)
    if (table.column(f).is_categorical && config.monotonic_of(f) != 0)
      throw ValueError("monotonic_cst is " + std::to_string(config.monotonic_of(f)) +
                       " for column " + std::to_string(f) +
                       ", whose values are categories: they have no order; it must be 0");
  EnsembleModel model = mean_of_trees(table.n_features(), n_values);
  model.n_categories = table.n_categories();
  return model;
}

}  // namespace gbengine

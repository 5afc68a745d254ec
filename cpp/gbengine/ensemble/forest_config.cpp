#include "gbengine/ensemble/forest_config.hpp"

#include <string>

#include "gbengine/base/error.hpp"
#include "gbengine/ensemble/config_checks.hpp"

namespace gbengine {
void check_config(const ForestConfig& config, std::int32_t n_features) {
  const CartConfig& c = config.cart;
  const std::string columns = "in [1, " + std::to_string(n_features) + "], the number of columns";
  need(c.max_depth >= 0, "max_depth", c.max_depth, "0 (no limit) or at least 1");
  need(c.max_leaf_nodes == 0 || c.max_leaf_nodes >= 2, "max_leaf_nodes", c.max_leaf_nodes,
       "0 (no limit) or at least 2");
  need(c.min_samples_split >= 2, "min_samples_split", static_cast<double>(c.min_samples_split),
       "at least 2");
  need(c.min_samples_leaf >= 1, "min_samples_leaf", static_cast<double>(c.min_samples_leaf),
       "at least 1");
  need_not_negative("min_weight_leaf", c.min_weight_leaf);
  need_not_negative("min_impurity_decrease", c.min_impurity_decrease);
  need(c.max_features >= 1 && c.max_features <= n_features, "max_features", c.max_features,
       columns);
  need_not_negative("ccp_alpha", c.ccp_alpha);
  if (!c.monotonic.empty() && c.monotonic.size() != static_cast<std::size_t>(n_features))
    throw ValueError("monotonic_cst has " + std::to_string(c.monotonic.size()) +
                     " entries; X has " + std::to_string(n_features) + " columns");
  for (const std::int8_t m : c.monotonic)
    need(m >= -1 && m <= 1, "monotonic_cst", m, "-1, 0 or 1 for each column");
  need(config.features_per_tree >= 1 &&
           (config.features_with_replacement || config.features_per_tree <= n_features),
       "features_per_tree", config.features_per_tree, columns);
  const bool draws_all = config.draw.sampling == Sampling::kAll;
  need(draws_all ? config.draw.n_draws == 0 : config.draw.n_draws >= 1, "n_draws",
       static_cast<double>(config.draw.n_draws), draws_all ? "0 without sampling" : "at least 1");
}

}  // namespace gbengine

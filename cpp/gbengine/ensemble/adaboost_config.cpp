#include "gbengine/ensemble/adaboost_config.hpp"

#include "gbengine/base/error.hpp"
#include "gbengine/criterion/registry.hpp"
#include "gbengine/ensemble/config_checks.hpp"

namespace gbengine {

RowLoss row_loss_of_name(const std::string& name) {
  if (name == "wrong_class") return RowLoss::kWrongClass;
  if (name == "linear") return RowLoss::kLinear;
  if (name == "square") return RowLoss::kSquare;
  if (name == "exponential") return RowLoss::kExponential;
  throw ValueError("loss is '" + name + "'; it must be wrong_class, linear, square or exponential");
}

void check_config(const AdaBoostConfig& config, std::int32_t n_features, std::int32_t n_classes) {
  const ForestConfig& trees = config.trees;
  check_config(trees, n_features);
  if (trees.draw.sampling == Sampling::kWithoutReplacement)
    throw ValueError("sampling is without_replacement; it must be all or with_replacement");
  if (trees.features_per_tree != n_features || trees.features_with_replacement ||
      trees.balances_drawn_classes || trees.keep_leaf_samples)
    throw ValueError(
        "columns drawn for each tree, balanced draws and leaf samples are a forest's alone");
  need_positive("learning_rate", config.learning_rate);
  const bool is_classes = n_classes > 0;
  if ((config.loss == RowLoss::kWrongClass) != is_classes)
    throw ValueError("the loss wrong_class goes with classes, and no other does");
  const CriterionRow& criterion = find_criterion(trees.criterion);
  if ((criterion.task == "classification") != is_classes)
    throw ValueError("criterion='" + trees.criterion + "' is for " + std::string(criterion.task));
  const std::size_t n_factors = config.class_factors.size();
  if (n_factors != 0 && n_factors != static_cast<std::size_t>(n_classes))
    throw ValueError("class_factors has " + std::to_string(n_factors) + " numbers for " +
                     std::to_string(n_classes) + " classes");
  for (const double factor : config.class_factors)
    if (!(factor > 0 && factor <= 1))
      throw ValueError("class_factors holds " + number_text(factor) + "; it must be in (0, 1]");
}

}  // namespace gbengine

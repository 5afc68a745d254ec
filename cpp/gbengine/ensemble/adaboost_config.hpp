// AdaBoostConfig: everything that shapes AdaBoost. No defaults: Python owns them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gbengine/ensemble/forest_config.hpp"

namespace gbengine {

/// What a row costs if the tree's prediction is not its target.
enum class RowLoss : std::uint8_t { kWrongClass, kLinear, kSquare, kExponential };

struct AdaBoostConfig {
  /// Each tree's. draw.sampling kAll: rows weigh what their shares are; kWithReplacement: n_draws
  /// rows are drawn by their shares.
  ForestConfig trees;
  RowLoss loss;
  double learning_rate;
  std::vector<double> class_factors;  // in (0, 1], of the rows' weights in the trees; may be empty
};

/// wrong_class, linear, square, exponential; throws ValueError for another name.
RowLoss row_loss_of_name(const std::string& name);

/// Throws ValueError naming the first field out of range, its value and what is allowed.
/// @param n_classes 0: the targets are numbers
void check_config(const AdaBoostConfig& config, std::int32_t n_features, std::int32_t n_classes);

}  // namespace gbengine

// ForestConfig: everything that shapes trees which do not know of each other. No defaults: Python
// owns them.
#pragma once

#include <cstdint>
#include <string>

#include "gbengine/learn/cart_config.hpp"
#include "gbengine/learn/row_draw.hpp"

namespace gbengine {

struct ForestConfig {
  CartConfig cart;
  std::string criterion;
  DrawConfig draw;
  std::int32_t features_per_tree;
  bool features_with_replacement;
  bool balances_drawn_classes;  // each tree's rows weigh so that its classes weigh the same
  bool keep_leaf_samples;
};

/// Throws ValueError naming the first field out of range, its value and what is allowed.
void check_config(const ForestConfig& config, std::int32_t n_features);

}  // namespace gbengine

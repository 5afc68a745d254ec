// empty_forest: a model without trees for what is grown by single decisions on a table.
//
// Example: model_(empty_forest(table, config.cart, targets.n_values))
#pragma once

#include <cstdint>

#include "gbengine/data/coded_table.hpp"
#include "gbengine/learn/cart_config.hpp"
#include "gbengine/model/ensemble_model.hpp"

namespace gbengine {

/// Its scores will be the mean of n_values a leaf, and it knows the table's categories. Throws
/// ValueError for a monotonic constraint on a column of categories, which have no order.
EnsembleModel empty_forest(const CodedTable& table, const CartConfig& config,
                           std::int32_t n_values);

}  // namespace gbengine

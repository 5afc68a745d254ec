// What files of earlier formats hold besides a model's own arrays. Called when a model is loaded.
#pragma once

#include <cstdint>
#include <span>

#include "gbengine/model/ensemble_model.hpp"

namespace gbengine {

/// Files of format 1 name each right child. It has always been the node behind the left one; throws
/// ValueError where it is not.
void check_right_child(const EnsembleModel& model, std::span<const std::int32_t> right_child);

}  // namespace gbengine

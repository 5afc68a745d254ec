// The packed walk: eight rows, or for a few rows eight trees, walk side by side (kernel/walk.hpp).
//
// For models whose trees are too large for the bit-vector engine or have several values a leaf;
// finds leaves too. Its tables, one for float32 and one for float64, are made when first asked for.
#pragma once

#include <memory>

#include "gbengine/model/ensemble_model.hpp"
#include "gbengine/predict/predict_engine.hpp"

namespace gbengine {

bool can_run_packed_walk(const EnsembleModel& model);  // always
std::unique_ptr<const WalkEngine> make_packed_walk(const EnsembleModel& model);

}  // namespace gbengine

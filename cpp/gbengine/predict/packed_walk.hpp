// The packed walk: eight rows, or for a few rows eight trees, walk side by side (kernel/walk.hpp).
//
// For models with trees too large for the bit-vector engine; three times as fast as the scalar
// walk.
#pragma once

#include <memory>

#include "gbengine/model/ensemble_model.hpp"
#include "gbengine/predict/predict_engine.hpp"

namespace gbengine {

bool can_run_packed_walk(const EnsembleModel& model);  // always: a child's index fits 32 bits
std::unique_ptr<const PredictEngine> make_packed_walk(const EnsembleModel& model);

}  // namespace gbengine

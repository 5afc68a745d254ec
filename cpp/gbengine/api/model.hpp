// The prediction half of the core, as the bindings see it: models, their arrays, their predictors.
#pragma once

#include "gbengine/api/model_arrays.hpp"
#include "gbengine/model/ensemble_model.hpp"
#include "gbengine/model/link.hpp"
#include "gbengine/predict/predictor.hpp"

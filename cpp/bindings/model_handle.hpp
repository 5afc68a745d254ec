// ModelHandle: Python's Model, a shared immutable predictor.
#pragma once

#include <memory>

#include "gbengine/api/model.hpp"

namespace gbengine::bindings {

struct ModelHandle {
  std::shared_ptr<const Predictor> predictor;
};

}  // namespace gbengine::bindings

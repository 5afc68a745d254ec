// The list of predict engines: one row each.
#include "gbengine/predict/bit_vector_engine.hpp"
#include "gbengine/predict/packed_walk.hpp"
#include "gbengine/predict/predict_engine.hpp"
#include "gbengine/predict/scalar_walk.hpp"

namespace gbengine {
namespace {

std::unique_ptr<const PredictEngine> make_walk(const EnsembleModel& model) {
  return make_packed_walk(model);
}

constexpr PredictEngineKind kKinds[] = {
    {"bit_vector", kMinBitVectorRows, can_run_bit_vector, make_bit_vector_engine},
    {"packed_walk", 1, can_run_packed_walk, make_walk},
    {"scalar_walk", 1, can_run_scalar_walk, make_scalar_walk},
};

}  // namespace

std::span<const PredictEngineKind> predict_engine_kinds() {
  return kKinds;
}

}  // namespace gbengine

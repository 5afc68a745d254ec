// The bit-vector engine: for models whose trees have up to a few hundred leaves of one value.
//
// Over ten times faster than walking at 31 leaves (kernel/bit_vector.hpp says why). It tests every
// node of a tree, so that a walk wins where trees are large.
#pragma once

#include <memory>

#include "gbengine/model/ensemble_model.hpp"
#include "gbengine/predict/predict_engine.hpp"

namespace gbengine {

/// Trees of this many tests on average, or fewer, go to the engine. Where the two cross depends on
/// the instruction set: near 300 for 16-byte vectors, 800 for AVX2, 1900 for AVX-512.
inline constexpr std::int64_t kMaxMeanLeafTests = 512;

/// The kernel takes as long for one row as for a whole vector of them. The walk wins below 2 rows
/// at 31 leaves, below 3 at 63, below 8 at 255.
inline constexpr std::int64_t kMinBitVectorRows = 4;

bool can_run_bit_vector(const EnsembleModel& model);
std::unique_ptr<const PredictEngine> make_bit_vector_engine(const EnsembleModel& model);

}  // namespace gbengine

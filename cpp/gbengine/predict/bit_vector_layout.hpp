// BitVectorLayout: a model's trees as lists of tests, the form kernel/bit_vector reads.
//
// Made once for a model by predict/bit_vector_engine. Example:
//   if (count_bit_vector_tests(model) < limit) BitVectorLayout layout = bit_vector_layout(model);
#pragma once

#include <cstdint>
#include <vector>

#include "gbengine/kernel/bit_vector.hpp"
#include "gbengine/model/ensemble_model.hpp"

namespace gbengine {

struct BitVectorLayout {
  std::vector<BitVectorTree> trees;
  std::vector<BitVectorWord> words;
  std::vector<BitVectorTest<float>> tests_f32;
  std::vector<BitVectorTest<double>> tests_f64;
  std::vector<double> leaf_value;          // 32 a word, 0 past a tree's last leaf
  std::vector<std::int32_t> slot_feature;  // the features that the model uses, ascending
};

/// Tests that the layout of a model has: one for each node and word of leaves that the node's left
/// side touches. Counting stops soon after `limit`.
std::int64_t count_bit_vector_tests(const EnsembleModel& model, std::int64_t limit);

BitVectorLayout bit_vector_layout(const EnsembleModel& model);

}  // namespace gbengine

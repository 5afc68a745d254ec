// BitVectorTable: all trees of a model as the tests that kernel/bit_vector reads, for tables of one
// number type T.
//
// Made by predict/bit_vector_engine when the first such table comes. Example:
//   BitVectorTable<float> table(model);
//   kernels().bit_vector.add_f32(table.forest(), tree_begin, tree_end, groups, sums);
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/kernel/bit_vector.hpp"
#include "gbengine/model/ensemble_model.hpp"
#include "gbengine/predict/leaf_bits.hpp"
#include "gbengine/predict/row_groups.hpp"

namespace gbengine {

TreeShape shape_of(const EnsembleModel& model, std::size_t tree);

template <typename T>
class BitVectorTable {
 public:
  explicit BitVectorTable(const EnsembleModel& model);

  std::size_t n_slots() const { return slot_feature_.size(); }

  /// Of trees [tree_begin, tree_end), not empty.
  std::int64_t n_tests(std::int32_t tree_begin, std::int32_t tree_end) const;

  /// The columns to copy: of all trees, or where few trees are asked for, those that they use.
  std::vector<SlotColumn> columns_of(std::int32_t tree_begin, std::int32_t tree_end) const;

  BitVectorForest<T> forest() const {
    return {trees_.data(), words_.data(), tests_.data(), leaf_value_.data(), n_outputs_};
  }

 private:
  void add_tree(const EnsembleModel& model, std::size_t t, const LeafBits& bits);
  std::span<const BitVectorWord> words_of(std::int32_t tree_begin, std::int32_t tree_end) const;

  std::int64_t n_outputs_;
  std::vector<std::int32_t> slot_feature_;  // ascending: slot i of the groups holds the i-th
  std::vector<BitVectorTree> trees_;
  std::vector<BitVectorWord> words_;
  std::vector<BitVectorTest<T>> tests_;
  std::vector<double> leaf_value_;  // 32 a word, 0 past a tree's last leaf
};

extern template class BitVectorTable<float>;
extern template class BitVectorTable<double>;

}  // namespace gbengine

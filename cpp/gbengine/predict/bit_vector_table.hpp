// BitVectorTable: all trees of a model as the tests that kernel/bit_vector reads, for tables of one
// number type T.
//
// Made by predict/bit_vector_engine when the first such table comes. Example:
//   BitVectorTable<float> table(model);
//   kernels().bit_vector.thresholds.add_f32(table.forest(), tree_begin, tree_end, groups, sums);
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/kernel/bit_vector.hpp"
#include "gbengine/model/ensemble_model.hpp"
#include "gbengine/predict/leaf_bits.hpp"
#include "gbengine/predict/row_groups.hpp"

namespace gbengine {

/// Without has_set, which is set_nodes' to say.
TreeShape shape_of(const EnsembleModel& model, std::size_t tree);

/// Which of a tree's nodes have sets; empty if the model has none.
std::vector<std::uint8_t> set_nodes(const EnsembleModel& model, const TreeShape& tree);

template <typename T>
class BitVectorTable {
 public:
  explicit BitVectorTable(const EnsembleModel& model);

  std::size_t n_slots() const { return slot_feature_.size(); }

  /// Of trees [tree_begin, tree_end), not empty; a set counts for as many as it costs.
  std::int64_t n_tests(std::int32_t tree_begin, std::int32_t tree_end) const;

  /// The columns to copy: of all trees, or where few trees are asked for, those that they use.
  std::vector<SlotColumn> columns_of(std::int32_t tree_begin, std::int32_t tree_end) const;

  /// The slots of these for which the kernel wants codes in place of values: those of categories.
  std::vector<std::int32_t> category_slots_of(std::span<const SlotColumn> columns) const;

  bool has_sets() const { return !set_tests_.empty(); }

  BitVectorForest<T> forest() const {
    return {trees_.data(), words_.data(),     tests_.data(),     leaf_value_.data(),
            n_outputs_,    set_tests_.data(), set_ranges_.data()};
  }

 private:
  void add_tree(const EnsembleModel& model, std::size_t t, const LeafBits& bits);
  std::uint32_t slot_of(std::int32_t feature) const;
  std::span<const BitVectorWord> words_of(std::int32_t tree_begin, std::int32_t tree_end) const;
  BitVectorSetRange set_range_of(std::span<const BitVectorWord> words) const;

  std::int64_t n_outputs_;
  std::vector<std::int32_t> slot_feature_;    // ascending: slot i of the groups holds the i-th
  std::vector<std::int32_t> category_slots_;  // slots of columns of categories
  std::vector<BitVectorTree> trees_;
  std::vector<BitVectorWord> words_;
  std::vector<BitVectorTest<T>> tests_;
  std::vector<BitVectorSetTest> set_tests_;
  std::vector<BitVectorSetRange> set_ranges_;  // one a word; empty if there are no sets
  std::vector<double> leaf_value_;             // 32 a word, 0 past a tree's last leaf
};

extern template class BitVectorTable<float>;
extern template class BitVectorTable<double>;

}  // namespace gbengine

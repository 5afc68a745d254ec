#include "gbengine/predict/bit_vector_table.hpp"

#include <algorithm>

#include "gbengine/predict/float_threshold.hpp"

namespace gbengine {
namespace {

std::vector<std::int32_t> used_features(const Tree& nodes) {
  std::vector<std::int32_t> features;
  for (const std::int32_t f : nodes.feature)
    if (f != kLeafFeature) features.push_back(f);
  std::sort(features.begin(), features.end());
  features.erase(std::unique(features.begin(), features.end()), features.end());
  return features;
}

}  // namespace

TreeShape shape_of(const EnsembleModel& model, std::size_t tree) {
  const auto begin = static_cast<std::size_t>(model.tree_begin[tree]);
  const auto n = static_cast<std::size_t>(model.tree_begin[tree + 1]) - begin;
  const Tree& nodes = model.nodes;
  return {std::span(nodes.feature).subspan(begin, n), std::span(nodes.left_child).subspan(begin, n),
          std::span(nodes.missing_goes_left).subspan(begin, n)};
}

std::vector<std::uint8_t> set_nodes(const EnsembleModel& model, const TreeShape& tree) {
  std::vector<std::uint8_t> has_set;
  if (model.nodes.category_sets.empty()) return has_set;
  for (const std::int32_t f : tree.feature)
    has_set.push_back(f != kLeafFeature && model.is_categorical(f) ? 1 : 0);
  return has_set;
}

template <typename T>
BitVectorTable<T>::BitVectorTable(const EnsembleModel& model)
    : n_outputs_(model.n_outputs), slot_feature_(used_features(model.nodes)) {
  for (std::size_t s = 0; s < slot_feature_.size(); ++s)
    if (model.is_categorical(slot_feature_[s]))
      category_slots_.push_back(static_cast<std::int32_t>(s));
  LeafBits bits;
  for (std::size_t t = 0; t < model.tree_output.size(); ++t) {
    TreeShape shape = shape_of(model, t);
    const std::vector<std::uint8_t> has_set = set_nodes(model, shape);
    shape.has_set = has_set;
    bits.read(shape);
    add_tree(model, t, bits);
  }
}

template <typename T>
std::uint32_t BitVectorTable<T>::slot_of(std::int32_t feature) const {
  return static_cast<std::uint32_t>(
      std::lower_bound(slot_feature_.begin(), slot_feature_.end(), feature) -
      slot_feature_.begin());
}

template <typename T>
void BitVectorTable<T>::add_tree(const EnsembleModel& model, std::size_t t, const LeafBits& bits) {
  const auto begin = static_cast<std::size_t>(model.tree_begin[t]);
  const std::size_t first_leaf = leaf_value_.size();
  trees_.push_back({static_cast<std::int64_t>(words_.size()), static_cast<std::int64_t>(first_leaf),
                    bits.n_words(), model.tree_output[t]});
  bits.append_words(static_cast<std::int64_t>(tests_.size()), words_);
  if (!model.nodes.category_sets.empty())
    bits.append_set_ranges(static_cast<std::int64_t>(set_tests_.size()), set_ranges_);
  for (const LeafTest& test : bits.tests()) {
    const std::size_t node = begin + static_cast<std::size_t>(test.node);
    tests_.push_back({threshold_as<T>(model.nodes.threshold[node]), test.clear,
                      slot_of(model.nodes.feature[node])});
  }
  for (const LeafTest& test : bits.set_tests()) {
    const std::size_t node = begin + static_cast<std::size_t>(test.node);
    const auto set = static_cast<std::size_t>(model.nodes.threshold[node]);
    set_tests_.push_back(
        set_test(model.nodes.category_sets[set], test, slot_of(model.nodes.feature[node])));
  }
  leaf_value_.resize(first_leaf + static_cast<std::size_t>(bits.n_words() * kLeavesPerWord), 0.0);
  const auto n_nodes = static_cast<std::int32_t>(model.tree_begin[t + 1] - model.tree_begin[t]);
  for (std::int32_t i = 0; i < n_nodes; ++i) {
    const std::size_t node = begin + static_cast<std::size_t>(i);
    if (model.nodes.feature[node] == kLeafFeature)
      leaf_value_[first_leaf + static_cast<std::size_t>(bits.leaf_idx(i))] =
          model.nodes.value[node];
  }
}

template <typename T>
std::span<const BitVectorWord> BitVectorTable<T>::words_of(std::int32_t tree_begin,
                                                           std::int32_t tree_end) const {
  const BitVectorTree& first = trees_[static_cast<std::size_t>(tree_begin)];
  const BitVectorTree& last = trees_[static_cast<std::size_t>(tree_end) - 1];
  return std::span(words_).subspan(
      static_cast<std::size_t>(first.first_word),
      static_cast<std::size_t>(last.first_word + last.n_words - first.first_word));
}

template <typename T>
std::int64_t BitVectorTable<T>::n_tests(std::int32_t tree_begin, std::int32_t tree_end) const {
  const auto words = words_of(tree_begin, tree_end);
  const auto range = set_range_of(words);
  return words.back().end - words.front().begin + cost_of_set_test() * (range.end - range.begin);
}

template <typename T>
BitVectorSetRange BitVectorTable<T>::set_range_of(std::span<const BitVectorWord> words) const {
  if (set_ranges_.empty()) return {0, 0};
  const auto first = static_cast<std::size_t>(words.data() - words_.data());
  return {set_ranges_[first].begin, set_ranges_[first + words.size() - 1].end};
}

template <typename T>
std::vector<SlotColumn> BitVectorTable<T>::columns_of(std::int32_t tree_begin,
                                                      std::int32_t tree_end) const {
  std::vector<std::uint8_t> is_used(n_slots(), 1);
  if (n_tests(tree_begin, tree_end) < static_cast<std::int64_t>(4 * is_used.size())) {
    std::fill(is_used.begin(), is_used.end(), std::uint8_t{0});
    const auto words = words_of(tree_begin, tree_end);
    for (std::int64_t i = words.front().begin; i < words.back().end; ++i)
      is_used[tests_[static_cast<std::size_t>(i)].slot] = 1;
    const auto range = set_range_of(words);
    for (std::int64_t i = range.begin; i < range.end; ++i)
      is_used[set_tests_[static_cast<std::size_t>(i)].slot] = 1;
  }
  std::vector<SlotColumn> columns;
  columns.reserve(is_used.size());
  for (std::size_t s = 0; s < is_used.size(); ++s)
    if (is_used[s] != 0) columns.push_back({static_cast<std::int32_t>(s), slot_feature_[s]});
  return columns;
}

template <typename T>
std::vector<std::int32_t> BitVectorTable<T>::category_slots_of(
    std::span<const SlotColumn> columns) const {
  std::vector<std::int32_t> slots;
  for (const SlotColumn column : columns)
    if (std::binary_search(category_slots_.begin(), category_slots_.end(), column.slot))
      slots.push_back(column.slot);
  return slots;
}

template class BitVectorTable<float>;
template class BitVectorTable<double>;

}  // namespace gbengine

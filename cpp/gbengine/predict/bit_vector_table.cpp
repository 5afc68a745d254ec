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

template <typename T>
BitVectorTable<T>::BitVectorTable(const EnsembleModel& model)
    : n_outputs_(model.n_outputs), slot_feature_(used_features(model.nodes)) {
  LeafBits bits;
  for (std::size_t t = 0; t < model.tree_output.size(); ++t) {
    bits.read(shape_of(model, t));
    add_tree(model, t, bits);
  }
}

template <typename T>
void BitVectorTable<T>::add_tree(const EnsembleModel& model, std::size_t t, const LeafBits& bits) {
  const auto begin = static_cast<std::size_t>(model.tree_begin[t]);
  const std::size_t first_leaf = leaf_value_.size();
  trees_.push_back({static_cast<std::int64_t>(words_.size()), static_cast<std::int64_t>(first_leaf),
                    bits.n_words(), model.tree_output[t]});
  bits.append_words(static_cast<std::int64_t>(tests_.size()), words_);
  for (const LeafTest& test : bits.tests()) {
    const std::size_t node = begin + static_cast<std::size_t>(test.node);
    const auto slot = static_cast<std::uint32_t>(
        std::lower_bound(slot_feature_.begin(), slot_feature_.end(), model.nodes.feature[node]) -
        slot_feature_.begin());
    tests_.push_back({threshold_as<T>(model.nodes.threshold[node]), test.clear, slot});
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
  return words.back().end - words.front().begin;
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
  }
  std::vector<SlotColumn> columns;
  columns.reserve(is_used.size());
  for (std::size_t s = 0; s < is_used.size(); ++s)
    if (is_used[s] != 0) columns.push_back({static_cast<std::int32_t>(s), slot_feature_[s]});
  return columns;
}

template class BitVectorTable<float>;
template class BitVectorTable<double>;

}  // namespace gbengine

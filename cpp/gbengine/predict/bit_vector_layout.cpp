#include "gbengine/predict/bit_vector_layout.hpp"

#include <algorithm>

#include "gbengine/predict/float_threshold.hpp"

namespace gbengine {
namespace {

/// A tree's leaves, numbered from left to right.
struct LeafRanges {
  std::vector<std::int32_t> n_leaves;    // below each node
  std::vector<std::int32_t> first_leaf;  // the leftmost leaf below each node
};

/// Children come after their parents, so two passes do it without a stack.
void number_leaves(const Tree& nodes, std::int64_t begin, std::int64_t end, LeafRanges& ranges) {
  const auto n = static_cast<std::size_t>(end - begin);
  const auto at = static_cast<std::size_t>(begin);
  ranges.n_leaves.assign(n, 1);
  ranges.first_leaf.assign(n, 0);
  for (std::size_t i = n; i-- > 0;) {
    if (nodes.feature[at + i] == kLeafFeature) continue;
    ranges.n_leaves[i] = ranges.n_leaves[static_cast<std::size_t>(nodes.left_child[at + i])] +
                         ranges.n_leaves[static_cast<std::size_t>(nodes.right_child[at + i])];
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (nodes.feature[at + i] == kLeafFeature) continue;
    const auto left = static_cast<std::size_t>(nodes.left_child[at + i]);
    const auto right = static_cast<std::size_t>(nodes.right_child[at + i]);
    ranges.first_leaf[left] = ranges.first_leaf[i];
    ranges.first_leaf[right] = ranges.first_leaf[i] + ranges.n_leaves[left];
  }
}

/// The part of leaves [begin, end) that lies in a word, as bits of that word.
std::uint32_t bits_in_word(std::int32_t begin, std::int32_t end, std::int32_t word) {
  const std::int32_t low = std::max(begin - word * kLeavesPerWord, 0);
  const std::int32_t high = std::min(end - word * kLeavesPerWord, kLeavesPerWord);
  const std::uint32_t up_to_high =
      high == kLeavesPerWord ? ~0u : (std::uint32_t{1} << high) - 1;
  return up_to_high & ~((std::uint32_t{1} << low) - 1);
}

struct PlacedTest {
  std::int32_t word;
  bool missing_left;
  std::uint32_t clear;
  std::size_t node;
};

class LayoutBuilder {
 public:
  explicit LayoutBuilder(const EnsembleModel& model) : model_(model), nodes_(model.nodes) {
    find_slots();
  }

  BitVectorLayout build() {
    for (std::int32_t t = 0; t < model_.n_trees(); ++t) add_tree(t);
    return std::move(layout_);
  }

 private:
  void find_slots() {
    slot_of_.assign(static_cast<std::size_t>(model_.n_features), 0);
    for (std::int32_t f : nodes_.feature)
      if (f != kLeafFeature) slot_of_[static_cast<std::size_t>(f)] = 1;
    for (std::size_t f = 0; f < slot_of_.size(); ++f) {
      if (slot_of_[f] == 0) continue;
      slot_of_[f] = static_cast<std::uint32_t>(layout_.slot_feature.size());
      layout_.slot_feature.push_back(static_cast<std::int32_t>(f));
    }
  }

  void add_tree(std::int32_t t) {
    const auto at = static_cast<std::size_t>(t);
    const std::int64_t begin = model_.tree_begin[at], end = model_.tree_begin[at + 1];
    number_leaves(nodes_, begin, end, ranges_);
    const std::int32_t n_leaves = ranges_.n_leaves[0];
    const std::int32_t n_words = (n_leaves + kLeavesPerWord - 1) / kLeavesPerWord;
    layout_.trees.push_back({static_cast<std::int64_t>(layout_.words.size()),
                             static_cast<std::int64_t>(layout_.leaf_value.size()), n_words,
                             model_.tree_output[at]});
    add_leaf_values(begin, end, n_words);
    place_tests(begin, end);
    add_words(n_words);
  }

  void add_leaf_values(std::int64_t begin, std::int64_t end, std::int32_t n_words) {
    const std::size_t first = layout_.leaf_value.size();
    layout_.leaf_value.resize(first + static_cast<std::size_t>(n_words * kLeavesPerWord), 0.0);
    for (std::int64_t i = begin; i < end; ++i) {
      const auto node = static_cast<std::size_t>(i);
      if (nodes_.feature[node] != kLeafFeature) continue;
      const std::int32_t leaf = ranges_.first_leaf[static_cast<std::size_t>(i - begin)];
      layout_.leaf_value[first + static_cast<std::size_t>(leaf)] = nodes_.value[node];
    }
  }

  /// Fills placed_ with the tree's tests, by word, missing right before missing left.
  void place_tests(std::int64_t begin, std::int64_t end) {
    placed_.clear();
    for (std::int64_t i = begin; i < end; ++i) {
      const auto node = static_cast<std::size_t>(i);
      if (nodes_.feature[node] == kLeafFeature) continue;
      const auto left = static_cast<std::size_t>(nodes_.left_child[node]);
      const std::int32_t first = ranges_.first_leaf[static_cast<std::size_t>(i - begin)];
      const std::int32_t last = first + ranges_.n_leaves[left];
      for (std::int32_t w = first / kLeavesPerWord; w * kLeavesPerWord < last; ++w)
        placed_.push_back(
            {w, nodes_.missing_goes_left[node] != 0, bits_in_word(first, last, w), node});
    }
    std::stable_sort(placed_.begin(), placed_.end(), [](const auto& a, const auto& b) {
      return a.word != b.word ? a.word < b.word : a.missing_left < b.missing_left;
    });
  }

  void add_words(std::int32_t n_words) {
    std::size_t i = 0;
    for (std::int32_t w = 0; w < n_words; ++w) {
      BitVectorWord word{n_tests(), 0, 0};
      for (; i < placed_.size() && placed_[i].word == w && !placed_[i].missing_left; ++i)
        add_test(placed_[i]);
      word.missing_left_begin = n_tests();
      for (; i < placed_.size() && placed_[i].word == w; ++i) add_test(placed_[i]);
      word.end = n_tests();
      layout_.words.push_back(word);
    }
  }

  std::int64_t n_tests() const { return static_cast<std::int64_t>(layout_.tests_f32.size()); }

  void add_test(const PlacedTest& test) {
    const double threshold = nodes_.threshold[test.node];
    const std::uint32_t slot = slot_of_[static_cast<std::size_t>(nodes_.feature[test.node])];
    layout_.tests_f32.push_back({float_threshold(threshold), test.clear, slot});
    layout_.tests_f64.push_back({threshold, test.clear, slot});
  }

  const EnsembleModel& model_;
  const Tree& nodes_;
  std::vector<std::uint32_t> slot_of_;
  LeafRanges ranges_;
  std::vector<PlacedTest> placed_;
  BitVectorLayout layout_;
};

}  // namespace

std::int64_t count_bit_vector_tests(const EnsembleModel& model, std::int64_t limit) {
  const Tree& nodes = model.nodes;
  LeafRanges ranges;
  std::int64_t n_tests = 0;
  for (std::size_t t = 0; t + 1 < model.tree_begin.size() && n_tests <= limit; ++t) {
    const std::int64_t begin = model.tree_begin[t], end = model.tree_begin[t + 1];
    number_leaves(nodes, begin, end, ranges);
    for (std::int64_t i = begin; i < end; ++i) {
      const auto node = static_cast<std::size_t>(i);
      if (nodes.feature[node] == kLeafFeature) continue;
      const std::int32_t first = ranges.first_leaf[static_cast<std::size_t>(i - begin)];
      const std::int32_t last =
          first + ranges.n_leaves[static_cast<std::size_t>(nodes.left_child[node])];
      n_tests += (last - 1) / kLeavesPerWord - first / kLeavesPerWord + 1;
    }
  }
  return n_tests;
}

BitVectorLayout bit_vector_layout(const EnsembleModel& model) {
  return LayoutBuilder(model).build();
}

}  // namespace gbengine

#include "gbengine/predict/leaf_bits.hpp"

#include <algorithm>

namespace gbengine {
namespace {

std::size_t at(std::int32_t node) {
  return static_cast<std::size_t>(node);
}

std::vector<std::int32_t> count_leaves(const TreeShape& tree) {
  std::vector<std::int32_t> n_leaves(tree.feature.size(), 1);
  for (std::size_t i = n_leaves.size(); i-- > 0;)
    if (tree.feature[i] >= 0)
      n_leaves[i] = n_leaves[at(tree.left_child[i])] + n_leaves[at(tree.left_child[i] + 1)];
  return n_leaves;
}

std::vector<std::int32_t> find_first_leaves(const TreeShape& tree,
                                            const std::vector<std::int32_t>& n_leaves) {
  std::vector<std::int32_t> first_leaf(n_leaves.size(), 0);
  for (std::size_t i = 0; i < n_leaves.size(); ++i) {
    if (tree.feature[i] < 0) continue;
    first_leaf[at(tree.left_child[i])] = first_leaf[i];
    first_leaf[at(tree.left_child[i] + 1)] = first_leaf[i] + n_leaves[at(tree.left_child[i])];
  }
  return first_leaf;
}

/// The part of leaves [begin, end) that lies in a word, as bits of that word; not empty.
std::uint32_t bits_in_word(std::int32_t begin, std::int32_t end, std::int32_t word) {
  const std::int32_t low = std::max(begin - word * kLeavesPerWord, 0);
  const std::int32_t high = std::min(end - word * kLeavesPerWord, kLeavesPerWord);
  return (~std::uint32_t{0} >> (kLeavesPerWord - (high - low))) << low;
}

}  // namespace

void LeafBits::read(const TreeShape& tree) {
  n_leaves_ = count_leaves(tree);
  first_leaf_ = find_first_leaves(tree, n_leaves_);
  tests_.clear();
  for (std::size_t i = 0; i < n_leaves_.size(); ++i) {
    if (tree.feature[i] < 0) continue;
    const std::int32_t begin = first_leaf_[i];
    const std::int32_t end = begin + n_leaves_[at(tree.left_child[i])];
    for (std::int32_t w = begin / kLeavesPerWord; w * kLeavesPerWord < end; ++w)
      tests_.push_back({w, tree.missing_goes_left[i] != 0, bits_in_word(begin, end, w),
                        static_cast<std::int32_t>(i)});
  }
  std::stable_sort(tests_.begin(), tests_.end(), [](const LeafTest& a, const LeafTest& b) {
    return a.word != b.word ? a.word < b.word : a.missing_left < b.missing_left;
  });
}

void LeafBits::append_words(std::int64_t first_test, std::vector<BitVectorWord>& words) const {
  std::size_t i = 0;
  const auto pass = [&](std::int32_t word, bool missing_left) {
    while (i < tests_.size() && tests_[i].word == word && tests_[i].missing_left == missing_left)
      ++i;
    return first_test + static_cast<std::int64_t>(i);
  };
  for (std::int32_t w = 0; w < n_words(); ++w) {
    const std::int64_t begin = first_test + static_cast<std::int64_t>(i);
    const std::int64_t missing_left_begin = pass(w, false);
    words.push_back({begin, missing_left_begin, pass(w, true)});
  }
}

std::int64_t count_leaf_tests(const TreeShape& tree) {
  const std::vector<std::int32_t> n_leaves = count_leaves(tree);
  const std::vector<std::int32_t> first_leaf = find_first_leaves(tree, n_leaves);
  std::int64_t n_tests = 0;
  for (std::size_t i = 0; i < n_leaves.size(); ++i) {
    if (tree.feature[i] < 0) continue;
    const std::int32_t last = first_leaf[i] + n_leaves[at(tree.left_child[i])] - 1;
    n_tests += last / kLeavesPerWord - first_leaf[i] / kLeavesPerWord + 1;
  }
  return n_tests;
}

}  // namespace gbengine

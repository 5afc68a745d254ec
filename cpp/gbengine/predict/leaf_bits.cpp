#include "gbengine/predict/leaf_bits.hpp"

#include <algorithm>

#include "gbengine/base/isa.hpp"

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
  set_tests_.clear();
  for (std::size_t i = 0; i < n_leaves_.size(); ++i) {
    if (tree.feature[i] < 0) continue;
    std::vector<LeafTest>& tests =
        !tree.has_set.empty() && tree.has_set[i] != 0 ? set_tests_ : tests_;
    const std::int32_t begin = first_leaf_[i];
    const std::int32_t end = begin + n_leaves_[at(tree.left_child[i])];
    for (std::int32_t w = begin / kLeavesPerWord; w * kLeavesPerWord < end; ++w)
      tests.push_back({w, tree.missing_goes_left[i] != 0, bits_in_word(begin, end, w),
                       static_cast<std::int32_t>(i)});
  }
  std::stable_sort(tests_.begin(), tests_.end(), [](const LeafTest& a, const LeafTest& b) {
    return a.word != b.word ? a.word < b.word : a.missing_left < b.missing_left;
  });
  std::stable_sort(set_tests_.begin(), set_tests_.end(),
                   [](const LeafTest& a, const LeafTest& b) { return a.word < b.word; });
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

void LeafBits::append_set_ranges(std::int64_t first_test,
                                 std::vector<BitVectorSetRange>& ranges) const {
  std::size_t i = 0;
  for (std::int32_t w = 0; w < n_words(); ++w) {
    const std::size_t begin = i;
    while (i < set_tests_.size() && set_tests_[i].word == w) ++i;
    ranges.push_back(
        {first_test + static_cast<std::int64_t>(begin), first_test + static_cast<std::int64_t>(i)});
  }
}

BitVectorSetTest set_test(const CategorySet& left, const LeafTest& test, std::uint32_t slot) {
  BitVectorSetTest out{{}, test.clear, slot};
  for (std::size_t i = 0; i < 8; ++i)
    out.left[i] = static_cast<std::uint32_t>(left.words()[i / 2] >> (i % 2 * 32));
  out.left[8] = test.missing_left ? ~std::uint32_t{0} : 0;
  return out;
}

std::int64_t cost_of_set_test() {
  return isa_in_use() == Isa::kScalar ? 16 : 2;
}

std::int64_t count_leaf_tests(const TreeShape& tree) {
  const std::vector<std::int32_t> n_leaves = count_leaves(tree);
  const std::vector<std::int32_t> first_leaf = find_first_leaves(tree, n_leaves);
  const std::int64_t cost_of_set = cost_of_set_test();
  std::int64_t n_tests = 0;
  for (std::size_t i = 0; i < n_leaves.size(); ++i) {
    if (tree.feature[i] < 0) continue;
    const std::int32_t last = first_leaf[i] + n_leaves[at(tree.left_child[i])] - 1;
    const std::int64_t n_words = last / kLeavesPerWord - first_leaf[i] / kLeavesPerWord + 1;
    n_tests += !tree.has_set.empty() && tree.has_set[i] != 0 ? n_words * cost_of_set : n_words;
  }
  return n_tests;
}

}  // namespace gbengine

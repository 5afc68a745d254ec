// LeafBits: a tree seen as bits, one a leaf from left to right, and who clears which.
//
// The step that kernel/bit_vector's tables are made from, for raw values (bit_vector_engine) and
// for bin codes (binned_walk). Example:
//   LeafBits bits;
//   bits.read({feature, left_child, missing_goes_left});
//   for (const LeafTest& test : bits.tests()) ...
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/base/category_set.hpp"
#include "gbengine/kernel/bit_vector.hpp"

namespace gbengine {

/// One tree's arrays; node 0 is the root, children come after their parents.
struct TreeShape {
  std::span<const std::int32_t> feature;     // negative at a leaf
  std::span<const std::int32_t> left_child;  // the right child is the node behind it
  std::span<const std::uint8_t> missing_goes_left;
  std::span<const std::uint8_t> has_set = {};  // whether a node tests a set; empty: none does
};

struct LeafTest {
  std::int32_t word;
  bool missing_left;
  std::uint32_t clear;  // leaves of the word below the node's left child
  std::int32_t node;
};

class LeafBits {
 public:
  void read(const TreeShape& tree);

  std::int32_t n_leaves() const { return n_leaves_[0]; }
  std::int32_t n_words() const { return (n_leaves() + kLeavesPerWord - 1) / kLeavesPerWord; }

  /// Number of a leaf, from the left.
  std::int32_t leaf_idx(std::int32_t node) const {
    return first_leaf_[static_cast<std::size_t>(node)];
  }

  /// Those by thresholds. By word; in a word those that send missing values right, then the others.
  std::span<const LeafTest> tests() const { return tests_; }

  /// Those by sets, by word.
  std::span<const LeafTest> set_tests() const { return set_tests_; }

  /// Appends the tree's words, numbering its tests from first_test.
  void append_words(std::int64_t first_test, std::vector<BitVectorWord>& words) const;

  /// And the words' tests by sets.
  void append_set_ranges(std::int64_t first_test, std::vector<BitVectorSetRange>& ranges) const;

 private:
  std::vector<std::int32_t> n_leaves_;    // below each node
  std::vector<std::int32_t> first_leaf_;  // the leftmost leaf below each node
  std::vector<LeafTest> tests_;
  std::vector<LeafTest> set_tests_;
};

/// What the kernel tests in place of a node's set.
BitVectorSetTest set_test(const CategorySet& left, const LeafTest& test, std::uint32_t slot);

/// How many tests by thresholds one by a set counts as. It takes as long as 2.5 with AVX2 and
/// AVX-512, as 10 where codes are looked up one by one; but a walk over sets takes longer, too.
/// Where half of the splits are on categories, the walk wins above some 330 leaves (AVX2), and
/// above 45 in the second case.
std::int64_t cost_of_set_test();

/// How many tests read() would make, a set counting for as many as it costs. They grow with the
/// square of the leaves if every left child has almost all of them: ask before making them.
std::int64_t count_leaf_tests(const TreeShape& tree);

}  // namespace gbengine

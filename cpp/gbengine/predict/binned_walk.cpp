// Two ways with the same result: bit vectors (kernel/bit_vector.hpp) for trees of up to a few
// hundred leaves, read column by column in place if all rows are asked for; a plain walk for
// larger trees.
#include "gbengine/predict/binned_walk.hpp"

#include <algorithm>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/kernel/kernels.hpp"
#include "gbengine/predict/leaf_bits.hpp"

namespace gbengine {
namespace {

/// Above this the walk is faster, with AVX2 (with AVX-512 above 700, with 16-byte vectors 150).
constexpr std::int64_t kMaxLeafTests = 384;
/// Tests times rows, and rows to walk, that are worth a thread of their own: about 100 µs.
constexpr std::int64_t kTaskTests = std::int64_t{1} << 21;
constexpr std::int64_t kTaskWalks = 1 << 11;

struct PackedNode {
  std::int32_t feature;
  std::int32_t left;  // right is left + 1
  std::uint8_t bin_threshold;
  std::uint8_t also_left;  // the missing code if it goes left, else bin_threshold again
};

/// Whether a node splits on categories.
bool is_categorical(const BinnedTree& tree, const BinnedMatrix& x, std::size_t node) {
  return tree.feature[node] >= 0 &&
         x.mappers[static_cast<std::size_t>(tree.feature[node])].is_categorical();
}

/// All codes that a node sends left, the missing code among them.
CategorySet codes_left(const BinnedTree& tree, const BinnedMatrix& x, std::size_t node) {
  CategorySet left;
  if (tree.feature[node] < 0) return left;
  const auto missing = static_cast<std::uint32_t>(
      x.mappers[static_cast<std::size_t>(tree.feature[node])].missing_bin());
  const CategorySet* set = is_categorical(tree, x, node)
                               ? &tree.category_sets[static_cast<std::size_t>(tree.threshold[node])]
                               : nullptr;
  for (std::uint32_t code = 0; code < missing; ++code)
    if (set != nullptr ? set->contains(code) : code <= tree.bin_threshold[node]) left.insert(code);
  if (tree.missing_goes_left[node] != 0) left.insert(missing);
  return left;
}

class BinnedWalk {
 public:
  BinnedWalk(const BinnedTree& tree, const BinnedMatrix& x) : tree_(tree), x_(x) {
    nodes_.reserve(tree.feature.size());
    for (std::size_t i = 0; i < tree.feature.size(); ++i)
      nodes_.push_back({tree.feature[i], tree.left_child[i], tree.bin_threshold[i], also_left(i)});
    if (tree.category_sets.empty()) return;
    sets_.resize(nodes_.size());
    for (std::size_t i = 0; i < sets_.size(); ++i) sets_[i] = codes_left(tree, x, i);
  }

  void add(const Parallel& parallel, std::span<const std::uint32_t> rows, double* raw) const {
    if (sets_.empty())
      add_leaves(parallel, rows, raw, [&](const std::uint8_t* codes) { return find_leaf(codes); });
    else
      add_leaves(parallel, rows, raw,
                 [&](const std::uint8_t* codes) { return find_leaf_by_sets(codes); });
  }

 private:
  template <typename FindLeaf>
  void add_leaves(const Parallel& parallel, std::span<const std::uint32_t> rows, double* raw,
                  FindLeaf&& leaf_of) const {
    const auto n = rows.empty() ? x_.n_rows : static_cast<std::int64_t>(rows.size());
    parallel.for_rows(n, kTaskWalks, [&](std::int64_t begin, std::int64_t end, int) {
      for (std::int64_t i = begin; i < end; ++i) {
        const std::int64_t row = rows.empty() ? i : rows[static_cast<std::size_t>(i)];
        raw[row] += tree_.value[leaf_of(x_.row(row))];
      }
    });
  }

  std::uint8_t also_left(std::size_t node) const {
    if (tree_.feature[node] < 0 || tree_.missing_goes_left[node] == 0)
      return tree_.bin_threshold[node];
    const auto feature = static_cast<std::size_t>(tree_.feature[node]);
    return static_cast<std::uint8_t>(x_.mappers[feature].missing_bin());
  }

  std::size_t find_leaf(const std::uint8_t* codes) const {
    std::size_t at = 0;
    while (nodes_[at].feature >= 0) {
      const PackedNode& node = nodes_[at];
      const std::uint8_t code = codes[node.feature];
      const bool goes_left = code <= node.bin_threshold || code == node.also_left;
      at = static_cast<std::size_t>(node.left + (goes_left ? 0 : 1));
    }
    return at;
  }

  /// The same where a node's codes are a set: of a threshold, too, so that no branch asks which.
  std::size_t find_leaf_by_sets(const std::uint8_t* codes) const {
    std::size_t at = 0;
    while (nodes_[at].feature >= 0) {
      const std::uint8_t code = codes[nodes_[at].feature];
      const bool goes_left = sets_[at].contains(code);
      at = static_cast<std::size_t>(nodes_[at].left + (goes_left ? 0 : 1));
    }
    return at;
  }

  const BinnedTree& tree_;
  const BinnedMatrix& x_;
  std::vector<PackedNode> nodes_;
  std::vector<CategorySet> sets_;  // by node: the codes that go left; empty if all are thresholds
};

class BinnedBitVector {
 public:
  BinnedBitVector(const BinnedTree& tree, const BinnedMatrix& x, const TreeShape& shape) : x_(x) {
    LeafBits bits;
    bits.read(shape);
    bits.append_words(0, words_);
    for (const LeafTest& test : bits.tests()) {
      const auto node = static_cast<std::size_t>(test.node);
      const std::int32_t feature = tree.feature[node];
      const int missing_bin = x.mappers[static_cast<std::size_t>(feature)].missing_bin();
      tests_.push_back({tree.bin_threshold[node], static_cast<std::uint8_t>(missing_bin),
                        test.clear, static_cast<std::uint32_t>(feature)});
    }
    if (!shape.has_set.empty()) add_sets(tree, bits);
    tree_.n_words = bits.n_words();
    leaf_value_.assign(static_cast<std::size_t>(bits.n_words() * kLeavesPerWord), 0.0);
    for (std::size_t i = 0; i < tree.feature.size(); ++i)
      if (tree.feature[i] < 0)
        leaf_value_[static_cast<std::size_t>(bits.leaf_idx(static_cast<std::int32_t>(i)))] =
            tree.value[i];
  }

  void add_to_all(const Parallel& parallel, double* raw) const {
    parallel.for_rows(x_.n_rows, rows_of_task(), [&](std::int64_t begin, std::int64_t end, int) {
      run({x_.column(0) + begin, kRowsPerGroup, x_.column_stride, end - begin}, tests_, set_tests_,
          raw + begin);
    });
  }

  /// The features that the tree uses move together, 64 rows at a time, and the rest is as above.
  void add_to(const Parallel& parallel, std::span<const std::uint32_t> rows, double* raw) const {
    std::vector<std::int32_t> features;
    for (const auto& test : tests_) features.push_back(static_cast<std::int32_t>(test.slot));
    for (const auto& test : set_tests_) features.push_back(static_cast<std::int32_t>(test.slot));
    std::sort(features.begin(), features.end());
    features.erase(std::unique(features.begin(), features.end()), features.end());
    const auto slot_of = [&](std::uint32_t feature) {
      return static_cast<std::uint32_t>(
          std::lower_bound(features.begin(), features.end(), static_cast<std::int32_t>(feature)) -
          features.begin());
    };
    std::vector<BitVectorTest<std::uint8_t>> tests = tests_;
    std::vector<BitVectorSetTest> set_tests = set_tests_;
    for (auto& test : tests) test.slot = slot_of(test.slot);
    for (auto& test : set_tests) test.slot = slot_of(test.slot);
    parallel.for_rows(static_cast<std::int64_t>(rows.size()), rows_of_task(),
                      [&](std::int64_t begin, std::int64_t end, int) {
                        add_to_some(rows.subspan(static_cast<std::size_t>(begin),
                                                 static_cast<std::size_t>(end - begin)),
                                    features, tests, set_tests, raw);
                      });
  }

 private:
  void add_to_some(std::span<const std::uint32_t> rows, std::span<const std::int32_t> features,
                   const std::vector<BitVectorTest<std::uint8_t>>& tests,
                   const std::vector<BitVectorSetTest>& set_tests, double* raw) const {
    AlignedBuffer<std::uint8_t> codes(features.size() * kRowsPerGroup);
    std::fill(codes.begin(), codes.end(), std::uint8_t{0});
    double sums[kRowsPerGroup];
    for (std::size_t first = 0; first < rows.size(); first += kRowsPerGroup) {
      const auto group =
          rows.subspan(first, std::min<std::size_t>(kRowsPerGroup, rows.size() - first));
      for (std::size_t r = 0; r < group.size(); ++r) {
        const std::uint8_t* row = x_.row(group[r]);
        sums[r] = raw[group[r]];
        for (std::size_t s = 0; s < features.size(); ++s)
          codes[s * kRowsPerGroup + r] = row[features[s]];
      }
      run({codes.data(), 0, kRowsPerGroup, static_cast<std::int64_t>(group.size())}, tests,
          set_tests, sums);
      for (std::size_t r = 0; r < group.size(); ++r) raw[group[r]] = sums[r];
    }
  }

  void run(const RowGroups<std::uint8_t>& rows,
           const std::vector<BitVectorTest<std::uint8_t>>& tests,
           const std::vector<BitVectorSetTest>& set_tests, double* sums) const {
    const BitVectorForest<std::uint8_t> forest{
        &tree_, words_.data(),    tests.data(),      leaf_value_.data(),
        1,      set_tests.data(), set_ranges_.data()};
    const BitVectorKernels& all = kernels().bit_vector;
    const BitVectorFunctions& kernel = set_tests.empty() ? all.thresholds : all.sets;
    kernel.add_binned(forest, 0, 1, rows, sums);
  }

  void add_sets(const BinnedTree& tree, const LeafBits& bits) {
    bits.append_set_ranges(0, set_ranges_);
    for (const LeafTest& test : bits.set_tests()) {
      const auto node = static_cast<std::size_t>(test.node);
      set_tests_.push_back(set_test(codes_left(tree, x_, node), test,
                                    static_cast<std::uint32_t>(tree.feature[node])));
    }
  }

  std::int64_t rows_of_task() const {
    const std::int64_t n_rows =
        kTaskTests / static_cast<std::int64_t>(tests_.size() + 2 * set_tests_.size() + 8);
    return std::max(n_rows / kRowsPerGroup, std::int64_t{1}) * kRowsPerGroup;
  }

  const BinnedMatrix& x_;
  BitVectorTree tree_{0, 0, 0, 0};
  std::vector<BitVectorWord> words_;
  std::vector<BitVectorTest<std::uint8_t>> tests_;
  std::vector<BitVectorSetTest> set_tests_;
  std::vector<BitVectorSetRange> set_ranges_;  // empty if there are no sets
  std::vector<double> leaf_value_;
};

/// Of sparse codes, the columns that the tree asks are made dense, and walked as such.
void add_tree_sparse(const Parallel& parallel, const BinnedTree& tree, const BinnedMatrix& x,
                     std::span<const std::uint32_t> rows, double* raw) {
  std::vector<std::int32_t> features;
  for (const std::int32_t f : tree.feature)
    if (f >= 0) features.push_back(f);
  if (features.empty()) features.push_back(0);
  std::sort(features.begin(), features.end());
  features.erase(std::unique(features.begin(), features.end()), features.end());
  BinnedTree of_part = tree;
  for (std::int32_t& f : of_part.feature)
    if (f >= 0)
      f = static_cast<std::int32_t>(std::lower_bound(features.begin(), features.end(), f) -
                                    features.begin());
  add_tree_binned(parallel, of_part, dense_columns(parallel, x, features), rows, raw);
}

}  // namespace

void add_tree_binned(const Parallel& parallel, const BinnedTree& tree, const BinnedMatrix& x,
                     std::span<const std::uint32_t> rows, double* raw) {
  if (x.sparse) return add_tree_sparse(parallel, tree, x, rows, raw);
  std::vector<std::uint8_t> has_set;
  for (std::size_t i = 0; i < tree.feature.size() && !tree.category_sets.empty(); ++i)
    has_set.push_back(is_categorical(tree, x, i) ? 1 : 0);
  const TreeShape shape{tree.feature, tree.left_child, tree.missing_goes_left, has_set};
  if (count_leaf_tests(shape) > kMaxLeafTests) {
    BinnedWalk(tree, x).add(parallel, rows, raw);
    return;
  }
  const BinnedBitVector bits(tree, x, shape);
  if (rows.empty())
    bits.add_to_all(parallel, raw);
  else
    bits.add_to(parallel, rows, raw);
}

}  // namespace gbengine

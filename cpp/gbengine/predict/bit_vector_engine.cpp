#include "gbengine/predict/bit_vector_engine.hpp"

#include <algorithm>
#include <type_traits>
#include <vector>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/kernel/kernels.hpp"
#include "gbengine/predict/float_threshold.hpp"
#include "gbengine/predict/leaf_bits.hpp"
#include "gbengine/predict/row_groups.hpp"

namespace gbengine {
namespace {

/// Bytes of a block's values: they stay in the first-level cache, with one tree's tests.
constexpr std::int64_t kBlockBytes = 16 << 10;
/// Tests times rows that are worth a thread of their own, about 100 µs.
constexpr std::int64_t kTaskTests = std::int64_t{1} << 21;

TreeShape shape_of(const EnsembleModel& model, std::size_t t) {
  const auto begin = static_cast<std::size_t>(model.tree_begin[t]);
  const auto n = static_cast<std::size_t>(model.tree_begin[t + 1]) - begin;
  const Tree& nodes = model.nodes;
  return {std::span(nodes.feature).subspan(begin, n), std::span(nodes.left_child).subspan(begin, n),
          std::span(nodes.right_child).subspan(begin, n),
          std::span(nodes.missing_goes_left).subspan(begin, n)};
}

/// The features that splits use, ascending: slot i of the groups holds the i-th.
std::vector<std::int32_t> used_features(const Tree& nodes) {
  std::vector<std::int32_t> features;
  for (const std::int32_t f : nodes.feature)
    if (f != kLeafFeature) features.push_back(f);
  std::sort(features.begin(), features.end());
  features.erase(std::unique(features.begin(), features.end()), features.end());
  return features;
}

class BitVectorEngine final : public PredictEngine {
 public:
  explicit BitVectorEngine(const EnsembleModel& model)
      : n_outputs_(model.n_outputs), slot_feature_(used_features(model.nodes)) {
    LeafBits bits;
    for (std::size_t t = 0; t < model.tree_output.size(); ++t) {
      bits.read(shape_of(model, t));
      add_tree(model, t, bits);
    }
  }

  void add_trees(const Parallel& parallel, const MatrixView& x, std::int32_t tree_begin,
                 std::int32_t tree_end, double* out) const override {
    if (x.n_rows == 0 || tree_begin == tree_end) return;
    if (x.dtype == DType::kFloat32)
      add_typed<float>(parallel, x, tree_begin, tree_end, out);
    else
      add_typed<double>(parallel, x, tree_begin, tree_end, out);
  }

 private:
  void add_tree(const EnsembleModel& model, std::size_t t, const LeafBits& bits) {
    const auto begin = static_cast<std::size_t>(model.tree_begin[t]);
    const std::size_t first_leaf = leaf_value_.size();
    trees_.push_back({static_cast<std::int64_t>(words_.size()),
                      static_cast<std::int64_t>(first_leaf), bits.n_words(), model.tree_output[t]});
    bits.append_words(static_cast<std::int64_t>(tests_f64_.size()), words_);
    for (const LeafTest& test : bits.tests()) {
      const std::size_t node = begin + static_cast<std::size_t>(test.node);
      const auto slot = static_cast<std::uint32_t>(
          std::lower_bound(slot_feature_.begin(), slot_feature_.end(), model.nodes.feature[node]) -
          slot_feature_.begin());
      const double threshold = model.nodes.threshold[node];
      tests_f32_.push_back({float_threshold(threshold), test.clear, slot});
      tests_f64_.push_back({threshold, test.clear, slot});
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

  std::int64_t n_tests(std::int32_t tree_begin, std::int32_t tree_end) const {
    return words_[last_word(tree_end)].end - words_[first_word(tree_begin)].begin;
  }
  std::size_t first_word(std::int32_t tree) const {
    return static_cast<std::size_t>(trees_[static_cast<std::size_t>(tree)].first_word);
  }
  std::size_t last_word(std::int32_t tree_end) const {
    const BitVectorTree& tree = trees_[static_cast<std::size_t>(tree_end) - 1];
    return static_cast<std::size_t>(tree.first_word + tree.n_words - 1);
  }

  /// The columns to copy: of all trees, or where few trees are asked for, those that they use.
  std::vector<SlotColumn> columns_of(std::int32_t tree_begin, std::int32_t tree_end) const {
    std::vector<std::uint8_t> is_used(slot_feature_.size(), 1);
    if (n_tests(tree_begin, tree_end) < static_cast<std::int64_t>(4 * is_used.size())) {
      std::fill(is_used.begin(), is_used.end(), std::uint8_t{0});
      for (std::int64_t i = words_[first_word(tree_begin)].begin;
           i < words_[last_word(tree_end)].end; ++i)
        is_used[tests_f32_[static_cast<std::size_t>(i)].slot] = 1;
    }
    std::vector<SlotColumn> columns;
    columns.reserve(is_used.size());
    for (std::size_t s = 0; s < is_used.size(); ++s)
      if (is_used[s] != 0) columns.push_back({static_cast<std::int32_t>(s), slot_feature_[s]});
    return columns;
  }

  template <typename T>
  BitVectorForest<T> forest() const {
    const BitVectorTest<T>* tests;
    if constexpr (std::is_same_v<T, float>) {
      tests = tests_f32_.data();
    } else {
      tests = tests_f64_.data();
    }
    return {trees_.data(), words_.data(), tests, leaf_value_.data(), n_outputs_};
  }

  template <typename T>
  void add_typed(const Parallel& parallel, const MatrixView& x, std::int32_t tree_begin,
                 std::int32_t tree_end, double* out) const {
    const std::vector<SlotColumn> columns = columns_of(tree_begin, tree_end);
    const std::int64_t row_bytes =
        static_cast<std::int64_t>(slot_feature_.size() * sizeof(T)) + n_outputs_ * 8;
    const std::int64_t block_rows =
        kRowsPerGroup * std::clamp<std::int64_t>(kBlockBytes / (row_bytes * kRowsPerGroup), 1, 8);
    const std::int64_t n_blocks_of_task =
        kTaskTests / ((n_tests(tree_begin, tree_end) + tree_end - tree_begin) * block_rows) + 1;
    parallel.for_rows(
        x.n_rows, n_blocks_of_task * block_rows, [&](std::int64_t begin, std::int64_t end, int) {
          const std::int64_t n_groups =
              (std::min(block_rows, end - begin) + kRowsPerGroup - 1) / kRowsPerGroup;
          AlignedBuffer<T> groups(static_cast<std::size_t>(n_groups * kRowsPerGroup) *
                                  slot_feature_.size());
          AlignedBuffer<double> sums(
              n_outputs_ == 1 ? 0
                              : static_cast<std::size_t>(n_groups * kRowsPerGroup * n_outputs_));
          for (std::int64_t first = begin; first < end; first += block_rows)
            add_block(x, first, std::min(first + block_rows, end), columns, tree_begin, tree_end,
                      groups.data(), sums.data(), out + first * n_outputs_);
        });
  }

  template <typename T>
  void add_block(const MatrixView& x, std::int64_t begin, std::int64_t end,
                 std::span<const SlotColumn> columns, std::int32_t tree_begin,
                 std::int32_t tree_end, T* groups, double* sums, double* out) const {
    copy_to_groups(x, begin, end, columns, slot_feature_.size(), groups);
    const RowGroups<T> rows{groups, static_cast<std::int64_t>(slot_feature_.size()) * kRowsPerGroup,
                            kRowsPerGroup, end - begin};
    if (n_outputs_ == 1) {
      run_kernel(rows, tree_begin, tree_end, out);
      return;
    }
    for_each_sum(end - begin,
                 [&](std::int64_t sum, std::int64_t place) { sums[sum] = out[place]; });
    run_kernel(rows, tree_begin, tree_end, sums);
    for_each_sum(end - begin,
                 [&](std::int64_t sum, std::int64_t place) { out[place] = sums[sum]; });
  }

  void run_kernel(const RowGroups<float>& rows, std::int32_t tree_begin, std::int32_t tree_end,
                  double* sums) const {
    kernels().bit_vector.add_f32(forest<float>(), tree_begin, tree_end, rows, sums);
  }
  void run_kernel(const RowGroups<double>& rows, std::int32_t tree_begin, std::int32_t tree_end,
                  double* sums) const {
    kernels().bit_vector.add_f64(forest<double>(), tree_begin, tree_end, rows, sums);
  }

  /// Calls visit(place in the kernel's sums, place in row-major out).
  template <typename Visit>
  void for_each_sum(std::int64_t n_rows, Visit&& visit) const {
    for (std::int64_t r = 0; r < n_rows; ++r) {
      const std::int64_t first = r / kRowsPerGroup * kRowsPerGroup * n_outputs_ + r % kRowsPerGroup;
      for (std::int64_t k = 0; k < n_outputs_; ++k)
        visit(first + k * kRowsPerGroup, r * n_outputs_ + k);
    }
  }

  std::int64_t n_outputs_;
  std::vector<std::int32_t> slot_feature_;
  std::vector<BitVectorTree> trees_;
  std::vector<BitVectorWord> words_;
  std::vector<BitVectorTest<float>> tests_f32_;
  std::vector<BitVectorTest<double>> tests_f64_;
  std::vector<double> leaf_value_;  // 32 a word, 0 past a tree's last leaf
};

}  // namespace

bool can_run_bit_vector(const EnsembleModel& model) {
  const std::int64_t limit = kMaxMeanLeafTests * model.n_trees();
  std::int64_t n_tests = 0;
  for (std::size_t t = 0; t < model.tree_output.size() && n_tests <= limit; ++t)
    n_tests += count_leaf_tests(shape_of(model, t));
  return n_tests <= limit;
}

std::unique_ptr<const PredictEngine> make_bit_vector_engine(const EnsembleModel& model) {
  return std::make_unique<BitVectorEngine>(model);
}

}  // namespace gbengine

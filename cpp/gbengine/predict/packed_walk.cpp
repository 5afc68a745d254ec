#include "gbengine/predict/packed_walk.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "gbengine/kernel/kernels.hpp"
#include "gbengine/predict/float_threshold.hpp"

namespace gbengine {
namespace {

/// Rows that go through one tree before the next does: a large tree comes into the cache once for
/// all of them (60 trees of 4000 leaves: 11 µs a row in blocks of 128, 6.5 of 1024, 3.1 of 8192).
constexpr std::int64_t kMaxBlockRows = 1 << 13;
/// Below this, walking a row through eight trees beats walking eight rows through a tree.
constexpr std::int64_t kFewRows = 8;
/// Trees times rows that are worth a thread of their own, about 100 µs.
constexpr std::int64_t kTaskWalks = 1 << 13;

/// Puts right children behind left ones, in the order of their parents.
void number_nodes(const EnsembleModel& model, std::size_t begin, std::size_t end,
                  std::vector<std::int32_t>& place) {
  place.assign(end - begin, 0);
  std::int32_t next = 1;
  for (std::size_t i = begin; i < end; ++i) {
    if (model.nodes.feature[i] == kLeafFeature) continue;
    place[static_cast<std::size_t>(model.nodes.left_child[i])] = next++;
    place[static_cast<std::size_t>(model.nodes.right_child[i])] = next++;
  }
}

template <typename T>
WalkNode<T> pack_leaf(std::int32_t place) {
  return {std::numeric_limits<T>::infinity(), 0, place};
}

template <typename T>
WalkNode<T> pack_split(const Tree& nodes, std::size_t node, std::int32_t left_place) {
  const auto feature = static_cast<std::uint32_t>(nodes.feature[node]);
  return {threshold_as<T>(nodes.threshold[node]),
          feature | (nodes.missing_goes_left[node] != 0 ? 0 : kMissingGoesRight), left_place};
}

class PackedWalk final : public PredictEngine {
 public:
  explicit PackedWalk(const EnsembleModel& model)
      : model_(model),
        nodes_f32_(model.nodes.feature.size()),
        nodes_f64_(model.nodes.feature.size()),
        value_(model.nodes.feature.size()) {
    std::vector<std::int32_t> place;
    for (std::size_t t = 0; t < model.tree_output.size(); ++t) {
      const auto begin = static_cast<std::size_t>(model.tree_begin[t]);
      const auto end = static_cast<std::size_t>(model.tree_begin[t + 1]);
      number_nodes(model, begin, end, place);
      for (std::size_t i = begin; i < end; ++i) pack_node(i, begin, place);
    }
  }

  void add_trees(const Parallel& parallel, const MatrixView& x, std::int32_t tree_begin,
                 std::int32_t tree_end, double* out) const override {
    const WalkKernels& kernel = kernels().walk;
    const bool few = x.n_rows < kFewRows;
    if (x.dtype == DType::kFloat32)
      add_typed(parallel, x, tree_begin, tree_end, nodes_f32_,
                few ? kernel.add_few_rows_f32 : kernel.add_rows_f32, out);
    else
      add_typed(parallel, x, tree_begin, tree_end, nodes_f64_,
                few ? kernel.add_few_rows_f64 : kernel.add_rows_f64, out);
  }

 private:
  void pack_node(std::size_t i, std::size_t begin, const std::vector<std::int32_t>& place) {
    const std::int32_t to = place[i - begin];
    const std::size_t at = begin + static_cast<std::size_t>(to);
    value_[at] = model_.nodes.value[i];
    if (model_.nodes.feature[i] == kLeafFeature) {
      nodes_f32_[at] = pack_leaf<float>(to);
      nodes_f64_[at] = pack_leaf<double>(to);
      return;
    }
    const std::int32_t left = place[static_cast<std::size_t>(model_.nodes.left_child[i])];
    nodes_f32_[at] = pack_split<float>(model_.nodes, i, left);
    nodes_f64_[at] = pack_split<double>(model_.nodes, i, left);
  }

  template <typename T>
  void add_typed(const Parallel& parallel, const MatrixView& x, std::int32_t tree_begin,
                 std::int32_t tree_end, const std::vector<WalkNode<T>>& nodes, AddWalkTrees<T> add,
                 double* out) const {
    const WalkForest<T> forest{nodes.data(), value_.data(), model_.tree_begin.data(),
                               model_.tree_output.data(), model_.n_outputs};
    const std::int64_t min_rows = kTaskWalks / std::max(tree_end - tree_begin, 1) + kFewRows;
    const std::int64_t n_rows =
        std::max(min_rows, std::min(kMaxBlockRows, x.n_rows / (2 * parallel.n_threads()) + 1));
    parallel.for_rows(x.n_rows, n_rows, [&](std::int64_t begin, std::int64_t end, int) {
      const WalkRows<T> rows{x.row<T>(begin), end - begin, x.row_stride, x.col_stride};
      add(forest, tree_begin, tree_end, rows, out + begin * model_.n_outputs);
    });
  }

  const EnsembleModel& model_;
  std::vector<WalkNode<float>> nodes_f32_;
  std::vector<WalkNode<double>> nodes_f64_;
  std::vector<double> value_;
};

}  // namespace

bool can_run_packed_walk(const EnsembleModel&) {
  return true;
}

std::unique_ptr<const PredictEngine> make_packed_walk(const EnsembleModel& model) {
  return std::make_unique<PackedWalk>(model);
}

}  // namespace gbengine

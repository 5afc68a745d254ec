#include "gbengine/ensemble/out_of_bag.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "gbengine/base/error.hpp"
#include "gbengine/base/rng.hpp"
#include "gbengine/model/vote_model.hpp"
#include "gbengine/predict/coded_trees.hpp"

namespace gbengine {
namespace {

constexpr std::int32_t kTreeBlock = 64;      // whose rows are drawn before their values are added
constexpr std::int64_t kRowGrain = 1 << 10;  // rows whose codes stay in the cache for all trees

void need_sampling(const Forest& forest) {
  if (forest.draw().draws_all())
    throw ValueError("out-of-bag rows need sampling: every tree has seen all rows");
}

/// Which of a block of trees have seen which rows: tree after tree, a byte a row.
std::vector<std::uint8_t> seen_rows(const Parallel& parallel, const Forest& forest,
                                    std::int32_t first_tree, std::int32_t n_trees) {
  const auto n = static_cast<std::size_t>(forest.table().n_rows());
  std::vector<std::uint8_t> seen(n * static_cast<std::size_t>(n_trees));
  parallel.for_each(n_trees, [&](std::int64_t t, int) {
    std::vector<std::uint32_t> counts(n);
    forest.draw().counts(static_cast<std::uint64_t>(first_tree + t), counts.data());
    std::uint8_t* out = seen.data() + static_cast<std::size_t>(t) * n;
    for (std::size_t i = 0; i < n; ++i) out[i] = counts[i] > 0 ? 1 : 0;
  });
  return seen;
}

/// Sum over the outputs of what a leaf gets wrong of a row: 1 for a wrong class, or the square.
class RowError {
 public:
  explicit RowError(const Forest& forest)
      : model_(forest.model()), targets_(forest.targets()), y_(forest.y()) {}

  double operator()(std::int64_t leaf, std::uint32_t row) const {
    const double* value = model_.value_of(leaf);
    double error = 0.0;
    for (std::int32_t k = 0; k < y_.n_outputs; ++k) {
      const double y = y_.y[std::int64_t{row} * y_.n_outputs + k];
      if (!targets_.is_classes()) {
        error += (value[k] - y) * (value[k] - y);
      } else if (targets_.is_binary()) {
        error += class_of(value, 2) == y ? 0.0 : 1.0;
      } else {
        const std::int32_t n_classes = targets_.n_classes[static_cast<std::size_t>(k)];
        error += first_largest(value, n_classes) == y ? 0.0 : 1.0;
        value += n_classes;
      }
    }
    return error / y_.n_outputs;
  }

 private:
  const EnsembleModel& model_;
  const Targets& targets_;
  const TargetView& y_;
};

/// Rises of a tree's mean error, column by column.
std::vector<double> rises_of_tree(const Forest& forest, const CodedTrees& trees, std::int32_t tree,
                                  std::int32_t n_repeats) {
  const std::int32_t n_features = forest.table().n_features();
  const RowError error(forest);
  const CounterRng rng(forest.seed(), RngPurpose::kPermutation);
  std::vector<std::uint32_t> counts(static_cast<std::size_t>(forest.table().n_rows()));
  forest.draw().counts(static_cast<std::uint64_t>(tree), counts.data());
  std::vector<std::uint32_t> rows;
  for (const std::uint32_t row : forest.draw().order())
    if (counts[row] == 0) rows.push_back(row);
  std::vector<double> rise(static_cast<std::size_t>(n_features), 0.0);
  if (rows.empty()) return rise;
  double before = 0.0;
  for (const std::uint32_t row : rows) before += error(trees.leaf_of(tree, row), row);
  const auto& begin = forest.model().tree_begin;
  std::vector<std::uint8_t> is_used(static_cast<std::size_t>(n_features), 0);
  for (auto i = begin[static_cast<std::size_t>(tree)];
       i < begin[static_cast<std::size_t>(tree) + 1]; ++i) {
    const std::int32_t f = forest.model().nodes.feature[static_cast<std::size_t>(i)];
    if (f != kLeafFeature) is_used[static_cast<std::size_t>(f)] = 1;
  }
  std::vector<std::uint32_t> shuffled;
  for (std::int32_t f = 0; f < n_features; ++f) {
    if (is_used[static_cast<std::size_t>(f)] == 0) continue;
    double after = 0.0;
    for (std::int32_t r = 0; r < n_repeats; ++r) {
      const auto draw = static_cast<std::uint64_t>(f) * static_cast<std::uint64_t>(n_repeats) +
                        static_cast<std::uint64_t>(r);
      shuffled = rows;
      for (std::size_t i = shuffled.size(); i > 1; --i)
        std::swap(shuffled[i - 1],
                  shuffled[rng.below(i, static_cast<std::uint64_t>(tree), draw, i)]);
      for (std::size_t i = 0; i < rows.size(); ++i)
        after += error(trees.leaf_with(tree, rows[i], f, shuffled[i]), rows[i]);
    }
    rise[static_cast<std::size_t>(f)] =
        (after / n_repeats - before) / static_cast<double>(rows.size());
  }
  return rise;
}

}  // namespace

OutOfBag out_of_bag(const Parallel& parallel, const Forest& forest) {
  need_sampling(forest);
  const EnsembleModel& model = forest.model();
  const CodedTrees trees(model, forest.table());
  const std::int64_t n = forest.table().n_rows();
  const std::int64_t width = model.leaf_width;
  OutOfBag oob{std::vector<double>(static_cast<std::size_t>(n * width), 0.0),
               std::vector<std::int64_t>(static_cast<std::size_t>(n), 0)};
  for (std::int32_t first = 0; first < model.n_trees(); first += kTreeBlock) {
    const std::int32_t n_trees = std::min(kTreeBlock, model.n_trees() - first);
    const std::vector<std::uint8_t> seen = seen_rows(parallel, forest, first, n_trees);
    parallel.for_rows(n, kRowGrain, [&](std::int64_t begin, std::int64_t end, int) {
      for (std::int32_t t = 0; t < n_trees; ++t)
        for (std::int64_t i = begin; i < end; ++i) {
          if (seen[static_cast<std::size_t>(t * n + i)] != 0) continue;
          const double* value =
              model.value_of(trees.leaf_of(first + t, static_cast<std::uint32_t>(i)));
          for (std::int64_t k = 0; k < width; ++k)
            oob.value[static_cast<std::size_t>(i * width + k)] += value[k];
          ++oob.n_trees[static_cast<std::size_t>(i)];
        }
    });
  }
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t k = 0; k < width; ++k) {
      double& value = oob.value[static_cast<std::size_t>(i * width + k)];
      const std::int64_t count = oob.n_trees[static_cast<std::size_t>(i)];
      value =
          count > 0 ? value / static_cast<double>(count) : std::numeric_limits<double>::quiet_NaN();
    }
  return oob;
}

std::vector<double> out_of_bag_importances(const Parallel& parallel, const Forest& forest,
                                           std::int32_t n_repeats) {
  need_sampling(forest);
  if (n_repeats < 1)
    throw ValueError("n_repeats is " + std::to_string(n_repeats) + "; it must be at least 1");
  const std::int32_t n_trees = forest.model().n_trees();
  const CodedTrees trees(forest.model(), forest.table());
  std::vector<std::vector<double>> rises(static_cast<std::size_t>(n_trees));
  parallel.for_each(n_trees, [&](std::int64_t t, int) {
    rises[static_cast<std::size_t>(t)] =
        rises_of_tree(forest, trees, static_cast<std::int32_t>(t), n_repeats);
  });
  std::vector<double> mean(static_cast<std::size_t>(forest.table().n_features()), 0.0);
  for (const std::vector<double>& rise : rises)
    for (std::size_t f = 0; f < mean.size(); ++f) mean[f] += rise[f] / n_trees;
  return mean;
}

}  // namespace gbengine

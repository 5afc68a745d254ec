#include "gbengine/predict/weighted_median.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "gbengine/base/error.hpp"
#include "gbengine/predict/dense_blocks.hpp"

namespace gbengine {
namespace {

constexpr std::int64_t kBlockValues = 1 << 20;  // known at a time
constexpr std::int64_t kTaskValues = 1 << 12;

struct Weighted {
  double value, weight;
};

double total_weight(const EnsembleModel& model, std::span<const double> weight) {
  if (weight.empty() || weight.size() > static_cast<std::size_t>(model.n_trees()) ||
      model.leaf_width != 1)
    throw ValueError(std::to_string(weight.size()) + " weights for " +
                     std::to_string(model.n_trees()) + " trees of " +
                     std::to_string(model.leaf_width) +
                     " values a leaf; a median needs trees of one value, each with its weight");
  double total = 0.0;
  for (const double w : weight) {
    if (!(w >= 0 && std::isfinite(w)))
      throw ValueError("a tree weighs " + number_text(w) + "; it must be finite, and not negative");
    total += w;
  }
  return total;
}

/// Trees that say the same may stand in any order: the sums between them do not matter.
double median_of(std::vector<Weighted>& trees, double half) {
  std::sort(trees.begin(), trees.end(),
            [](const Weighted& a, const Weighted& b) { return a.value < b.value; });
  double sum = 0.0;
  for (const Weighted& tree : trees) {
    sum += tree.weight;
    if (sum >= half) return tree.value;
  }
  return trees.back().value;  // rounding kept the sum below the half of a sum in another order
}

}  // namespace

void weighted_median(const Parallel& parallel, const Predictor& predictor, const TableView& table,
                     std::span<const double> weight, double* out) {
  if (table.is_sparse())
    return for_dense_blocks(parallel, table.sparse(),
                            [&](const Parallel& one, const MatrixView& rows, std::int64_t first) {
                              weighted_median(one, predictor, rows, weight, out + first);
                            });
  const MatrixView& x = table.dense();
  const double half = total_weight(predictor.model(), weight) / 2;
  const std::int64_t n_trees = predictor.model().n_trees();
  const std::int64_t block = std::max<std::int64_t>(kBlockValues / n_trees, 1);
  std::vector<double> values(static_cast<std::size_t>(std::min(block, x.n_rows) * n_trees));
  for (std::int64_t first = 0; first < x.n_rows; first += block) {
    const MatrixView rows = x.rows(first, std::min(first + block, x.n_rows));
    predictor.tree_values(parallel, rows, values.data());
    parallel.for_rows(
        rows.n_rows, kTaskValues / n_trees + 1, [&](std::int64_t begin, std::int64_t end, int) {
          std::vector<Weighted> trees(weight.size());
          for (std::int64_t i = begin; i < end; ++i) {
            for (std::size_t t = 0; t < trees.size(); ++t)
              trees[t] = {values[static_cast<std::size_t>(i * n_trees) + t], weight[t]};
            out[first + i] = median_of(trees, half);
          }
        });
  }
}

}  // namespace gbengine

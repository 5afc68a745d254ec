#include "gbengine/api/forest_trainer.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "gbengine/api/check_table.hpp"
#include "gbengine/base/error.hpp"
#include "gbengine/data/bin_mapper.hpp"

namespace gbengine {
namespace {

/// Trees between two calls of on_trees, for each thread.
constexpr std::int32_t kTreesACall = 4;

void check_weight(const double* weight, std::int64_t n_rows) {
  for (std::int64_t i = 0; weight != nullptr && i < n_rows; ++i)
    if (!(weight[i] > 0 && weight[i] <= std::numeric_limits<double>::max()))
      throw ValueError("sample_weight[" + std::to_string(i) + "] is " + number_text(weight[i]) +
                       "; it must be finite and above 0 here");
}

}  // namespace

const TargetView& checked_targets(const CodedTable& table, const TargetView& y,
                                  const double* weight) {
  if (y.n_rows != table.n_rows())
    throw ValueError("y has " + std::to_string(y.n_rows) + " rows; X has " +
                     std::to_string(table.n_rows()));
  check_weight(weight, y.n_rows);
  return y;
}

ForestTrainer::ForestTrainer(std::shared_ptr<const CodedTable> table, const TargetView& y,
                             std::vector<std::int32_t> n_classes, const double* weight,
                             ForestConfig config, int n_threads, Interrupt interrupt,
                             const EnsembleModel* start)
    : table_(std::move(table)),
      parallel_(n_threads, std::move(interrupt)),
      forest_(parallel_, *table_, checked_targets(*table_, y, weight), std::move(n_classes), weight,
              std::move(config), start) {}

std::int32_t ForestTrainer::run(std::int32_t n_trees, const OnTrees& on_trees) {
  const std::int32_t step = on_trees ? kTreesACall * parallel_.n_threads() : std::max(n_trees, 1);
  for (std::int32_t done = 0; done < n_trees; done += step) {
    forest_.add_trees(parallel_, std::min(step, n_trees - done));
    if (on_trees && on_trees(forest_.model().n_trees())) break;
  }
  return forest_.model().n_trees();
}

std::vector<double> ForestTrainer::out_of_bag_importances(std::int32_t n_repeats) const {
  return gbengine::out_of_bag_importances(parallel_, forest_, n_repeats);
}

void ForestTrainer::need_tree(std::int32_t tree) const {
  if (tree < 0 || tree >= forest_.model().n_trees())
    throw ValueError("tree " + std::to_string(tree) + " is not among the model's " +
                     std::to_string(forest_.model().n_trees()));
}

std::vector<std::int64_t> ForestTrainer::columns_of(std::int32_t tree) const {
  need_tree(tree);
  const auto columns = forest_.draw_columns(static_cast<std::uint64_t>(tree));
  return {columns.begin(), columns.end()};
}

std::vector<std::int64_t> ForestTrainer::in_bag_counts(std::int32_t tree) const {
  need_tree(tree);
  std::vector<std::uint32_t> counts(static_cast<std::size_t>(table_->n_rows()));
  forest_.draw().counts(static_cast<std::uint64_t>(tree), counts.data());
  return {counts.begin(), counts.end()};
}

std::vector<std::int64_t> draw_counts(std::vector<std::uint32_t> order, const double* weight,
                                      const DrawConfig& config, std::uint64_t seed,
                                      std::int64_t tree) {
  if (config.sampling == Sampling::kAll) throw ValueError("sampling is 'all': nothing is drawn");
  if (order.empty()) throw ValueError("order is empty; it must name every row");
  if (config.n_draws < 1 || config.n_draws > std::numeric_limits<std::uint32_t>::max())
    throw ValueError("n_draws is " + std::to_string(config.n_draws) +
                     "; it must be in [1, 2^32 - 1]");
  if (tree < 0) throw ValueError("tree is " + std::to_string(tree) + "; it must not be negative");
  check_weight(weight, static_cast<std::int64_t>(order.size()));
  std::vector<std::uint32_t> counts(order.size());
  const RowDraw draw(std::move(order), weight, config, seed);
  draw.counts(static_cast<std::uint64_t>(tree), counts.data());
  return {counts.begin(), counts.end()};
}

PruningPath pruning_path_of(const EnsembleModel& model) {
  const std::size_t n = model.nodes.feature.size();
  if (model.n_trees() != 1 || model.nodes.impurity.size() != n || model.nodes.hess_sum.size() != n)
    throw ValueError("a pruning path needs a model of one tree with impurity and hess_sum");
  return pruning_path(model.nodes);
}

}  // namespace gbengine

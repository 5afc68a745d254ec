#include "gbengine/ensemble/adaboost.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "gbengine/base/error.hpp"
#include "gbengine/criterion/scalar_log.hpp"
#include "gbengine/ensemble/forest_model.hpp"
#include "gbengine/ensemble/row_losses.hpp"
#include "gbengine/predict/coded_trees.hpp"

namespace gbengine {
namespace {

constexpr std::int64_t kWalkGrain = 1 << 12;  // rows a task
constexpr int kTries = 10;                    // draws for a tree that is better than chance
constexpr double kNoLogOdds = 0x1p-40;        // what rounding makes of chance

}  // namespace

AdaBoost::AdaBoost(const Parallel& parallel, const CodedTable& table, const TargetView& y,
                   std::int32_t n_classes, const double* weight, AdaBoostConfig config)
    : table_(table),
      y_(y),
      config_((check_config(config, table.n_features(), n_classes), std::move(config))),
      weights_(parallel, weight, y.n_rows),
      targets_(make_targets(
          parallel, y,
          n_classes > 0 ? std::vector<std::int32_t>{n_classes} : std::vector<std::int32_t>{},
          nullptr, config_.trees.draw.n_draws)),
      leaf_(static_cast<std::size_t>(y.n_rows)),
      losses_(static_cast<std::size_t>(y.n_rows)),
      model_(empty_forest(table, config_.trees.cart, targets_.n_values)) {
  if (draws_all() && !is_classes())
    throw ValueError("sampling is all; AdaBoost of numbers draws its rows with_replacement");
  if (!draws_all()) {
    draw_.emplace(parallel, table, y, weight, config_.trees.draw, config_.trees.cart.seed);
    counts_.resize(static_cast<std::size_t>(y.n_rows));
  }
  if (draws_all() || !config_.class_factors.empty()) {
    // A share does not stand for several rows.
    targets_.weights_count = false;
    targets_.weight = AlignedBuffer<std::int64_t>(static_cast<std::size_t>(y.n_rows));
    targets_.weight_unit =
        std::ldexp(1.0, -(draws_all() ? BoostedWeights::kShareBits : kFractionBits));
    weigh_targets();
  }
  grower_ = std::make_unique<CartGrower>(parallel, table, targets_, config_.trees.cart,
                                         find_criterion(config_.trees.criterion),
                                         draw_ ? draw_->max_rows() : y.n_rows);
}

/// What a row, or a copy of it, weighs in the next tree, without how often it was drawn.
void AdaBoost::weigh_targets() {
  constexpr std::int64_t kOne = std::int64_t{1} << kFractionBits;
  for (std::size_t i = 0; i < targets_.weight.size(); ++i) {
    std::int64_t weight = draws_all() ? weights_.shares()[i] : kOne;
    if (!config_.class_factors.empty()) {
      const double factor = config_.class_factors[static_cast<std::size_t>(y_.y[i])];
      weight = std::max<std::int64_t>(std::llrint(static_cast<double>(weight) * factor), 1);
    }
    targets_.weight[i] = weight;
  }
}

CartRows AdaBoost::next_rows(int attempt) {
  CartRows rows;
  rows.tree_idx =
      static_cast<std::uint64_t>(model_.n_trees()) + (static_cast<std::uint64_t>(attempt) << 32);
  rows.columns.resize(static_cast<std::size_t>(table_.n_features()));
  std::iota(rows.columns.begin(), rows.columns.end(), 0);
  if (draws_all()) {
    weigh_targets();
    rows.counts = weights_.copies();
    rows.rows.resize(static_cast<std::size_t>(y_.n_rows));
    std::iota(rows.rows.begin(), rows.rows.end(), 0U);
    return rows;
  }
  std::vector<std::uint64_t> n_places(counts_.size());
  for (std::size_t i = 0; i < n_places.size(); ++i)
    n_places[i] = static_cast<std::uint64_t>(weights_.shares()[i]) *
                  weights_.copies_of(static_cast<std::int64_t>(i));
  draw_->set_places(n_places.data());
  draw_->counts(rows.tree_idx, counts_.data());
  rows.counts = counts_.data();
  rows.rows = draw_->drawn_rows(counts_.data());
  return rows;
}

/// Grows a tree and finds the leaf of every row.
Tree AdaBoost::grow(const Parallel& parallel, int attempt) {
  CartTree tree = grower_->grow(parallel, next_rows(attempt));
  find_leaves(parallel, tree);
  if (!config_.trees.cart.keep_statistics)
    tree.nodes.impurity = {}, tree.nodes.split_gain = {}, tree.nodes.n_samples = {};
  return std::move(tree.nodes);
}

void AdaBoost::find_leaves(const Parallel& parallel, const CartTree& tree) {
  if (draws_all()) {
    // Each leaf knows its rows: they are all there are.
    const std::vector<std::uint32_t>& rows = grower_->rows();
    parallel.for_each(tree.n_nodes(), [&](std::int64_t node, int) {
      const auto at = static_cast<std::int32_t>(node);
      if (!tree.nodes.is_leaf(at)) return;
      const RowSpan span = tree.rows[static_cast<std::size_t>(node)];
      for (std::int64_t i = span.begin; i < span.begin + span.size; ++i)
        leaf_[rows[static_cast<std::size_t>(i)]] = at;
    });
    return;
  }
  EnsembleModel alone = empty_forest(table_, config_.trees.cart, targets_.n_values);
  alone.append(tree.nodes, 0);
  const CodedTrees coded(alone, table_);
  parallel.for_rows(y_.n_rows, kWalkGrain, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t i = begin; i < end; ++i)
      leaf_[static_cast<std::size_t>(i)] =
          static_cast<std::int32_t>(coded.leaf_of(0, static_cast<std::uint32_t>(i)));
  });
}

bool AdaBoost::add_tree(const Parallel& parallel) {
  const int n_tries = is_classes() && !draws_all() ? kTries : 1;
  Tree tree;
  double error = 1.0;
  for (int attempt = 0; attempt < n_tries && is_chance(error); ++attempt) {
    parallel.poll();
    tree = grow(parallel, attempt);
    row_losses(parallel, config_.loss, tree, y_, is_classes() ? n_classes() : 0, leaf_,
               losses_.data());
    error = weights_.mean(parallel, losses_.data());
  }
  const std::size_t n_before = tree_weights_.size();
  const bool goes_on = judge(parallel, error);
  if (tree_weights_.size() > n_before) model_.append(tree, 0);
  return goes_on;
}

double AdaBoost::log_odds(double error) const {
  return log_of((1.0 - error) / error) + log_of(n_classes() - 1.0);
}

bool AdaBoost::is_chance(double error) const {
  if (error == 0.0) return false;
  return error >= 1.0 - 1.0 / n_classes() || log_odds(error) <= kNoLogOdds;
}

/// Keeps the tree or not, and weighs the rows anew; false if no tree may follow.
bool AdaBoost::judge(const Parallel& parallel, double error) {
  if (error == 0.0) {
    keep(1.0, 0.0);
    return false;
  }
  if (is_chance(error)) {
    if (!tree_weights_.empty()) return false;
    if (is_classes())
      throw ValueError("the first tree is wrong about " + number_text(error) +
                       " of the weight: no better than chance among " +
                       std::to_string(n_classes()) + " classes, so that there is nothing to boost");
    keep(0.0, 1.0);
    return false;
  }
  const double weight = config_.learning_rate * log_odds(error);
  if (!std::isfinite(weight))
    throw ValueError("learning_rate is " + number_text(config_.learning_rate) +
                     ": it makes the weight of a tree infinite");
  keep(weight, error);
  weights_.multiply(parallel, losses_.data(), weight);
  return true;
}

void AdaBoost::keep(double weight, double error) {
  tree_weights_.push_back(weight);
  tree_errors_.push_back(error);
}

}  // namespace gbengine

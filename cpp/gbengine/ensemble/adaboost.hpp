// AdaBoost: trees one after the other, each on the rows that those before got wrong.
//
// Two algorithms, one loop. Classes: SAMME (Zhu, Zou, Rosset, Hastie, "Multi-class AdaBoost",
// 2009). Numbers: AdaBoost.R2 (Drucker, "Improving regressors using boosting techniques", 1997). In
// each round a tree is grown on the weighted rows, or on rows drawn by their weights; every row has
// a loss between 0 and 1 (row_losses.hpp), and e is their weighted mean. The tree's weight is
//   a = learning_rate * (log((1 - e) / e) + log(K - 1)),   K classes; K = 2 for numbers,
// and the rows' weights are multiplied by exp(a * loss) and normalised. (R2 says beta^(1 - loss)
// with beta = e / (1 - e): that is the same, once normalised.) Trees know nothing of this;
// prediction joins them by votes (model/vote_model.hpp) or by the weighted median
// (predict/weighted_median.hpp). Example:
//   AdaBoost boosting(parallel, table, {y, n_rows, 1}, /*n_classes=*/2, weight, config);
//   while (boosting.model().n_trees() < 50 && boosting.add_tree(parallel)) {}
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "gbengine/base/parallel.hpp"
#include "gbengine/criterion/targets.hpp"
#include "gbengine/data/coded_table.hpp"
#include "gbengine/ensemble/adaboost_config.hpp"
#include "gbengine/ensemble/boosted_weights.hpp"
#include "gbengine/learn/cart_grower.hpp"
#include "gbengine/learn/row_draw.hpp"
#include "gbengine/model/ensemble_model.hpp"

namespace gbengine {

class AdaBoost {
 public:
  /// @param y one output: class codes or numbers. It must outlive this object, and so must table
  /// @param n_classes 0: y are numbers
  /// @param weight n_rows, > 0 and finite, or nullptr
  AdaBoost(const Parallel& parallel, const CodedTable& table, const TargetView& y,
           std::int32_t n_classes, const double* weight, AdaBoostConfig config);

  /// Grows the next tree. False if it is the last: it fits perfectly, or no better than chance;
  /// then it is taken back, unless it is the first of numbers, which stays with a weight of 0.
  /// Throws ValueError if the first tree finds out nothing about classes, or if its weight is
  /// infinite.
  bool add_tree(const Parallel& parallel);

  /// The trees: leaves of class shares or means.
  const EnsembleModel& model() const { return model_; }
  /// Of each tree of the model.
  const std::vector<double>& tree_weights() const { return tree_weights_; }
  const std::vector<double>& tree_errors() const { return tree_errors_; }

 private:
  bool is_classes() const { return config_.loss == RowLoss::kWrongClass; }
  bool draws_all() const { return config_.trees.draw.sampling == Sampling::kAll; }
  /// R2's formulas are those of two classes.
  std::int32_t n_classes() const { return is_classes() ? targets_.n_classes[0] : 2; }
  Tree grow(const Parallel& parallel, int attempt);
  CartRows next_rows(int attempt);
  double log_odds(double error) const;
  bool is_chance(double error) const;
  void weigh_targets();
  void find_leaves(const Parallel& parallel, const CartTree& tree);
  bool judge(const Parallel& parallel, double error);
  void keep(double weight, double error);

  const CodedTable& table_;
  TargetView y_;
  AdaBoostConfig config_;
  BoostedWeights weights_;
  Targets targets_;
  std::optional<RowDraw> draw_;         // if rows are drawn
  std::vector<std::uint32_t> counts_;   // how often each was
  std::unique_ptr<CartGrower> grower_;  // reads targets_
  std::vector<std::int32_t> leaf_;      // of the tree grown last, by row
  std::vector<double> losses_;
  EnsembleModel model_;
  std::vector<double> tree_weights_, tree_errors_;
};

}  // namespace gbengine

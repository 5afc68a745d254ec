// Forest: trees that do not know of each other, joined by their mean.
//
// One tree on all rows is CART (Breiman et al., 1984); trees on bootstrap samples with columns
// drawn for each split are a random forest (Breiman, 2001), with random cuts extra trees (Geurts,
// Ernst, Wehenkel, 2006); rows and columns drawn for each tree are bagging and random subspaces
// (Breiman, 1996; Ho, 1998). With more trees than threads each thread grows its own, otherwise they
// grow one together; the model is the same bits either way, for any order of the rows. Example:
//   Forest forest(parallel, table, {y, n_rows, 1}, {2}, weight, config, /*start=*/nullptr);
//   forest.add_trees(parallel, 100);
//   EnsembleModel model = forest.model();
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "gbengine/base/parallel.hpp"
#include "gbengine/criterion/targets.hpp"
#include "gbengine/data/coded_table.hpp"
#include "gbengine/ensemble/forest_config.hpp"
#include "gbengine/learn/cart_grower.hpp"
#include "gbengine/learn/row_draw.hpp"
#include "gbengine/model/ensemble_model.hpp"

namespace gbengine {

/// The training rows in the leaves of trees, for quantiles: node n holds row[offset[n]] …
/// row[offset[n + 1] - 1]; inner nodes hold none.
struct LeafSamples {
  std::vector<std::int64_t> offset{0};  // n_nodes + 1
  std::vector<std::uint32_t> row;
  std::vector<std::uint32_t> count;  // how often it was drawn
};

class Forest {
 public:
  /// @param y must outlive this object, and so must table and weight
  /// @param n_classes of each output, or empty: y are numbers
  /// @param weight n_rows, > 0, or nullptr. Without sampling, how much a row counts; with it, its
  /// chance of being drawn, and a drawn row then counts as often as it was drawn
  /// @param start a model to continue, of the same shape, or nullptr
  Forest(const Parallel& parallel, const CodedTable& table, const TargetView& y,
         std::vector<std::int32_t> n_classes, const double* weight, ForestConfig config,
         const EnsembleModel* start);
  ~Forest();

  void add_trees(const Parallel& parallel, std::int32_t n_trees);

  const EnsembleModel& model() const { return *model_; }
  /// The model as it is now; trees that are added later are not in it.
  std::shared_ptr<const EnsembleModel> share_model() const { return model_; }
  const CodedTable& table() const { return table_; }
  const TargetView& y() const { return y_; }
  const Targets& targets() const { return targets_; }
  const RowDraw& draw() const { return draw_; }
  std::uint64_t seed() const { return config_.cart.seed; }

  /// Columns that a tree of the model sees, ascending; each once, though it be drawn twice.
  std::vector<std::int32_t> draw_columns(std::uint64_t tree_idx) const;

  /// Sum over the trees added here of the shares of the columns in the tree's decrease of impurity.
  const std::vector<double>& importances() const { return importances_; }
  const LeafSamples& leaf_samples() const { return leaf_samples_; }

 private:
  struct GrownTree;
  class TreeMaker;

  GrownTree make_tree(const Parallel& parallel, TreeMaker& maker, std::int32_t tree_idx) const;
  void append(GrownTree& tree, std::int32_t first, std::int32_t n_added);

  const CodedTable& table_;
  ForestConfig config_;
  TargetView y_;
  RowDraw draw_;
  Targets targets_;
  std::shared_ptr<EnsembleModel> model_;  // copied before it grows if it has been shared
  std::vector<double> importances_;
  LeafSamples leaf_samples_;
  std::vector<std::unique_ptr<TreeMaker>> makers_;  // one a thread, or one for all of them
};

}  // namespace gbengine

// ForestTrainer: forests, single trees and bagging, as the bindings see them. Checks what users can
// get wrong.
//
// Example:
//   auto table = std::make_shared<CodedTable>(parallel, x, weight, max_bins);
//   ForestTrainer trainer(table, {y, n_rows, 1}, {2}, weight, config, n_threads, interrupt,
//   nullptr); trainer.run(100, {}); EnsembleModel model = trainer.model();
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "gbengine/base/parallel.hpp"
#include "gbengine/base/table_view.hpp"
#include "gbengine/data/coded_table.hpp"
#include "gbengine/ensemble/forest.hpp"
#include "gbengine/ensemble/out_of_bag.hpp"
#include "gbengine/learn/pruning.hpp"

namespace gbengine {

/// Gives y back; throws ValueError if it has not as many rows as the table, or a weight is not
/// above 0.
const TargetView& checked_targets(const CodedTable& table, const TargetView& y,
                                  const double* weight);

class ForestTrainer {
 public:
  /// Called after some trees with the number of trees so far; true stops.
  using OnTrees = std::function<bool(std::int32_t)>;

  /// Throws ValueError. y and weight must outlive this object.
  ForestTrainer(std::shared_ptr<const CodedTable> table, const TargetView& y,
                std::vector<std::int32_t> n_classes, const double* weight, ForestConfig config,
                int n_threads, Interrupt interrupt, const EnsembleModel* start);

  /// Adds n_trees, fewer if on_trees stops; returns the number of trees the model now has.
  std::int32_t run(std::int32_t n_trees, const OnTrees& on_trees);

  const EnsembleModel& model() const { return forest_.model(); }
  /// The model as it is now, without a copy; trees that are added later are not in it.
  std::shared_ptr<const EnsembleModel> share_model() const { return forest_.share_model(); }
  const std::vector<double>& importances() const { return forest_.importances(); }
  const LeafSamples& leaf_samples() const { return forest_.leaf_samples(); }

  OutOfBag out_of_bag() const { return gbengine::out_of_bag(parallel_, forest_); }
  std::vector<double> out_of_bag_importances(std::int32_t n_repeats) const;

  /// How often each row was drawn for a tree of the model.
  std::vector<std::int64_t> in_bag_counts(std::int32_t tree) const;

  /// What draw_counts needs to say the same once this object is gone; empty if all rows are taken.
  const std::vector<std::uint32_t>& draw_order() const { return forest_.draw().order(); }

  /// The columns that a tree of the model was grown on, ascending.
  std::vector<std::int64_t> columns_of(std::int32_t tree) const;

 private:
  void need_tree(std::int32_t tree) const;

  std::shared_ptr<const CodedTable> table_;
  Parallel parallel_;
  Forest forest_;
};

/// How often each row was drawn for a tree, from what the trainer that grew it was given.
/// @param order its draw_order()
/// @param weight as many as rows, or nullptr
/// Throws ValueError for what no trainer can have had.
std::vector<std::int64_t> draw_counts(std::vector<std::uint32_t> order, const double* weight,
                                      const DrawConfig& config, std::uint64_t seed,
                                      std::int64_t tree);

/// Of a model with one tree that has its statistics; throws ValueError for others.
PruningPath pruning_path_of(const EnsembleModel& model);

}  // namespace gbengine

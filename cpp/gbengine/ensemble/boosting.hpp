// Boosting: adds trees that follow the loss's gradients, one round at a time.
//
// Raw scores start at the base score, and at the offsets of the rows if the labels have any; those
// are no part of the model. Each round: gradients of all outputs at the current raw scores; for
// each output (or once for all of them, if they share trees) fixed point → n_parallel_trees trees,
// each → leaf values (refitted where the loss asks for it, averaged over the parallel trees) → raw
// scores by the rows of the leaves. The result is bit-identical for every thread count, instruction
// set and row order. Example:
//   Boosting boosting(parallel, {x, nullptr}, labels, config, /*start=*/nullptr);
//   for (int i = 0; i < 100; ++i) boosting.add_round(parallel);
//   EnsembleModel model = boosting.model();
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/base/matrix_view.hpp"
#include "gbengine/base/parallel.hpp"
#include "gbengine/data/binned_matrix.hpp"
#include "gbengine/data/labels.hpp"
#include "gbengine/data/training_table.hpp"
#include "gbengine/ensemble/boosting_config.hpp"
#include "gbengine/learn/grower.hpp"
#include "gbengine/learn/row_sampler.hpp"
#include "gbengine/learn/tree_sums.hpp"
#include "gbengine/metric/metric.hpp"
#include "gbengine/model/ensemble_model.hpp"
#include "gbengine/objective/objective.hpp"
#include "gbengine/predict/binned_walk.hpp"

namespace gbengine {

class Boosting {
 public:
  /// Bins the table if it is not yet; labels' arrays must outlive this object, table.x need not.
  /// @param start a model to continue, with the outputs and link of the objective and whole rounds
  /// of the config's n_parallel_trees; or nullptr
  Boosting(const Parallel& parallel, const TrainingTable& table, const Labels& labels,
           BoostingConfig config, const EnsembleModel* start);

  /// Rows whose scores are kept up to date too; to be called before the first round. The labels'
  /// arrays must outlive this object.
  void set_validation(const Parallel& parallel, const TableView& x, const Labels& labels);

  void add_round(const Parallel& parallel);

  /// Of the rounds to come; above 0 and finite.
  void set_learning_rate(double rate) { config_.learning_rate = rate; }

  std::int32_t n_outputs() const { return model_.n_outputs; }
  std::int32_t n_rounds() const {
    return static_cast<std::int32_t>(model_.n_trees() / trees_per_round());
  }
  const EnsembleModel& model() const { return model_; }

  /// Mean loss at the current scores; of several targets the mean of theirs.
  double train_loss(const Parallel& parallel) const;
  double validation_loss(const Parallel& parallel) const;

  /// Current raw scores, output-major: k * n_rows + i.
  const AlignedBuffer<double>& train_raw() const { return train_.raw; }
  const AlignedBuffer<double>& validation_raw() const { return validation_->raw; }
  bool has_validation() const { return validation_.has_value(); }
  std::int64_t n_validation_rows() const { return validation_->labels.n_rows; }
  std::int64_t n_train_rows() const { return train_.labels.n_rows; }

 private:
  struct Scored {  // rows, their labels and their raw scores under the current model
    std::shared_ptr<const BinnedMatrix> x;
    Labels labels;
    AlignedBuffer<double> raw;
  };

  Scored score_training(const Parallel& parallel, const TrainingTable& table,
                        const Labels& labels) const;
  Scored score(const Parallel& parallel, const TableView& x, const Labels& labels,
               BinnedMatrix bins) const;
  Scored at_start(std::shared_ptr<const BinnedMatrix> x, const Labels& labels) const;
  EnsembleModel start_model(const Parallel& parallel, const Labels& labels,
                            const TrainingTable& table, const EnsembleModel* start) const;
  void check_start(const EnsembleModel& start, const TrainingTable& table) const;
  std::int64_t trees_per_round() const {
    return std::int64_t{config_.n_parallel_trees} * objective_->n_outputs() / leaf_width();
  }
  /// Outputs that a tree adds to.
  std::int32_t leaf_width() const {
    return config_.multi_output == MultiOutput::kShared ? objective_->n_outputs() : 1;
  }
  std::unique_ptr<TreeSums> make_sums() const;
  std::vector<std::uint32_t> sample_places(const Parallel& parallel) const;
  void compute_gradients(const Parallel& parallel);
  void keep_round_start();
  void add_tree(const Parallel& parallel, std::int32_t first_output);
  RowRun sample_root(const Parallel& parallel, std::int64_t tree_idx);
  void set_leaf_values(const Parallel& parallel, GrownTree& grown, std::int32_t first_output) const;
  void refit_leaves(const Parallel& parallel, GrownTree& grown, std::int32_t first_output) const;
  double mean_loss(const Parallel& parallel, const Scored& scored) const;
  void update_scores(const Parallel& parallel, const GrownTree& grown, std::int32_t first_output);

  BoostingConfig config_;
  std::unique_ptr<Objective> objective_;
  std::unique_ptr<Metric> metric_;
  EnsembleModel model_;
  Scored train_;
  std::optional<Scored> validation_;
  FixedWeights weights_;
  AlignedBuffer<FloatPair> pairs_;     // output-major; each output's part turns into GradientPairs
  AlignedBuffer<double> round_start_;  // raw scores; filled only if leaves are refitted by them
  std::unique_ptr<TreeSums> sums_;
  TreeGrower grower_;
  RowSampler sampler_;
};

}  // namespace gbengine

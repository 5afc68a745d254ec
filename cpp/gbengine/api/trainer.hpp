// Trainer: the training half of the core, as the bindings see it. Checks what users can get wrong.
//
// Example:
//   Trainer trainer({x, nullptr}, {y, weight, n}, config, n_threads, interrupt, /*start=*/nullptr);
//   trainer.run(100, {});
//   EnsembleModel model = trainer.model();
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "gbengine/base/parallel.hpp"
#include "gbengine/base/table_view.hpp"
#include "gbengine/data/labels.hpp"
#include "gbengine/data/training_table.hpp"
#include "gbengine/ensemble/boosting.hpp"

namespace gbengine {

class CodedTable;

/// Labels beyond this leave the range in which gradients, kept as float32, are exact enough.
inline constexpr double kMaxLabel = 1e30;

/// The bins of a table that may be shared; throws ValueError if the config wants other ones.
TrainingTable shared_bins(const std::shared_ptr<const CodedTable>& table, int table_max_bins,
                          int max_bins);

class Trainer {
 public:
  /// Called after each round with the number of rounds so far; true stops.
  using OnRound = std::function<bool(std::int32_t)>;

  /// Throws ValueError. The labels' arrays must outlive this object, table.x need not.
  Trainer(const TrainingTable& table, const Labels& labels, const BoostingConfig& config,
          int n_threads, Interrupt interrupt, const EnsembleModel* start);

  void set_validation(const TableView& x, const Labels& labels);

  /// Adds up to n_rounds; returns the number of rounds the model now has.
  std::int32_t run(std::int32_t n_rounds, const OnRound& on_round);

  /// Of the rounds to come, also from within on_round. Throws ValueError.
  void set_learning_rate(double rate);

  std::int32_t n_rounds() const { return boosting_.n_rounds(); }
  double train_loss() const { return boosting_.train_loss(parallel_); }
  double validation_loss() const;
  const EnsembleModel& model() const { return boosting_.model(); }

  /// Raw scores of the current model: out is n_rows x n_outputs, row-major.
  void copy_train_raw(double* out) const;
  void copy_validation_raw(double* out) const;
  std::int64_t n_train_rows() const { return boosting_.n_train_rows(); }
  std::int64_t n_validation_rows() const;
  std::int32_t n_outputs() const { return boosting_.n_outputs(); }

 private:
  Parallel parallel_;
  Boosting boosting_;
};

}  // namespace gbengine

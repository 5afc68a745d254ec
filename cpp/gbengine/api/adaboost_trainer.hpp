// AdaBoostTrainer: AdaBoost as the bindings see it, and what joins its trees. Checks what users can
// get wrong.
//
// Example:
//   AdaBoostTrainer trainer(table, {y, n_rows, 1}, /*n_classes=*/2, weight, config, n_threads,
//   interrupt); trainer.run(50); EnsembleModel votes = vote_model(trainer.model(), 2,
//   trainer.tree_weights());
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "gbengine/api/forest_trainer.hpp"
#include "gbengine/ensemble/adaboost.hpp"
#include "gbengine/model/vote_model.hpp"
#include "gbengine/predict/weighted_median.hpp"

namespace gbengine {

class AdaBoostTrainer {
 public:
  /// Throws ValueError. y must outlive this object.
  AdaBoostTrainer(std::shared_ptr<const CodedTable> table, const TargetView& y,
                  std::int32_t n_classes, const double* weight, AdaBoostConfig config,
                  int n_threads, Interrupt interrupt);

  /// Adds up to n_trees; returns the number of trees. Fewer if boosting has come to its end.
  std::int32_t run(std::int32_t n_trees);

  const EnsembleModel& model() const { return boosting_.model(); }
  const std::vector<double>& tree_weights() const { return boosting_.tree_weights(); }
  const std::vector<double>& tree_errors() const { return boosting_.tree_errors(); }

 private:
  std::shared_ptr<const CodedTable> table_;
  Parallel parallel_;
  AdaBoost boosting_;
};

}  // namespace gbengine

#include "gbengine/api/adaboost_trainer.hpp"

#include <utility>

namespace gbengine {

AdaBoostTrainer::AdaBoostTrainer(std::shared_ptr<const CodedTable> table, const TargetView& y,
                                 std::int32_t n_classes, const double* weight,
                                 AdaBoostConfig config, int n_threads, Interrupt interrupt)
    : table_(std::move(table)),
      parallel_(n_threads, std::move(interrupt)),
      boosting_(parallel_, *table_, checked_targets(*table_, y, weight), n_classes, weight,
                std::move(config)) {}

std::int32_t AdaBoostTrainer::run(std::int32_t n_trees) {
  for (std::int32_t i = 0; i < n_trees; ++i)
    if (!boosting_.add_tree(parallel_)) break;
  return boosting_.model().n_trees();
}

}  // namespace gbengine

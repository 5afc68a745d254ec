#include "gbengine/predict/scalar_walk.hpp"

namespace gbengine {
namespace {

constexpr std::int64_t kRowsOfTask = 256;

class ScalarWalk final : public PredictEngine {
 public:
  explicit ScalarWalk(const EnsembleModel& model) : model_(model) {}

  void add_trees(const Parallel& parallel, const MatrixView& x, std::int32_t tree_begin,
                 std::int32_t tree_end, double* out) const override {
    parallel.for_rows(x.n_rows, kRowsOfTask, [&](std::int64_t begin, std::int64_t end, int) {
      for (std::int64_t row = begin; row < end; ++row)
        for (std::int32_t t = tree_begin; t < tree_end; ++t) add_tree(t, x, row, out);
    });
  }

 private:
  void add_tree(std::int32_t tree, const MatrixView& x, std::int64_t row, double* out) const {
    const auto t = static_cast<std::size_t>(tree);
    const std::int64_t leaf = model_.tree_begin[t] + walk_to_leaf(model_, tree, x, row);
    double* sums = out + row * model_.n_outputs + model_.tree_output[t];
    for (std::int32_t k = 0; k < model_.leaf_width; ++k) sums[k] += model_.value_of(leaf)[k];
  }

  const EnsembleModel& model_;
};

}  // namespace

bool can_run_scalar_walk(const EnsembleModel&) {
  return true;
}

std::unique_ptr<const PredictEngine> make_scalar_walk(const EnsembleModel& model) {
  return std::make_unique<ScalarWalk>(model);
}

}  // namespace gbengine

// Predictor: a validated model made ready to predict; immutable, shared by any number of threads.
//
// Picks engines at construction (each says whether it can run a model, and from how many rows on it
// is the best); all give the bits of the scalar walk. An engine makes its tables when it is first
// asked, so that a model which nobody predicts with costs its arrays alone. A table of another
// width than the model's is a ValueError. A sparse table is shown to them in dense blocks
// (dense_blocks.hpp). Example:
//   Predictor predictor(model);
//   predictor.raw_scores(parallel, x, out);
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "gbengine/base/parallel.hpp"
#include "gbengine/base/table_view.hpp"
#include "gbengine/model/ensemble_model.hpp"

namespace gbengine {

class PredictEngine;
class WalkEngine;

class Predictor {
 public:
  /// Validates.
  explicit Predictor(std::shared_ptr<const EnsembleModel> model);
  explicit Predictor(EnsembleModel model)
      : Predictor(std::make_shared<const EnsembleModel>(std::move(model))) {}
  ~Predictor();
  Predictor(const Predictor&) = delete;  // engines refer to model_
  Predictor& operator=(const Predictor&) = delete;

  const EnsembleModel& model() const { return model_; }

  /// Adds the values of the trees [tree_begin, tree_end) in order to out (n_rows x n_outputs,
  /// row-major), which the caller has filled: with base_score, or with the scores of the trees
  /// before. Adding is all that it does, for kMean too.
  void add_trees(const Parallel& parallel, const TableView& x, std::int32_t tree_begin,
                 std::int32_t tree_end, double* out) const;

  /// base_score and the trees [tree_begin, tree_end), joined as the model says; out is
  /// n_rows x n_outputs.
  void raw_scores(const Parallel& parallel, const TableView& x, std::int32_t tree_begin,
                  std::int32_t tree_end, double* out) const;
  void raw_scores(const Parallel& parallel, const TableView& x, double* out) const {
    raw_scores(parallel, x, 0, model_.n_trees(), out);
  }

  /// raw_scores through the link: n_rows x n_outputs, or n_rows x 2 for Link::kLogit.
  void response(const Parallel& parallel, const TableView& x, double* out) const;

  /// What response gives, from raw scores already computed. out may be raw itself, but not for
  /// Link::kLogit.
  void apply_link(const Parallel& parallel, const double* raw, std::int64_t n_rows,
                  double* out) const;

  /// Index, within its tree, of the leaf each row reaches: n_rows x n_trees.
  void apply(const Parallel& parallel, const TableView& x, std::int32_t* out) const;

  /// The values of those leaves: n_rows x n_trees x leaf_width.
  void tree_values(const Parallel& parallel, const TableView& x, double* out) const;

 private:
  struct RankedEngine {
    std::int64_t min_rows;
    std::unique_ptr<const PredictEngine> engine;
  };

  const PredictEngine& engine_for(std::int64_t n_rows) const;
  void tree_values_of(const Parallel& parallel, const MatrixView& x, double* out) const;

  std::shared_ptr<const EnsembleModel> owner_;
  const EnsembleModel& model_;
  std::vector<RankedEngine> engines_;       // best first, each for as many rows as it says
  std::unique_ptr<const WalkEngine> walk_;  // for fewer rows, and for leaves
};

}  // namespace gbengine

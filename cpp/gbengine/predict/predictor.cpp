#include "gbengine/predict/predictor.hpp"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/base/error.hpp"
#include "gbengine/predict/link_response.hpp"
#include "gbengine/predict/predict_engine.hpp"
#include "gbengine/predict/scalar_walk.hpp"

namespace gbengine {
namespace {

/// Rows times trees that are worth a thread of their own in apply.
constexpr std::int64_t kTaskLeaves = 1 << 12;

EnsembleModel validated(EnsembleModel model) {
  validate(model);
  return model;
}

void check_columns(const EnsembleModel& model, const MatrixView& x) {
  if (x.n_cols != model.n_features)
    throw ValueError("X has " + std::to_string(x.n_cols) + " columns, but the model has " +
                     std::to_string(model.n_features) + " features");
}

}  // namespace

Predictor::Predictor(EnsembleModel model) : model_(validated(std::move(model))) {
  for (const PredictEngineKind& kind : predict_engine_kinds()) {
    if (!kind.can_run(model_)) continue;
    engines_.push_back({kind.min_rows, kind.make(model_)});
    if (kind.min_rows <= 1) break;
  }
}

Predictor::~Predictor() = default;

const PredictEngine& Predictor::engine_for(std::int64_t n_rows) const {
  std::size_t i = 0;
  while (i + 1 < engines_.size() && n_rows < engines_[i].min_rows) ++i;
  return *engines_[i].engine;
}

void Predictor::add_trees(const Parallel& parallel, const MatrixView& x, std::int32_t tree_begin,
                          std::int32_t tree_end, double* out) const {
  assert(0 <= tree_begin && tree_begin <= tree_end && tree_end <= model_.n_trees());
  check_columns(model_, x);
  engine_for(x.n_rows).add_trees(parallel, x, tree_begin, tree_end, out);
}

void Predictor::raw_scores(const Parallel& parallel, const MatrixView& x, double* out) const {
  check_columns(model_, x);
  const std::size_t n_outputs = model_.base_score.size();
  for (std::int64_t row = 0; row < x.n_rows; ++row)
    std::copy_n(model_.base_score.begin(), n_outputs, out + row * model_.n_outputs);
  engine_for(x.n_rows).add_trees(parallel, x, 0, model_.n_trees(), out);
}

void Predictor::response(const Parallel& parallel, const MatrixView& x, double* out) const {
  if (model_.link != Link::kLogit) {
    raw_scores(parallel, x, out);
    apply_link(parallel, out, x.n_rows, out);
    return;
  }
  AlignedBuffer<double> raw(static_cast<std::size_t>(x.n_rows));
  raw_scores(parallel, x, raw.data());
  apply_link(parallel, raw.data(), x.n_rows, out);
}

void Predictor::apply_link(const Parallel& parallel, const double* raw, std::int64_t n_rows,
                           double* out) const {
  link_response(model_.link, parallel, raw, n_rows, model_.n_outputs, out);
}

void Predictor::apply(const Parallel& parallel, const MatrixView& x, std::int32_t* out) const {
  check_columns(model_, x);
  const std::int64_t n_trees = model_.n_trees();
  const std::int64_t grain = kTaskLeaves / std::max<std::int64_t>(n_trees, 1) + 1;
  parallel.for_rows(x.n_rows, grain, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t row = begin; row < end; ++row)
      for (std::int32_t t = 0; t < n_trees; ++t)
        out[row * n_trees + t] = walk_to_leaf(model_, t, x, row);
  });
}

}  // namespace gbengine

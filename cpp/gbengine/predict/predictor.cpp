#include "gbengine/predict/predictor.hpp"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/base/error.hpp"
#include "gbengine/predict/dense_blocks.hpp"
#include "gbengine/predict/link_response.hpp"
#include "gbengine/predict/packed_walk.hpp"
#include "gbengine/predict/predict_engine.hpp"

namespace gbengine {
namespace {

/// Scores to divide, or values to fetch, that are worth a thread of their own.
constexpr std::int64_t kTaskScores = 1 << 15;
constexpr std::int64_t kTaskValues = 1 << 13;
/// Rows whose leaves are known at a time: tree_values' own memory is small beside what it gives.
constexpr std::int64_t kLeafRows = 1 << 14;

std::shared_ptr<const EnsembleModel> validated(std::shared_ptr<const EnsembleModel> model) {
  validate(*model);
  return model;
}

void check_columns(const EnsembleModel& model, const TableView& x) {
  if (x.n_cols() != model.n_features)
    throw ValueError("X has " + std::to_string(x.n_cols()) + " columns, but the model has " +
                     std::to_string(model.n_features) + " features");
}

/// out = base_score + out / n_trees, for each row.
void finish_mean(const Parallel& parallel, const EnsembleModel& model, std::int32_t n_trees,
                 std::int64_t n_rows, double* out) {
  const std::int64_t n_outputs = model.n_outputs;
  parallel.for_rows(n_rows, kTaskScores / n_outputs + 1,
                    [&](std::int64_t begin, std::int64_t end, int) {
                      for (std::int64_t row = begin; row < end; ++row)
                        for (std::int64_t k = 0; k < n_outputs; ++k) {
                          double& score = out[row * n_outputs + k];
                          score = model.base_score[static_cast<std::size_t>(k)] + score / n_trees;
                        }
                    });
}

}  // namespace

Predictor::Predictor(std::shared_ptr<const EnsembleModel> model)
    : owner_(validated(std::move(model))), model_(*owner_), walk_(make_packed_walk(model_)) {
  for (const PredictEngineKind& kind : predict_engine_kinds()) {
    if (kind.min_rows <= 1) break;  // from here on walks, of which we have the best
    if (kind.can_run(model_)) engines_.push_back({kind.min_rows, kind.make(model_)});
  }
}

Predictor::~Predictor() = default;

const PredictEngine& Predictor::engine_for(std::int64_t n_rows) const {
  for (const RankedEngine& ranked : engines_)
    if (n_rows >= ranked.min_rows) return *ranked.engine;
  return *walk_;
}

void Predictor::add_trees(const Parallel& parallel, const TableView& x, std::int32_t tree_begin,
                          std::int32_t tree_end, double* out) const {
  assert(0 <= tree_begin && tree_begin <= tree_end && tree_end <= model_.n_trees());
  check_columns(model_, x);
  if (x.n_rows() == 0 || tree_begin == tree_end) return;
  if (!x.is_sparse())
    return engine_for(x.n_rows()).add_trees(parallel, x.dense(), tree_begin, tree_end, out);
  for_dense_blocks(
      parallel, x.sparse(), [&](const Parallel& one, const MatrixView& rows, std::int64_t first) {
        engine_for(rows.n_rows)
            .add_trees(one, rows, tree_begin, tree_end, out + first * model_.n_outputs);
      });
}

void Predictor::raw_scores(const Parallel& parallel, const TableView& x, std::int32_t tree_begin,
                           std::int32_t tree_end, double* out) const {
  const bool is_mean = model_.aggregation == Aggregation::kMean && tree_begin < tree_end;
  const std::size_t n_outputs = model_.base_score.size();
  if (is_mean)
    std::fill_n(out, x.n_rows() * model_.n_outputs, 0.0);
  else
    for (std::int64_t row = 0; row < x.n_rows(); ++row)
      std::copy_n(model_.base_score.begin(), n_outputs, out + row * model_.n_outputs);
  add_trees(parallel, x, tree_begin, tree_end, out);
  if (is_mean) finish_mean(parallel, model_, tree_end - tree_begin, x.n_rows(), out);
}

void Predictor::response(const Parallel& parallel, const TableView& x, double* out) const {
  if (model_.link != Link::kLogit) {
    raw_scores(parallel, x, out);
    apply_link(parallel, out, x.n_rows(), out);
    return;
  }
  AlignedBuffer<double> raw(static_cast<std::size_t>(x.n_rows()));
  raw_scores(parallel, x, raw.data());
  apply_link(parallel, raw.data(), x.n_rows(), out);
}

void Predictor::apply_link(const Parallel& parallel, const double* raw, std::int64_t n_rows,
                           double* out) const {
  link_response(model_.link, parallel, raw, n_rows, model_.n_outputs, out);
}

void Predictor::apply(const Parallel& parallel, const TableView& x, std::int32_t* out) const {
  check_columns(model_, x);
  if (x.n_rows() == 0 || model_.n_trees() == 0) return;
  if (!x.is_sparse()) return walk_->find_leaves(parallel, x.dense(), out);
  for_dense_blocks(parallel, x.sparse(),
                   [&](const Parallel& one, const MatrixView& rows, std::int64_t first) {
                     walk_->find_leaves(one, rows, out + first * model_.n_trees());
                   });
}

void Predictor::tree_values(const Parallel& parallel, const TableView& x, double* out) const {
  check_columns(model_, x);
  const std::int64_t n_values = std::int64_t{model_.n_trees()} * model_.leaf_width;
  if (!x.is_sparse()) return tree_values_of(parallel, x.dense(), out);
  for_dense_blocks(parallel, x.sparse(),
                   [&](const Parallel& one, const MatrixView& rows, std::int64_t first) {
                     tree_values_of(one, rows, out + first * n_values);
                   });
}

void Predictor::tree_values_of(const Parallel& parallel, const MatrixView& x, double* out) const {
  const std::int64_t n_trees = model_.n_trees(), width = model_.leaf_width;
  std::vector<std::int32_t> leaves;
  for (std::int64_t first = 0; first < x.n_rows && n_trees > 0; first += kLeafRows) {
    const MatrixView rows = x.rows(first, std::min(first + kLeafRows, x.n_rows));
    leaves.resize(static_cast<std::size_t>(rows.n_rows * n_trees));
    walk_->find_leaves(parallel, rows, leaves.data());
    double* to = out + first * n_trees * width;
    parallel.for_rows(
        rows.n_rows, kTaskValues / n_trees + 1, [&](std::int64_t begin, std::int64_t end, int) {
          for (std::int64_t i = begin * n_trees; i < end * n_trees; ++i) {
            const std::int64_t root = model_.tree_begin[static_cast<std::size_t>(i % n_trees)];
            const std::int64_t leaf = root + leaves[static_cast<std::size_t>(i)];
            std::copy_n(model_.value_of(leaf), width, to + i * width);
          }
        });
  }
}

}  // namespace gbengine

#include "gbengine/ensemble/boosting.hpp"

#include <algorithm>
#include <utility>

#include "gbengine/base/error.hpp"
#include "gbengine/data/quantile_cuts.hpp"
#include "gbengine/kernel/kernels.hpp"
#include "gbengine/metric/registry.hpp"
#include "gbengine/objective/registry.hpp"
#include "gbengine/predict/predictor.hpp"

namespace gbengine {
namespace {

constexpr std::int64_t kGradientGrain = 1 << 14;
constexpr std::int64_t kScoreGrain = 1 << 15;
constexpr std::int64_t kRefitNanoseconds = 12;  // a row

/// A stretch of a leaf's rows, small enough to share the work.
struct LeafPiece {
  const std::uint32_t* rows;  // nullptr: rows 0 … n - 1
  std::int64_t n;
  double value;
};

}  // namespace

Boosting::Boosting(const Parallel& parallel, const MatrixView& x, const Labels& labels,
                   BoostingConfig config, const EnsembleModel* start)
    : config_((check_config(config), std::move(config))),
      objective_(make_objective(config_.objective, config_.objective_params)),
      metric_(make_metric(find_objective(config_.objective).metric, config_.objective_params)),
      model_((objective_->check_labels(labels), start_model(parallel, labels, x.n_cols, start))),
      train_(score(parallel, x, labels,
                   make_bin_mappers(parallel, x, labels.weight, config_.max_bins))),
      weights_(parallel, labels),
      pairs_(static_cast<std::size_t>(labels.n_rows * model_.n_outputs)),
      grower_(train_.x, config_.grower, weights_),
      sampler_(config_.grower.seed, config_.subsample, labels.n_rows) {}

EnsembleModel Boosting::start_model(const Parallel& parallel, const Labels& labels,
                                    std::int32_t n_features, const EnsembleModel* start) const {
  const std::int32_t n_outputs = objective_->n_outputs();
  if (start != nullptr) {
    if (start->n_features != n_features || start->n_outputs != n_outputs ||
        start->link != objective_->link() || start->n_trees() % n_outputs != 0)
      throw ValueError("the model to continue has " + std::to_string(start->n_features) +
                       " features and " + std::to_string(start->n_outputs) +
                       " outputs; the data and loss need " + std::to_string(n_features) + " and " +
                       std::to_string(n_outputs));
    return *start;
  }
  EnsembleModel model;
  model.n_features = n_features;
  model.n_outputs = n_outputs;
  model.link = objective_->link();
  model.base_score.resize(static_cast<std::size_t>(n_outputs));
  objective_->base_score(parallel, labels, model.base_score.data());
  return model;
}

Boosting::Scored Boosting::score(const Parallel& parallel, const MatrixView& x,
                                 const Labels& labels, std::vector<BinMapper> mappers) const {
  Scored scored{bin_matrix(parallel, x, std::move(mappers)), labels,
                AlignedBuffer<double>(static_cast<std::size_t>(labels.n_rows * model_.n_outputs))};
  const std::int64_t n = labels.n_rows;
  if (model_.n_trees() == 0) {
    for (std::int32_t k = 0; k < model_.n_outputs; ++k)
      std::fill_n(scored.raw.data() + k * n, n, model_.base_score[static_cast<std::size_t>(k)]);
    return scored;
  }
  std::vector<double> by_row(scored.raw.size());
  Predictor(model_).raw_scores(parallel, x, by_row.data());
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int32_t k = 0; k < model_.n_outputs; ++k)
      scored.raw[static_cast<std::size_t>(k * n + i)] =
          by_row[static_cast<std::size_t>(i * model_.n_outputs + k)];
  return scored;
}

void Boosting::set_validation(const Parallel& parallel, const MatrixView& x, const Labels& labels) {
  if (x.n_cols != train_.x.n_features)
    throw ValueError("X_val has " + std::to_string(x.n_cols) + " columns; X has " +
                     std::to_string(train_.x.n_features));
  objective_->check_labels(labels);
  validation_ = score(parallel, x, labels, train_.x.mappers);
}

void Boosting::add_round(const Parallel& parallel) {
  const std::int64_t n = train_.labels.n_rows;
  const bool hess_counts = objective_->is_const_hessian() && weights_.is_whole();
  compute_gradients(parallel);
  for (std::int32_t k = 0; k < model_.n_outputs; ++k) {
    void* pairs = pairs_.data() + k * n;
    const FixedPoint fixed = quantise(parallel, weights_, pairs, n, objective_->is_const_hessian(),
                                      weights_.cell_width());
    const std::int64_t tree_idx = model_.n_trees();
    GrownTree grown = grower_.grow(parallel, static_cast<const GradientPair*>(pairs), fixed,
                                   hess_counts, sample_root(parallel, tree_idx), tree_idx);
    set_leaf_values(parallel, grown);
    update_scores(parallel, grown, k);
    model_.append(grown.tree, k);
  }
}

void Boosting::compute_gradients(const Parallel& parallel) {
  objective_->begin_round(parallel, train_.labels, train_.raw.data());
  parallel.for_rows(
      train_.labels.n_rows, kGradientGrain, [&](std::int64_t begin, std::int64_t end, int) {
        objective_->gradients(train_.labels, train_.raw.data(), begin, end, pairs_.data());
      });
}

RowRun Boosting::sample_root(const Parallel& parallel, std::int64_t tree_idx) {
  if (sampler_.draws_all()) return grower_.partition().start_all();
  return grower_.partition().start_sampled(
      [&](std::uint32_t* drawn) { return sampler_.draw(parallel, tree_idx, drawn); });
}

/// Values after refitting and shrinkage.
void Boosting::set_leaf_values(const Parallel& parallel, GrownTree& grown) const {
  std::vector<double>& value = grown.tree.value;
  if (objective_->refits_leaves()) {
    const RowPartition& partition = grower_.partition();
    const Parallel threads = parallel.worth(train_.labels.n_rows * kRefitNanoseconds);
    threads.for_each(static_cast<std::int64_t>(grown.leaves.size()), [&](std::int64_t i, int) {
      const GrownLeaf& leaf = grown.leaves[static_cast<std::size_t>(i)];
      const auto n = static_cast<std::size_t>(leaf.rows.size);
      std::vector<std::uint32_t> all;
      const std::uint32_t* rows = partition.rows(leaf.rows);
      if (rows == nullptr) {
        all.resize(n);
        for (std::size_t row = 0; row < n; ++row) all[row] = static_cast<std::uint32_t>(row);
        rows = all.data();
      }
      if (n > 0)
        value[static_cast<std::size_t>(leaf.node_idx)] =
            objective_->leaf_value(train_.labels, train_.raw.data(), {rows, n});
    });
  }
  for (double& v : value) v *= config_.learning_rate;
}

void Boosting::update_scores(const Parallel& parallel, const GrownTree& grown,
                             std::int32_t output) {
  std::vector<LeafPiece> pieces;
  for (const GrownLeaf& leaf : grown.leaves) {
    const std::uint32_t* rows = grower_.partition().rows(leaf.rows);
    const double value = grown.tree.value[static_cast<std::size_t>(leaf.node_idx)];
    const std::int64_t grain =
        rows == nullptr ? std::max<std::int64_t>(leaf.rows.size, 1) : kScoreGrain;
    for (std::int64_t at = 0; at < leaf.rows.size; at += grain)
      pieces.push_back(
          {rows == nullptr ? nullptr : rows + at, std::min(grain, leaf.rows.size - at), value});
  }
  double* raw = train_.raw.data() + output * train_.labels.n_rows;
  const auto add_piece = [&](std::int64_t i, int) {
    const LeafPiece& piece = pieces[static_cast<std::size_t>(i)];
    if (piece.rows != nullptr) {
      kernels().partition.add_to_rows(raw, piece.rows, piece.n, piece.value);
    } else {
      for (std::int64_t row = 0; row < piece.n; ++row) raw[row] += piece.value;
    }
  };
  parallel.worth(train_.labels.n_rows)
      .for_each(static_cast<std::int64_t>(pieces.size()), add_piece);
  const auto left_out = sampler_.left_out();
  if (left_out.empty() && !validation_) return;
  const Tree& t = grown.tree;
  const BinnedTree walk{t.feature,           t.left_child,        t.right_child,
                        grown.bin_threshold, t.missing_goes_left, t.value};
  if (!left_out.empty()) add_tree_binned(parallel, walk, train_.x, left_out, raw);
  if (validation_)
    add_tree_binned(parallel, walk, validation_->x, {},
                    validation_->raw.data() + output * validation_->labels.n_rows);
}

double Boosting::train_loss(const Parallel& parallel) const {
  return metric_->evaluate(parallel, train_.labels, train_.raw.data());
}

double Boosting::validation_loss(const Parallel& parallel) const {
  return metric_->evaluate(parallel, validation_->labels, validation_->raw.data());
}

}  // namespace gbengine

#include "gbengine/ensemble/boosting.hpp"

#include <algorithm>
#include <utility>

#include "gbengine/base/error.hpp"
#include "gbengine/data/bin_table.hpp"
#include "gbengine/data/category_codes.hpp"
#include "gbengine/data/row_order.hpp"
#include "gbengine/kernel/kernels.hpp"
#include "gbengine/learn/pair_sums.hpp"
#include "gbengine/learn/sparse_sums.hpp"
#include "gbengine/learn/vector_sums.hpp"
#include "gbengine/metric/registry.hpp"
#include "gbengine/objective/registry.hpp"
#include "gbengine/objective/separate_outputs.hpp"
#include "gbengine/predict/predictor.hpp"
#include "gbengine/predict/tree_on_bins.hpp"

namespace gbengine {
namespace {

constexpr std::int64_t kGradientGrain = 1 << 14;
constexpr std::int64_t kScoreGrain = 1 << 15;
constexpr std::int64_t kRefitNanoseconds = 12;  // a row

/// A stretch of a leaf's rows, small enough to share the work.
struct LeafPiece {
  const std::uint32_t* rows;  // nullptr: rows 0 … n - 1
  std::int64_t n;
  const double* values;  // one for each output of the tree
};

/// By column, 0 for numbers; empty if all are. Only a table in bins knows categories.
std::vector<std::int32_t> categories_of(const TrainingTable& table) {
  std::vector<std::int32_t> n_categories;
  bool is_any = false;
  for (std::int32_t f = 0; table.bins && f < table.n_features(); ++f) {
    const BinMapper& mapper = table.bins->mappers[static_cast<std::size_t>(f)];
    n_categories.push_back(mapper.n_categories);
    is_any |= mapper.is_categorical();
  }
  if (!is_any) n_categories.clear();
  return n_categories;
}

/// Throws ValueError if a column of categories holds anything but their codes: its bin and its
/// value could lead to different leaves.
void check_categories(const TableView& x, const std::vector<BinMapper>& mappers) {
  for (std::int32_t f = 0; f < x.n_cols(); ++f) {
    const BinMapper& mapper = mappers[static_cast<std::size_t>(f)];
    if (!mapper.is_categorical()) continue;
    if (x.is_sparse()) throw ValueError("X_val is sparse, but X has columns of categories");
    category_mapper(x.dense(), f, mapper.n_categories, mapper.n_bins());
  }
}

/// Adds a tree's values to the raw scores of its outputs, which are those from `raw` on.
void add_to_scores(const Parallel& parallel, BinnedTree& walk, const std::vector<double>& values,
                   const BinnedMatrix& x, std::span<const std::uint32_t> rows, double* raw) {
  const std::size_t n_nodes = walk.feature.size(), width = values.size() / n_nodes;
  walk.value.resize(n_nodes);
  for (std::size_t k = 0; k < width; ++k) {
    for (std::size_t node = 0; node < n_nodes; ++node) walk.value[node] = values[node * width + k];
    add_tree_binned(parallel, walk, x, rows, raw + static_cast<std::int64_t>(k) * x.n_rows);
  }
}

std::unique_ptr<Objective> objective_for(const BoostingConfig& config, const Labels& labels) {
  if (labels.n_targets == 1) return make_objective(config.objective, config.objective_params);
  return make_separate_outputs(config.objective, config.objective_params, labels.n_targets);
}

/// What an output is trained on: its own target of several, else the only one.
Labels labels_of_output(const Labels& labels, std::int32_t output) {
  return labels.n_targets == 1 ? labels : target_of(labels, output);
}

}  // namespace

Boosting::Boosting(const Parallel& parallel, const TrainingTable& table, const Labels& labels,
                   BoostingConfig config, const EnsembleModel* start)
    : config_((check_config(config), std::move(config))),
      objective_(objective_for(config_, labels)),
      metric_(make_metric(find_objective(config_.objective).metric, config_.objective_params)),
      model_((objective_->check_labels(labels), start_model(parallel, labels, table, start))),
      train_(score_training(parallel, table, labels)),
      weights_(parallel, labels),
      pairs_(static_cast<std::size_t>(labels.n_rows * model_.n_outputs)),
      sums_(make_sums()),
      grower_(*train_.x, config_.grower, weights_, *sums_),
      sampler_(config_.grower.seed, config_.subsample, sample_places(parallel)) {}

/// By what rows hold, so that the order of the table does not change what is drawn.
std::vector<std::uint32_t> Boosting::sample_places(const Parallel& parallel) const {
  if (config_.subsample >= 1.0) return {};
  const Labels& labels = train_.labels;
  std::vector<const double*> columns;
  for (std::int32_t k = 0; k < labels.n_targets; ++k)
    columns.push_back(labels.y + k * labels.n_rows);
  if (labels.weight != nullptr) columns.push_back(labels.weight);
  for (std::int32_t k = 0; labels.offset != nullptr && k < model_.n_outputs; ++k)
    columns.push_back(labels.offset + k * labels.n_rows);
  return places_of(row_order(row_hashes(parallel, *train_.x), columns));
}

std::unique_ptr<TreeSums> Boosting::make_sums() const {
  const bool is_const_hessian = objective_->is_const_hessian();
  if (config_.multi_output == MultiOutput::kSeparate) {
    if (train_.x->sparse)
      return std::make_unique<SparseSums>(*train_.x, config_.grower, weights_, is_const_hessian);
    return std::make_unique<PairSums>(*train_.x, config_.grower, weights_, is_const_hessian);
  }
  if (objective_->n_outputs() < 2)
    throw ValueError("multi_output is shared; with one output it must be separate");
  return std::make_unique<VectorSums>(*train_.x, config_.grower, weights_, leaf_width(),
                                      is_const_hessian);
}

EnsembleModel Boosting::start_model(const Parallel& parallel, const Labels& labels,
                                    const TrainingTable& table, const EnsembleModel* start) const {
  if (start != nullptr) {
    check_start(*start, table);
    return *start;
  }
  const std::int32_t n_outputs = objective_->n_outputs();
  EnsembleModel model;
  model.n_features = table.n_features();
  model.n_categories = categories_of(table);
  model.n_outputs = n_outputs;
  model.leaf_width = leaf_width();
  model.link = objective_->link();
  model.base_score = config_.base_score;
  if (model.base_score.empty()) {
    model.base_score.resize(static_cast<std::size_t>(n_outputs));
    objective_->base_score(parallel, labels, model.base_score.data());
  }
  if (model.base_score.size() != static_cast<std::size_t>(n_outputs))
    throw ValueError("base_score has " + std::to_string(model.base_score.size()) +
                     " values; the loss has " + std::to_string(n_outputs) + " outputs");
  return model;
}

void Boosting::check_start(const EnsembleModel& start, const TrainingTable& table) const {
  const std::int32_t n_features = table.n_features();
  const std::int32_t n_outputs = objective_->n_outputs();
  if (start.n_features != n_features || start.n_outputs != n_outputs ||
      start.link != objective_->link())
    throw ValueError("the model to continue has " + std::to_string(start.n_features) +
                     " features and " + std::to_string(start.n_outputs) +
                     " outputs; the data and loss need " + std::to_string(n_features) + " and " +
                     std::to_string(n_outputs));
  const std::vector<std::int32_t> n_categories = categories_of(table);
  for (std::int32_t f = 0; f < n_features; ++f) {
    const std::int32_t of_model = n_categories_of(start.n_categories, f);
    const std::int32_t of_table = n_categories_of(n_categories, f);
    if (of_model != of_table)
      throw ValueError("the model to continue has " + std::to_string(of_model) +
                       " categories in column " + std::to_string(f) + " and the table " +
                       std::to_string(of_table) + " (0: a column of numbers); they must agree");
  }
  if (start.aggregation != Aggregation::kSum || start.leaf_width != leaf_width())
    throw ValueError("the model to continue is no boosted one: its aggregation is " +
                     std::string(aggregation_name(start.aggregation)) + " and its leaf_width " +
                     std::to_string(start.leaf_width) + "; with this multi_output they must be " +
                     "sum and " + std::to_string(leaf_width()));
  const std::int32_t n_in_turn = n_outputs / leaf_width();
  bool is_in_rounds = start.n_trees() % trees_per_round() == 0;
  for (std::int32_t t = 0; t < start.n_trees(); ++t)
    is_in_rounds &=
        start.tree_output[static_cast<std::size_t>(t)] == t / config_.n_parallel_trees % n_in_turn;
  if (!is_in_rounds)
    throw ValueError("the model to continue has " + std::to_string(start.n_trees()) +
                     " trees, which are not rounds of " + std::to_string(n_in_turn) +
                     " in turn with n_parallel_trees = " +
                     std::to_string(config_.n_parallel_trees) + " trees each");
}

Boosting::Scored Boosting::at_start(std::shared_ptr<const BinnedMatrix> x,
                                    const Labels& labels) const {
  const std::int64_t n = labels.n_rows;
  Scored scored{std::move(x), labels,
                AlignedBuffer<double>(static_cast<std::size_t>(n * model_.n_outputs))};
  for (std::int32_t k = 0; k < model_.n_outputs; ++k)
    std::fill_n(scored.raw.data() + k * n, n, model_.base_score[static_cast<std::size_t>(k)]);
  if (labels.offset != nullptr)
    for (std::size_t i = 0; i < scored.raw.size(); ++i) scored.raw[i] += labels.offset[i];
  return scored;
}

Boosting::Scored Boosting::score_training(const Parallel& parallel, const TrainingTable& table,
                                          const Labels& labels) const {
  if (!table.bins)
    return score(parallel, table.x, labels,
                 bin_table(parallel, table.x, labels.weight, config_.max_bins, {},
                           leaf_width() == 1 ? CodeForm::kSmallest : CodeForm::kDense));
  Scored scored = at_start(table.bins, labels);
  for (std::int32_t t = 0; t < model_.n_trees(); ++t) {
    BinnedTree walk = tree_on_bins(model_, t, *table.bins);
    const std::vector<double> values = std::move(walk.value);
    add_to_scores(
        parallel, walk, values, *table.bins, {},
        scored.raw.data() + model_.tree_output[static_cast<std::size_t>(t)] * labels.n_rows);
  }
  return scored;
}

Boosting::Scored Boosting::score(const Parallel& parallel, const TableView& x, const Labels& labels,
                                 BinnedMatrix bins) const {
  Scored scored = at_start(std::make_shared<const BinnedMatrix>(std::move(bins)), labels);
  if (model_.n_trees() == 0) return scored;
  // The trees are added to the start one by one, as they were in training.
  const std::int64_t n = labels.n_rows;
  std::vector<double> by_row(scored.raw.size());
  const auto for_both = [&](auto&& move) {
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int32_t k = 0; k < model_.n_outputs; ++k)
        move(by_row[static_cast<std::size_t>(i * model_.n_outputs + k)],
             scored.raw[static_cast<std::size_t>(k * n + i)]);
  };
  for_both([](double& of_row, double& of_output) { of_row = of_output; });
  Predictor(model_).add_trees(parallel, x, 0, model_.n_trees(), by_row.data());
  for_both([](double& of_row, double& of_output) { of_output = of_row; });
  return scored;
}

void Boosting::set_validation(const Parallel& parallel, const TableView& x, const Labels& labels) {
  if (x.n_cols() != train_.x->n_features)
    throw ValueError("X_val has " + std::to_string(x.n_cols()) + " columns; X has " +
                     std::to_string(train_.x->n_features));
  if (labels.n_targets != train_.labels.n_targets)
    throw ValueError("y_val has " + std::to_string(labels.n_targets) + " targets; y has " +
                     std::to_string(train_.labels.n_targets));
  objective_->check_labels(labels);
  check_categories(x, train_.x->mappers);
  validation_ = score(parallel, x, labels, bin_rows(parallel, x, train_.x->mappers));
}

void Boosting::add_round(const Parallel& parallel) {
  compute_gradients(parallel);
  keep_round_start();
  for (std::int32_t first = 0; first < model_.n_outputs; first += leaf_width()) {
    sums_->take_gradients(parallel, pairs_.data() + first * train_.labels.n_rows);
    for (std::int32_t i = 0; i < config_.n_parallel_trees; ++i) add_tree(parallel, first);
  }
}

/// A tree moves the raw scores at once, but parallel trees' leaves are refitted by those before it.
void Boosting::keep_round_start() {
  if (!objective_->refits_leaves() || config_.n_parallel_trees == 1) return;
  if (round_start_.size() == 0) round_start_ = AlignedBuffer<double>(train_.raw.size());
  std::copy(train_.raw.begin(), train_.raw.end(), round_start_.begin());
}

void Boosting::add_tree(const Parallel& parallel, std::int32_t first_output) {
  const std::int64_t tree_idx = model_.n_trees();
  GrownTree grown = grower_.grow(parallel, sample_root(parallel, tree_idx), tree_idx);
  set_leaf_values(parallel, grown, first_output);
  update_scores(parallel, grown, first_output);
  model_.append(grown.tree, first_output);
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

/// Values after refitting, shrinkage and averaging.
void Boosting::set_leaf_values(const Parallel& parallel, GrownTree& grown,
                               std::int32_t first_output) const {
  if (objective_->refits_leaves()) refit_leaves(parallel, grown, first_output);
  const double factor = config_.learning_rate / config_.n_parallel_trees;
  for (double& v : grown.tree.value) v *= factor;
}

/// By the loss of each output, from the scores at the round's beginning.
void Boosting::refit_leaves(const Parallel& parallel, GrownTree& grown,
                            std::int32_t first_output) const {
  const RowPartition& partition = grower_.partition();
  const std::int64_t n_rows = train_.labels.n_rows, width = leaf_width();
  const double* start = round_start_.size() > 0 ? round_start_.data() : train_.raw.data();
  const auto n_leaves = static_cast<std::int64_t>(grown.leaves.size());
  const Parallel threads = parallel.worth(n_rows * width * kRefitNanoseconds);
  threads.for_each(n_leaves * width, [&](std::int64_t i, int) {
    const GrownLeaf& leaf = grown.leaves[static_cast<std::size_t>(i / width)];
    const auto n = static_cast<std::size_t>(leaf.rows.size);
    std::vector<std::uint32_t> all;
    const std::uint32_t* rows = partition.rows(leaf.rows);
    if (rows == nullptr) {
      all.resize(n);
      for (std::size_t row = 0; row < n; ++row) all[row] = static_cast<std::uint32_t>(row);
      rows = all.data();
    }
    const auto output = static_cast<std::int32_t>(first_output + i % width);
    if (n > 0)
      grown.tree.value[static_cast<std::size_t>(leaf.node_idx * width + i % width)] =
          objective_->of_output(output).leaf_value(labels_of_output(train_.labels, output),
                                                   start + output * n_rows, {rows, n});
  });
}

void Boosting::update_scores(const Parallel& parallel, const GrownTree& grown,
                             std::int32_t first_output) {
  const std::int64_t n_rows = train_.labels.n_rows, width = leaf_width();
  std::vector<LeafPiece> pieces;
  for (const GrownLeaf& leaf : grown.leaves) {
    const std::uint32_t* rows = grower_.partition().rows(leaf.rows);
    const double* values = grown.tree.value.data() + leaf.node_idx * width;
    const std::int64_t grain =
        rows == nullptr ? std::max<std::int64_t>(leaf.rows.size, 1) : kScoreGrain;
    for (std::int64_t at = 0; at < leaf.rows.size; at += grain)
      pieces.push_back(
          {rows == nullptr ? nullptr : rows + at, std::min(grain, leaf.rows.size - at), values});
  }
  double* raw = train_.raw.data() + first_output * n_rows;
  const auto add_piece = [&](std::int64_t i, int) {
    const LeafPiece& piece = pieces[static_cast<std::size_t>(i)];
    for (std::int64_t k = 0; k < width; ++k) {
      double* of_output = raw + k * n_rows;
      if (piece.rows != nullptr) {
        kernels().partition.add_to_rows(of_output, piece.rows, piece.n, piece.values[k]);
      } else {
        for (std::int64_t row = 0; row < piece.n; ++row) of_output[row] += piece.values[k];
      }
    }
  };
  parallel.worth(n_rows * width).for_each(static_cast<std::int64_t>(pieces.size()), add_piece);
  const auto left_out = sampler_.left_out();
  if (left_out.empty() && !validation_) return;
  const Tree& t = grown.tree;
  BinnedTree walk{t.feature, t.left_child, grown.bin_threshold, t.missing_goes_left, {}};
  if (!t.category_sets.empty()) {
    walk.threshold = t.threshold;
    walk.category_sets = t.category_sets;
  }
  if (!left_out.empty()) add_to_scores(parallel, walk, t.value, *train_.x, left_out, raw);
  if (validation_)
    add_to_scores(parallel, walk, t.value, *validation_->x, {},
                  validation_->raw.data() + first_output * validation_->labels.n_rows);
}

double Boosting::mean_loss(const Parallel& parallel, const Scored& scored) const {
  const Labels& labels = scored.labels;
  double mean = 0.0;
  for (std::int32_t k = 0; k < labels.n_targets; ++k)
    mean += metric_->evaluate(parallel, labels_of_output(labels, k),
                              scored.raw.data() + k * labels.n_rows) /
            labels.n_targets;
  return mean;
}

double Boosting::train_loss(const Parallel& parallel) const {
  return mean_loss(parallel, train_);
}

double Boosting::validation_loss(const Parallel& parallel) const {
  return mean_loss(parallel, *validation_);
}

}  // namespace gbengine

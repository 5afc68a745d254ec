#include "gbengine/ensemble/forest.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "gbengine/base/error.hpp"
#include "gbengine/base/in_order.hpp"
#include "gbengine/base/rng.hpp"
#include "gbengine/ensemble/forest_model.hpp"
#include "gbengine/learn/class_balance.hpp"

namespace gbengine {
namespace {

constexpr std::int32_t kTreesToGuess = 8;  // after which memory is reserved for those to come

EnsembleModel start_model(const CodedTable& table, const CartConfig& config, const Targets& targets,
                          const EnsembleModel* start) {
  EnsembleModel model = empty_forest(table, config, targets.n_values);
  if (start == nullptr) return model;
  if (start->n_features != model.n_features || start->leaf_width != model.leaf_width ||
      start->n_outputs != model.n_outputs || start->aggregation != model.aggregation)
    throw ValueError("the model to continue has " + std::to_string(start->n_features) +
                     " features and " + std::to_string(start->leaf_width) +
                     " values a leaf; the data need " + std::to_string(model.n_features) + " and " +
                     std::to_string(model.leaf_width));
  if (start->n_categories != model.n_categories)
    throw ValueError("the model to continue was grown on other categories than the data have");
  return *start;
}

Targets forest_targets(const Parallel& parallel, const TargetView& y,
                       std::vector<std::int32_t> n_classes, const double* weight,
                       const ForestConfig& config) {
  const bool draws_all = config.draw.sampling == Sampling::kAll;
  Targets targets = make_targets(parallel, y, std::move(n_classes), draws_all ? weight : nullptr,
                                 config.draw.n_draws);
  // As scikit-learn: limits on rows count the rows that were drawn, not how often.
  targets.weights_count = targets.weights_count && draws_all;
  if (config.balances_drawn_classes) {
    if (!targets.is_classes()) throw ValueError("class weights need classes: y are numbers");
    if (draws_all)
      throw ValueError("balance is 'subsample' and sampling is 'all'; there is no subsample");
  }
  return targets;
}

/// Shares of the columns in the decrease of impurity of one tree; all 0 if it has no split.
std::vector<double> shares_of_columns(const Tree& tree, std::int32_t n_features) {
  std::vector<double> share(static_cast<std::size_t>(n_features), 0.0);
  for (std::size_t i = 0; i < tree.feature.size(); ++i)
    if (tree.feature[i] != kLeafFeature)
      share[static_cast<std::size_t>(tree.feature[i])] += tree.split_gain[i];
  const double total = std::accumulate(share.begin(), share.end(), 0.0);
  for (double& s : share) s = total > 0 ? s / total : 0.0;
  return share;
}

}  // namespace

struct Forest::GrownTree {
  Tree nodes;
  std::vector<double> shares;
  LeafSamples samples;
};

/// What one thread needs to grow trees one after the other.
class Forest::TreeMaker {
 public:
  TreeMaker(const Parallel& parallel, const Forest& forest)
      : counts(static_cast<std::size_t>(forest.table_.n_rows())),
        grower(parallel, forest.table_, forest.targets_, forest.config_.cart,
               find_criterion(forest.config_.criterion), forest.draw_.max_rows()) {}

  std::vector<std::uint32_t> counts;
  CartGrower grower;
};

Forest::Forest(const Parallel& parallel, const CodedTable& table, const TargetView& y,
               std::vector<std::int32_t> n_classes, const double* weight, ForestConfig config,
               const EnsembleModel* start)
    : table_(table),
      config_((check_config(config, table.n_features()), std::move(config))),
      y_(y),
      draw_(parallel, table, y, weight, config_.draw, config_.cart.seed),
      targets_(forest_targets(parallel, y, std::move(n_classes), weight, config_)),
      model_(std::make_shared<EnsembleModel>(start_model(table, config_.cart, targets_, start))),
      importances_(static_cast<std::size_t>(table.n_features()), 0.0) {
  const bool wants_classes = find_criterion(config_.criterion).task == "classification";
  if (wants_classes != targets_.is_classes())
    throw ValueError("criterion='" + config_.criterion + "' is for " +
                     (wants_classes ? "classes" : "numbers"));
}

Forest::~Forest() = default;

void Forest::add_trees(const Parallel& parallel, std::int32_t n_trees) {
  const bool one_each = n_trees >= parallel.n_threads();
  const Parallel alone(1);
  const std::size_t n_makers = one_each ? static_cast<std::size_t>(parallel.n_threads()) : 1;
  if (makers_.size() != n_makers) makers_.clear();
  makers_.resize(n_makers);
  if (model_.use_count() > 1) model_ = std::make_shared<EnsembleModel>(*model_);
  const std::int32_t first = model_->n_trees();
  InOrder<GrownTree> grown;
  const auto grow = [&](std::int64_t i, int thread) {
    auto& maker = makers_[static_cast<std::size_t>(thread)];
    if (!maker) maker = std::make_unique<TreeMaker>(one_each ? alone : parallel, *this);
    grown.put(i, make_tree(parallel, *maker, first + static_cast<std::int32_t>(i)),
              [&](GrownTree& tree) { append(tree, first, n_trees); });
  };
  if (one_each) {
    parallel.for_each(n_trees, grow);
  } else {
    for (std::int32_t i = 0; i < n_trees; ++i) grow(i, 0);
  }
}

std::vector<std::int32_t> Forest::draw_columns(std::uint64_t tree_idx) const {
  const auto n_features = static_cast<std::size_t>(table_.n_features());
  std::vector<std::int32_t> columns(n_features);
  std::iota(columns.begin(), columns.end(), 0);
  const auto n_drawn = static_cast<std::size_t>(config_.features_per_tree);
  const CounterRng rng(config_.cart.seed, RngPurpose::kTreeColumn);
  if (config_.features_with_replacement) {
    std::vector<std::int32_t> drawn(n_drawn);
    for (std::size_t i = 0; i < n_drawn; ++i)
      drawn[i] = columns[rng.below(n_features, tree_idx, i)];
    std::sort(drawn.begin(), drawn.end());
    drawn.erase(std::unique(drawn.begin(), drawn.end()), drawn.end());
    return drawn;
  }
  if (n_drawn >= n_features) return columns;
  for (std::size_t i = 0; i < n_drawn; ++i)
    std::swap(columns[i], columns[i + rng.below(n_features - i, tree_idx, i)]);
  columns.resize(n_drawn);
  std::sort(columns.begin(), columns.end());
  return columns;
}

Forest::GrownTree Forest::make_tree(const Parallel& parallel, TreeMaker& maker,
                                    std::int32_t tree_idx) const {
  const auto idx = static_cast<std::uint64_t>(tree_idx);
  std::uint32_t* counts = maker.counts.data();
  draw_.counts(idx, counts);
  std::vector<std::uint32_t> rows = draw_.drawn_rows(counts);
  double count_unit = 1.0;
  if (config_.balances_drawn_classes) count_unit = balance_counts(targets_, counts);
  CartTree tree = maker.grower.grow(
      parallel, {std::move(rows), draw_.draws_all() && count_unit == 1.0 ? nullptr : counts,
                 draw_columns(idx), idx, count_unit});

  GrownTree grown;
  grown.shares = shares_of_columns(tree.nodes, table_.n_features());
  if (config_.keep_leaf_samples) {
    if (config_.balances_drawn_classes) draw_.counts(idx, counts);
    for (std::int32_t node = 0; node < tree.n_nodes(); ++node) {
      const RowSpan span = tree.rows[static_cast<std::size_t>(node)];
      for (std::int64_t i = 0; tree.nodes.is_leaf(node) && i < span.size; ++i) {
        const std::uint32_t row = maker.grower.rows()[static_cast<std::size_t>(span.begin + i)];
        grown.samples.row.push_back(row);
        grown.samples.count.push_back(counts[row]);
      }
      grown.samples.offset.push_back(static_cast<std::int64_t>(grown.samples.row.size()));
    }
  }
  tree.nodes.split_gain = {};  // its shares are all that is asked for later
  if (!config_.cart.keep_statistics) tree.nodes.impurity = {}, tree.nodes.n_samples = {};
  grown.nodes = std::move(tree.nodes);
  return grown;
}

/// @param first index of the first tree that is added now
/// @param n_added how many are added now
void Forest::append(GrownTree& tree, std::int32_t first, std::int32_t n_added) {
  model_->append(tree.nodes, 0);
  // As large as the first ones, and a little more.
  if (first == 0 && model_->n_trees() == kTreesToGuess && n_added > kTreesToGuess)
    model_->reserve_more(model_->n_nodes() * (n_added - kTreesToGuess) / kTreesToGuess * 21 / 20);
  for (std::size_t f = 0; f < importances_.size(); ++f) importances_[f] += tree.shares[f];
  if (!config_.keep_leaf_samples) return;
  const auto begin = static_cast<std::int64_t>(leaf_samples_.row.size());
  for (std::size_t i = 1; i < tree.samples.offset.size(); ++i)
    leaf_samples_.offset.push_back(begin + tree.samples.offset[i]);
  leaf_samples_.row.insert(leaf_samples_.row.end(), tree.samples.row.begin(),
                           tree.samples.row.end());
  leaf_samples_.count.insert(leaf_samples_.count.end(), tree.samples.count.begin(),
                             tree.samples.count.end());
}

}  // namespace gbengine

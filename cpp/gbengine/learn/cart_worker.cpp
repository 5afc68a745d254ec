#include "gbengine/learn/cart_worker.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace gbengine {
namespace {

/// Rows that are worth a copy, and that still fit the L2 cache (1 M rows x 28: 1.3 times as fast).
constexpr std::int64_t kFewestCopied = 32, kMostCopied = 1 << 14;
/// Columns whose codes are compared in the time of one.
constexpr std::int32_t kColumnsAtOnce = 16;

constexpr std::int64_t kPollRows = 1 << 12;  // a node of so many rows takes a while

std::int64_t max_cells(const CodedTable& table) {
  std::int64_t most = 0;
  for (std::int32_t f = 0; f < table.n_features(); ++f)
    most = std::max(most, std::int64_t{table.column(f).n_codes} + 1);
  return most;
}

bool reads_most_columns(const CodedTable& table, const CartConfig& config) {
  return kColumnsAtOnce * config.max_features >= table.n_features();
}

/// True weight to integer weight, rounded up so that no smaller one passes.
std::int64_t integer_weight(double weight, double unit) {
  const double scaled = weight / unit;
  return scaled >= 0x1p62 ? std::int64_t{1} << 62 : static_cast<std::int64_t>(std::ceil(scaled));
}

std::uint64_t child_key(std::uint64_t key, std::uint64_t side) {
  return CounterRng::mix(2 * key + side);
}

}  // namespace

CartWorker::CartWorker(const CodedTable& table, const Targets& targets, const CartConfig& config,
                       const CriterionRow& criterion, std::int64_t max_rows)
    : whole_(table),
      copy_(table),
      view_(&whole_),
      targets_(targets),
      config_(config),
      search_(criterion.make_search(
          targets, {config.min_samples_leaf, config.keep_statistics || config.ccp_alpha > 0},
          {max_rows, max_cells(table), reads_most_columns(table, config)})),
      draw_(config.seed),
      cut_rng_(config.seed, RngPurpose::kCartCut),
      cut_draw_(table, reads_most_columns(table, config)),
      right_rows_(static_cast<std::size_t>(max_rows)) {}

void CartWorker::start_tree(const CartTreeContext& tree, std::vector<std::int32_t> columns) {
  tree_ = tree;
  view_ = &whole_;
  draw_.set_columns(std::move(columns), static_cast<std::size_t>(config_.max_features));
  min_weight_leaf_ =
      integer_weight(config_.min_weight_leaf, targets_.weight_unit * tree.count_unit);
  search_->start_tree(tree.counts, min_weight_leaf_);
}

CartSums CartWorker::sum(const RowSpan& rows) const {
  CartSums sums(static_cast<std::size_t>(targets_.n_sums));
  search_->sum({tree_.rows + rows.begin, rows.size}, sums.data());
  return sums;
}

std::int64_t CartWorker::count(std::int64_t n_rows, const CartSums& sums) const {
  return targets_.weights_count ? sums.weight() : n_rows;
}

bool CartWorker::may_split(const OpenNode& open, std::int64_t n_rows) const {
  const std::int64_t n = count(n_rows, open.sums);
  // Not 2 * min_samples_leaf: any int64 may come from Python.
  return n_rows >= 2 && n >= config_.min_samples_split &&
         n - config_.min_samples_leaf >= config_.min_samples_leaf &&
         open.sums.weight() - min_weight_leaf_ >= min_weight_leaf_ &&
         (config_.max_depth == 0 || open.depth < config_.max_depth);
}

NodeFacts CartWorker::open_node(const OpenNode& open, bool is_splittable, CartTree& tree) {
  const auto node = static_cast<std::size_t>(open.node);
  const RowSpan rows = tree.rows[node];
  start_cuts(open, rows);
  search_->set_bounds(open.bounds);
  const NodeFacts facts =
      search_->open(node_rows(rows), open.sums.data(), is_splittable, tree.value(open.node));
  tree.nodes.impurity[node] = facts.impurity;
  tree.nodes.hess_sum[node] =
      static_cast<double>(open.sums.weight()) * targets_.weight_unit * tree_.count_unit;
  return facts;
}

std::optional<FoundSplit> CartWorker::split(
    const Parallel& parallel, const OpenNode& open, CartTree& tree,
    const std::vector<std::unique_ptr<CartWorker>>* helpers) {
  const RowSpan rows = tree.rows[static_cast<std::size_t>(open.node)];
  if (rows.size >= kPollRows) parallel.poll();
  const bool is_splittable = may_split(open, rows.size);
  const NodeFacts facts = open_node(open, is_splittable, tree);
  if (facts.is_pure || !is_splittable) return std::nullopt;
  SplitCandidate best =
      helpers == nullptr ? find(open, rows.size) : find_together(parallel, open, rows, *helpers);
  if (!best.is_valid()) return std::nullopt;

  FoundSplit found{best, 0.0, 0, {}};
  found.improvement = (best.score - facts.score) * search_->improvement_unit() / total_weight_;
  // As scikit-learn: what falls short by no more than rounding passes.
  if (found.improvement + std::numeric_limits<double>::epsilon() < config_.min_impurity_decrease)
    return std::nullopt;
  found.left_sums = CartSums(search_->best_left(), static_cast<std::size_t>(targets_.n_sums));
  found.n_left = part_rows(rows, best);
  // By weight, not by rows: a row of weight k then says the same as k copies of it.
  const std::int64_t left = found.left_sums.weight();
  const bool left_is_heavier = left > open.sums.weight() - left;
  if (!best.saw_missing) found.split.missing_goes_left = left_is_heavier;
  if (best.is_categorical())
    found.split.categories.left =
        best.categories.whole_left(view_->column(best.feature).n_codes - 1, left_is_heavier);
  return found;
}

std::pair<OpenNode, OpenNode> CartWorker::children(const OpenNode& open, const FoundSplit& found,
                                                   std::int32_t left_node) const {
  OpenNode left{left_node, open.depth + 1, child_key(open.key, 0), open.bounds, found.left_sums};
  OpenNode right{left_node + 1, open.depth + 1, child_key(open.key, 1), open.bounds,
                 open.sums - found.left_sums};
  const int monotonic = config_.monotonic_of(found.split.feature);
  if (monotonic != 0) {
    const double middle = found.split.left_mean / 2 + found.split.right_mean / 2;
    (monotonic > 0 ? left : right).bounds.high = middle;
    (monotonic > 0 ? right : left).bounds.low = middle;
  }
  return {std::move(left), std::move(right)};
}

CartTree CartWorker::grow_branch(const Parallel& parallel, OpenNode open, const RowSpan& rows) {
  CartTree branch(targets_.n_values);
  branch.reserve(static_cast<std::int32_t>(std::min(2 * rows.size, most_nodes_)));
  open.node = branch.add_root(rows);
  std::vector<OpenNode> stack;
  stack.push_back(std::move(open));
  RowSpan copied;             // the rows that are searched in a copy,
  std::size_t n_waiting = 0;  // until only the nodes are left that waited when it was made
  std::uint32_t n_done = 0;
  while (!stack.empty()) {
    if (++n_done % 256 == 0) parallel.poll();
    const OpenNode node = std::move(stack.back());
    stack.pop_back();
    const RowSpan span = branch.rows[static_cast<std::size_t>(node.node)];
    if (view_ == &copy_ && stack.size() < n_waiting) leave_copy(copied);
    if (view_ == &whole_ && wants_copy(span)) {
      enter_copy(span);
      copied = span;
      n_waiting = stack.size();
    }
    const auto found = split(parallel, node, branch, nullptr);
    if (!found) continue;
    const std::int32_t left =
        branch.split(node.node, found->split, found->improvement, found->n_left);
    auto [left_open, right_open] = children(node, *found, left);
    stack.push_back(std::move(right_open));
    stack.push_back(std::move(left_open));
  }
  if (view_ == &copy_) leave_copy(copied);
  most_nodes_ = std::max(most_nodes_, std::int64_t{branch.n_nodes()});
  return branch;
}

// --- copies of few rows ---

bool CartWorker::wants_copy(const RowSpan& rows) const {
  return rows.size <= kMostCopied && rows.size >= kFewestCopied && view_->has_row_codes() &&
         search_->takes_copies();
}

/// Numbers the rows of a node from 0, in a copy of their codes.
void CartWorker::enter_copy(const RowSpan& span) {
  std::uint32_t* rows = tree_.rows + span.begin;
  names_.assign(rows, rows + span.size);
  for (std::int64_t i = 0; i < span.size; ++i) rows[i] = static_cast<std::uint32_t>(i);
  copy_.copy_rows(names_.data(), span.size);
  search_->rename_rows(names_.data(), span.size);
  view_ = &copy_;
}

void CartWorker::leave_copy(const RowSpan& span) {
  std::uint32_t* rows = tree_.rows + span.begin;
  for (std::int64_t i = 0; i < span.size; ++i) rows[i] = names_[rows[i]];
  search_->rename_rows(nullptr, 0);
  view_ = &whole_;
}

NodeRows CartWorker::node_rows(const RowSpan& rows) const {
  return {tree_.rows + rows.begin, rows.size, view_ == &copy_ ? names_.data() : nullptr};
}

// --- search ---

/// The columns to try, one after the other, as long as `try_next` wants more.
template <typename TryNext>
void CartWorker::for_each_column(const OpenNode& open, TryNext&& try_next) {
  if (!config_.random_order && draw_.draws_all()) {
    for (const std::int32_t column : draw_.in_order())
      if (!try_next(column)) return;
    return;
  }
  draw_.start(tree_.tree_idx, open.key);
  for (std::size_t i = 0; i < draw_.size(); ++i)
    if (!try_next(draw_.next())) return;
}

/// No other column can do better than the best so far, only as well.
bool CartWorker::is_settled(const SplitCandidate& best, std::int64_t n_rows) {
  return best.is_perfect || (n_rows == 2 && best.is_valid());
}

SplitCandidate CartWorker::find(const OpenNode& open, std::int64_t n_rows) {
  if (config_.random_cuts) return find_among_drawn(open, n_rows);
  SplitCandidate best;
  std::int32_t n_tried = 0;
  bool can_split = false;
  for_each_column(open, [&](std::int32_t column) {
    can_split |= seek(column, best);
    // As scikit-learn: more columns are drawn while all so far were constant.
    return (++n_tried < config_.max_features || !can_split) && !is_settled(best, n_rows);
  });
  return best;
}

/// As find, but all cuts are drawn before any is tried: few rows then try them together.
SplitCandidate CartWorker::find_among_drawn(const OpenNode& open, std::int64_t n_rows) {
  // Any cut of two rows is as good as another, if none must go a certain way.
  const bool one_will_do = n_rows == 2 && config_.monotonic.empty();
  drawn_cuts_.resize(draw_.size());
  std::size_t n_drawn = 0;
  std::int32_t n_tried = 0;
  for_each_column(open, [&](std::int32_t column) {
    if (view_->column(column).can_split() &&
        cut_draw_.draw(column, config_.monotonic_of(column), drawn_cuts_[n_drawn]))
      ++n_drawn;
    ++n_tried;
    if (n_drawn == 0) return true;  // as find
    return n_tried < config_.max_features && !one_will_do;
  });
  SplitCandidate best;
  search_->try_cuts(*view_, {drawn_cuts_.data(), n_drawn}, best);
  return best;
}

SplitCandidate CartWorker::find_together(const Parallel& parallel, const OpenNode& open,
                                         const RowSpan& rows,
                                         const std::vector<std::unique_ptr<CartWorker>>& helpers) {
  std::vector<std::int32_t> columns;
  for_each_column(open, [&](std::int32_t column) {
    columns.push_back(column);
    return columns.size() < static_cast<std::size_t>(config_.max_features);
  });
  std::vector<SplitCandidate> best_of(columns.size());
  std::vector<std::uint8_t> can_split(columns.size(), 0), has_joined(helpers.size(), 0);
  parallel.for_each(static_cast<std::int64_t>(columns.size()), [&](std::int64_t i, int thread) {
    CartWorker& worker = *helpers[static_cast<std::size_t>(thread)];
    const auto at = static_cast<std::size_t>(i);
    if (&worker != this && std::exchange(has_joined[static_cast<std::size_t>(thread)], 1) == 0)
      worker.join(open, rows);
    can_split[at] = worker.seek(columns[at], best_of[at]) ? 1 : 0;
  });
  if (std::find(can_split.begin(), can_split.end(), 1) == can_split.end())
    return find(open, rows.size);
  // As find would have gone through them.
  SplitCandidate best;
  for (const SplitCandidate& candidate : best_of) {
    if (candidate.score > best.score) best = candidate;
    if (is_settled(best, rows.size)) break;
  }
  // The winner's sums are asked of this worker: let it find that split once more, alone.
  SplitCandidate winner;
  if (best.is_valid()) seek(best.feature, winner);
  return winner;
}

/// Gets ready to search a node that another worker has opened.
void CartWorker::join(const OpenNode& open, const RowSpan& rows) {
  std::vector<double> value(static_cast<std::size_t>(targets_.n_values));
  start_cuts(open, rows);
  search_->set_bounds(open.bounds);
  search_->open(node_rows(rows), open.sums.data(), true, value.data());
}

bool CartWorker::seek(std::int32_t feature, SplitCandidate& best) {
  if (!view_->column(feature).can_split()) return false;
  const int monotonic = config_.monotonic_of(feature);
  if (!config_.random_cuts) return search_->seek(*view_, feature, monotonic, best);
  DrawnCut cut;
  if (!cut_draw_.draw(feature, monotonic, cut)) return false;
  search_->try_cuts(*view_, {&cut, 1}, best);
  return true;
}

void CartWorker::start_cuts(const OpenNode& open, const RowSpan& rows) {
  if (config_.random_cuts)
    cut_draw_.start(*view_, node_rows(rows), cut_rng_.at(tree_.tree_idx, open.key));
}

/// Left rows first; returns how many go left.
std::int64_t CartWorker::part_rows(const RowSpan& span, const SplitCandidate& split) {
  const CodeColumn& column = view_->column(split.feature);
  const CutSide side{split.cut.code, column.n_codes, split.missing_goes_left && split.saw_missing,
                     column.is_categorical ? &split.categories.left : nullptr};
  std::uint32_t* rows = tree_.rows + span.begin;
  return with_side(side, [&](const auto& goes_left) {
    return column.visit(span.size, [&](const auto& codes) {
      const auto row_goes_left = [&](std::uint32_t row) { return goes_left(codes[row]); };
      return span.size <= kMostCopied ? part_few(rows, span.size, row_goes_left)
                                      : part_many(rows, span.size, row_goes_left);
    });
  });
}

/// In place, without branches; the right rows get out of order.
template <typename GoesLeft>
std::int64_t CartWorker::part_few(std::uint32_t* rows, std::int64_t n, const GoesLeft& goes_left) {
  std::int64_t n_left = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const std::uint32_t row = rows[i];
    rows[i] = rows[n_left];  // a right one, or row itself
    rows[n_left] = row;
    n_left += goes_left(row) ? 1 : 0;
  }
  return n_left;
}

/// Both sides in their old order: ascending rows are read faster than others.
template <typename GoesLeft>
std::int64_t CartWorker::part_many(std::uint32_t* rows, std::int64_t n, const GoesLeft& goes_left) {
  std::int64_t n_left = 0, n_right = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const std::uint32_t row = rows[i];
    const bool left = goes_left(row);
    rows[n_left] = row;
    right_rows_[static_cast<std::size_t>(n_right)] = row;
    n_left += left ? 1 : 0;
    n_right += left ? 0 : 1;
  }
  std::copy_n(right_rows_.data(), n_right, rows + n_left);
  return n_left;
}

}  // namespace gbengine

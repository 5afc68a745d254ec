// Absolute error: the mean distance to the median of the node.
//
// The rows are put in the order of the column's codes. Adding them one by one to a bag that knows
// its median (criterion/ranked_rows.hpp), forwards, gives the error of every left side, and
// backwards that of every right side. Missing rows go first into the one or the other.

#include <algorithm>
#include <limits>
#include <span>
#include <vector>

#include "gbengine/base/integer_scale.hpp"
#include "gbengine/criterion/category_cut.hpp"
#include "gbengine/criterion/code_order.hpp"
#include "gbengine/criterion/makers.hpp"
#include "gbengine/criterion/node_facts.hpp"
#include "gbengine/criterion/ranked_rows.hpp"
#include "gbengine/criterion/side_rules.hpp"

namespace gbengine {
namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

/// One output of the node that is open: its values in order, and each row's place among them.
class RankedOutput {
 public:
  void open(const Targets& targets, const NodeRows& rows, std::int32_t output) {
    const auto n = static_cast<std::size_t>(rows.n);
    sorted_.resize(n);
    for (std::size_t i = 0; i < n; ++i)
      sorted_[i] = {targets.value[rows.rows[i] * static_cast<std::size_t>(targets.n_outputs) +
                                  static_cast<std::size_t>(output)],
                    static_cast<std::uint32_t>(i)};
    std::sort(sorted_.begin(), sorted_.end(),
              [](const Entry& a, const Entry& b) { return a.value < b.value; });
    values_.clear();
    rank_.resize(n);
    for (const Entry& entry : sorted_) {
      if (values_.empty() || values_.back() != entry.value) values_.push_back(entry.value);
      rank_[entry.at] = static_cast<std::uint32_t>(values_.size()) - 1;
    }
  }

  std::span<const std::int64_t> values() const { return values_; }
  std::size_t rank(std::uint32_t at) const { return rank_[at]; }

 private:
  struct Entry {
    std::int64_t value;
    std::uint32_t at;
  };
  std::vector<Entry> sorted_;
  std::vector<std::int64_t> values_;
  std::vector<std::uint32_t> rank_;
};

/// What the rows up to a place in the order are, added up over the outputs.
struct Side {
  double error = 0.0;
  double median = 0.0;  // of one output, if it is asked for
  std::int64_t weight = 0;
};

class MedianSearch final : public SplitSearch {
 public:
  MedianSearch(const Targets& targets, const SplitRules& rules, const SearchSize& size)
      : targets_(targets),
        rules_(targets, rules),
        facts_(targets),
        order_(size.max_rows),
        outputs_(static_cast<std::size_t>(targets.n_outputs)),
        best_left_(static_cast<std::size_t>(targets.n_sums)) {}

  void start_tree(const std::uint32_t* counts, std::int64_t min_weight_leaf) override {
    counts_ = counts;
    rules_.start_tree(min_weight_leaf);
  }

  /// Only the weight counts here.
  void sum(const NodeRows& rows, std::int64_t* sums) const override {
    std::fill_n(sums, targets_.n_sums, std::int64_t{0});
    for (std::int64_t i = 0; i < rows.n; ++i) sums[targets_.n_outputs] += weight_of(rows.rows[i]);
  }

  NodeFacts open(const NodeRows& rows, const std::int64_t* sums, bool /*may_split*/,
                 double* value) override {
    node_ = rows;
    weight_ = sums[targets_.n_outputs];
    NodeFacts facts{true, 0.0, 0.0};
    for (std::int32_t k = 0; k < targets_.n_outputs; ++k) {
      RankedOutput& output = outputs_[static_cast<std::size_t>(k)];
      output.open(targets_, rows, k);
      if (output.values().size() == 1) {
        value[k] = facts_.exact_value(rows, counts_, k);
        continue;
      }
      facts.is_pure = false;
      bag_.reset(output.values());
      for (std::int64_t i = 0; i < rows.n; ++i) add_to_bag(output, static_cast<std::uint32_t>(i));
      const auto at = static_cast<std::size_t>(k);
      value[k] = facts_.value_at(bag_.median(), k);
      facts.score -= static_cast<double>(bag_.distance()) * targets_.value_unit[at];
    }
    // Finite only for one output.
    *value = std::clamp(*value, facts_.value_at(bounds_.low, 0), facts_.value_at(bounds_.high, 0));
    facts.impurity =
        facts.is_pure ? 0.0 : -facts.score / (static_cast<double>(weight_) * targets_.n_outputs);
    return facts;
  }

  void set_bounds(const MeanBounds& bounds) override { bounds_ = bounds; }

  bool seek(const CodedView& table, std::int32_t feature, int monotonic,
            SplitCandidate& best) override {
    const CodeColumn& column = table.column(feature);
    auto [present, missing] = order_.sort_apart(column, node_.rows, node_.n);
    if (present.empty() || (missing.empty() && present.front().code == present.back().code))
      return false;
    if (column.is_categorical) present = order_.regroup(present, keys_of_groups(present));
    find_ends(present, !missing.empty());
    walk({}, present, monotonic != 0, left_);
    walk_back(missing, present, monotonic != 0, right_);
    take_best(table, feature, monotonic, false, present, missing, best);
    if (!missing.empty()) {
      ends_.pop_back();  // all values left, the missing ones right: done
      walk(missing, present, monotonic != 0, left_);
      walk_back({}, present, monotonic != 0, right_);
      take_best(table, feature, monotonic, true, present, missing, best);
    }
    return true;
  }

  void try_cuts(const CodedView& table, std::span<const DrawnCut> cuts,
                SplitCandidate& best) override {
    for (const DrawnCut& cut : cuts) {
      const std::size_t n_left = part_items(table, cut);
      const Items left(parted_.data(), n_left);
      const Items right = Items(parted_).subspan(n_left);
      ends_ = {n_left};
      walk({}, left, cut.monotonic != 0, left_);
      ends_ = {0};
      walk_back({}, right, cut.monotonic != 0, right_);
      const double score = score_at(0, n_left, cut.monotonic);
      if (!(score > best.score)) continue;
      take({score, cut.feature, cut.cut, {}, cut.missing_goes_left, cut.saw_missing}, 0, best);
      if (cut.is_categorical) best.categories = cut.categories;
    }
  }

  const std::int64_t* best_left() const override { return best_left_.data(); }
  double improvement_unit() const override { return 1.0 / targets_.n_outputs; }

 private:
  using Items = std::span<const CodeOrder::Item>;

  std::int64_t weight_of(std::uint32_t row) const {
    return targets_.weight_of(row) * (counts_ == nullptr ? 1 : counts_[row]);
  }

  void add_to_bag(const RankedOutput& output, std::uint32_t at) {
    bag_.add(output.rank(at), weight_of(node_.rows[at]));
  }

  /// Categories are ordered by the mean place of their rows' values; of several outputs, their sum.
  std::span<const double> keys_of_groups(Items present) {
    keys_.clear();
    for (std::size_t i = 0; i < present.size();) {
      const std::uint32_t code = present[i].code;
      Int128 places = 0, weight = 0;
      for (; i < present.size() && present[i].code == code; ++i) {
        const std::int64_t w = weight_of(node_.rows[present[i].at]);
        weight += w;
        for (const RankedOutput& output : outputs_)
          places += Int128{w} * static_cast<std::int64_t>(output.rank(present[i].at));
      }
      keys_.push_back(static_cast<double>(places) / static_cast<double>(weight));
    }
    return keys_;
  }

  /// The node's rows, those first that a cut leaves on the left; returns how many they are.
  std::size_t part_items(const CodedView& table, const DrawnCut& cut) {
    const CodeColumn& column = table.column(cut.feature);
    parted_.resize(static_cast<std::size_t>(node_.n));
    std::size_t n_left = 0, end = parted_.size();
    with_side(cut.side(column), [&](const auto& goes_left) {
      column.visit(node_.n, [&](const auto& codes) {
        for (std::int64_t i = 0; i < node_.n; ++i) {
          const std::uint32_t code = codes[node_.rows[i]];
          parted_[goes_left(code) ? n_left++ : --end] = {code, static_cast<std::uint32_t>(i)};
        }
      });
    });
    return n_left;
  }

  /// Places in the order at which a left side may end.
  void find_ends(Items present, bool also_last) {
    ends_.clear();
    for (std::size_t i = 1; i < present.size(); ++i)
      if (present[i].code != present[i - 1].code) ends_.push_back(i);
    if (also_last) ends_.push_back(present.size());
  }

  /// For each end: the rows of `first` and those of `present` before the end.
  void walk(Items first, Items present, bool wants_median, std::vector<Side>& sides) {
    sides.assign(ends_.size(), {});
    for (std::size_t k = 0; k < outputs_.size(); ++k) {
      start_bag(k, first);
      std::size_t i = 0;
      for (std::size_t e = 0; e < ends_.size(); ++e) {
        for (; i < ends_[e]; ++i) add_item(k, present[i]);
        note_side(k, wants_median, sides[e]);
      }
    }
  }

  /// For each end: the rows of `first` and those of `present` from the end on.
  void walk_back(Items first, Items present, bool wants_median, std::vector<Side>& sides) {
    sides.assign(ends_.size(), {});
    for (std::size_t k = 0; k < outputs_.size(); ++k) {
      start_bag(k, first);
      std::size_t i = present.size();
      for (std::size_t e = ends_.size(); e-- > 0;) {
        for (; i > ends_[e]; --i) add_item(k, present[i - 1]);
        note_side(k, wants_median, sides[e]);
      }
    }
  }

  void start_bag(std::size_t k, Items first) {
    bag_.reset(outputs_[k].values());
    bag_weight_ = 0;
    for (const CodeOrder::Item& item : first) add_item(k, item);
  }

  void add_item(std::size_t k, const CodeOrder::Item& item) {
    bag_weight_ += weight_of(node_.rows[item.at]);
    add_to_bag(outputs_[k], item.at);
  }

  void note_side(std::size_t k, bool wants_median, Side& side) const {
    side.weight = bag_weight_;
    if (bag_weight_ == 0) return;
    side.error += static_cast<double>(bag_.distance()) * targets_.value_unit[k];
    if (wants_median) side.median = bag_.median();
  }

  double score_at(std::size_t e, std::size_t n_left, int monotonic) const {
    const Side &left = left_[e], &right = right_[e];
    const auto rows_left = static_cast<std::int64_t>(n_left);
    if (!rules_.allow({left.weight, rows_left}, {right.weight, node_.n - rows_left})) return kNever;
    if (monotonic != 0 && ((right.median - left.median) * monotonic < 0 ||
                           std::min(left.median, right.median) < bounds_.low ||
                           std::max(left.median, right.median) > bounds_.high))
      return kNever;
    return -left.error - right.error;
  }

  void take_best(const CodedView& table, std::int32_t feature, int monotonic,
                 bool missing_goes_left, Items present, Items missing, SplitCandidate& best) {
    for (std::size_t e = 0; e < ends_.size(); ++e) {
      const std::size_t end = ends_[e];
      const double score = score_at(e, end + (missing_goes_left ? missing.size() : 0), monotonic);
      if (!(score > best.score)) continue;
      take({score, feature, {}, {}, missing_goes_left, !missing.empty()}, e, best);
      const CodeColumn& column = table.column(feature);
      if (column.is_categorical)
        best.categories = cut_before(present, end);
      else
        best.cut = table.cut_between(feature, present[end - 1].code,
                                     end < present.size() ? present[end].code : column.n_codes);
    }
  }

  void take(const SplitCandidate& candidate, std::size_t e, SplitCandidate& best) {
    best = candidate;
    best.left_mean = left_[e].median;
    best.right_mean = right_[e].median;
    std::fill(best_left_.begin(), best_left_.end(), std::int64_t{0});
    best_left_.back() = left_[e].weight;
  }

  const Targets& targets_;
  SideRules rules_;
  NumberFacts facts_;
  const std::uint32_t* counts_ = nullptr;
  CodeOrder order_;
  RankedRows bag_;
  std::int64_t bag_weight_ = 0;

  NodeRows node_{};
  std::int64_t weight_ = 0;
  std::vector<RankedOutput> outputs_;
  MeanBounds bounds_;

  std::vector<double> keys_;
  std::vector<CodeOrder::Item> parted_;
  std::vector<std::size_t> ends_;
  std::vector<Side> left_, right_;
  std::vector<std::int64_t> best_left_;
};

}  // namespace

std::unique_ptr<SplitSearch> make_absolute_error_search(const Targets& targets,
                                                        const SplitRules& rules,
                                                        const SearchSize& size) {
  return std::make_unique<MedianSearch>(targets, rules, size);
}

}  // namespace gbengine

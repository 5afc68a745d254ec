// RowSearch: split search where a node is many integers: several classes, or several outputs.
//
// The rows are put in the order of the column's codes and move from the right side to the left one
// by one; a split is scored wherever the code changes. Kind is as for PairSearch, but scores an
// array of n_sums integers:
//   double score(const std::int64_t* sums) const;
//   NodeFacts facts(const NodeRows&, const std::uint32_t* counts, const std::int64_t* sums,
//                   bool wants_impurity, double* value) const;
//   double improvement_unit() const;
//   double unit(std::size_t k) const;               // of sum k, where means of sums are compared
//   bool is_pure(const std::int64_t* sums) const;   // if they can tell
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/criterion/category_axis.hpp"
#include "gbengine/criterion/category_cut.hpp"
#include "gbengine/criterion/code_order.hpp"
#include "gbengine/criterion/left_sums.hpp"
#include "gbengine/criterion/node_terms.hpp"
#include "gbengine/criterion/side_rules.hpp"
#include "gbengine/criterion/split_search.hpp"
#include "gbengine/criterion/targets.hpp"

namespace gbengine {

template <typename Kind>
class RowSearch final : public SplitSearch {
 public:
  RowSearch(const Targets& targets, const SplitRules& rules, const SearchSize& size)
      : targets_(targets),
        wants_impurity_(rules.wants_impurity),
        rules_(targets, rules),
        kind_(targets),
        n_sums_(static_cast<std::size_t>(targets.n_sums)),
        terms_(targets),
        order_(size.max_rows),
        few_rows_(size.reads_most_columns ? kFewRows : 0),
        total_(n_sums_),
        left_(n_sums_),
        right_(n_sums_),
        best_left_(n_sums_) {}

  void start_tree(const std::uint32_t* counts, std::int64_t min_weight_leaf) override {
    counts_ = counts;
    rules_.start_tree(min_weight_leaf);
  }

  void sum(const NodeRows& rows, std::int64_t* sums) const override {
    std::fill_n(sums, n_sums_, std::int64_t{0});
    NodeTerms terms(targets_);
    terms.open(rows, counts_);
    for (std::size_t i = 0; i < terms.n_rows(); ++i) terms.add(i, sums);
  }

  bool takes_copies() const override { return true; }

  NodeFacts open(const NodeRows& rows, const std::int64_t* sums, bool may_split,
                 double* value) override {
    node_ = rows;
    std::copy_n(sums, n_sums_, total_.data());
    const NodeFacts facts = kind_.facts(rows, counts_, sums, wants_impurity_, value);
    if (may_split && !facts.is_pure) terms_.open(rows, counts_);
    return facts;
  }

  void set_bounds(const MeanBounds&) override {}  // means of several outputs have no order

  bool seek(const CodedView& table, std::int32_t feature, int /*monotonic*/,
            SplitCandidate& best) override {
    const CodeColumn& column = table.column(feature);
    auto [present, absent] = order_.sort_apart(column, node_.rows, node_.n);
    if (present.empty() || (absent.empty() && present.front().code == present.back().code))
      return false;
    if (column.is_categorical) present = order_.regroup(present, keys_of_groups(present));

    Walk walk{table, feature, column.is_categorical, false, !absent.empty(), present, best};
    std::fill(left_.begin(), left_.end(), std::int64_t{0});
    move_rows(0, walk);
    if (!absent.empty()) {
      // All values left, the missing ones right.
      try_split(walk, present.size(), present.size());
      std::fill(left_.begin(), left_.end(), std::int64_t{0});
      for (const CodeOrder::Item& item : absent) terms_.add(item.at, left_.data());
      walk.missing_goes_left = true;
      move_rows(absent.size(), walk);
    }
    return true;
  }

  void try_cuts(const CodedView& table, std::span<const DrawnCut> cuts,
                SplitCandidate& best) override {
    const bool together =
        cuts.size() > 1 && node_.n <= few_rows_ && table.has_row_codes() && only_counts();
    if (together) {
      left_counts_.open(node_, n_sums_ - 1,
                        [&](std::int64_t i) { return terms_.slot(static_cast<std::size_t>(i)); });
      left_counts_.count(table, cuts);
    }
    for (const DrawnCut& cut : cuts) {
      const std::size_t n_left =
          together && !cut.is_categorical ? take_counts(cut.feature) : sum_left(table, cut);
      const double score = score_if_allowed(n_left);
      if (!(score > best.score)) continue;
      take({score, cut.feature, cut.cut, {}, cut.missing_goes_left, cut.saw_missing}, best);
      if (cut.is_categorical) best.categories = cut.categories;
    }
  }

  const std::int64_t* best_left() const override { return best_left_.data(); }
  double improvement_unit() const override { return kind_.improvement_unit(); }

 private:
  using Items = std::span<const CodeOrder::Item>;

  struct Walk {
    const CodedView& table;
    std::int32_t feature;
    bool is_categorical;
    bool missing_goes_left;
    bool has_missing;
    Items present;
    SplitCandidate& best;
  };

  static constexpr double kNever = -std::numeric_limits<double>::infinity();
  static constexpr std::int64_t kFewRows = 1 << 13;

  void move_rows(std::size_t n_left_before, Walk& walk) {
    const Items present = walk.present;
    for (std::size_t i = 0; i < present.size(); ++i) {
      if (i > 0 && present[i].code != present[i - 1].code) try_split(walk, i, n_left_before + i);
      terms_.add(present[i].at, left_.data());
    }
  }

  /// The rows before `end` are on the left.
  void try_split(Walk& walk, std::size_t end, std::size_t n_left) {
    const double score = score_if_allowed(n_left);
    if (!(score > walk.best.score)) return;
    take({score, walk.feature, {}, {}, walk.missing_goes_left, walk.has_missing}, walk.best);
    const CodeColumn& column = walk.table.column(walk.feature);
    if (walk.is_categorical)
      walk.best.categories = cut_before(walk.present, end);
    else
      walk.best.cut = walk.table.cut_between(
          walk.feature, walk.present[end - 1].code,
          end < walk.present.size() ? walk.present[end].code : column.n_codes);
  }

  /// A number for each run of equal codes; in their order the best two sides are sought.
  std::span<const double> keys_of_groups(Items present) {
    axis_.start(n_sums_);
    for (std::size_t i = 0; i < present.size(); ++i) {
      if (i == 0 || present[i].code != present[i - 1].code) axis_.add_group();
      terms_.add(present[i].at, axis_.sums());
    }
    return axis_.keys([this](std::size_t k) { return kind_.unit(k); });
  }

  /// Rows that all weigh 1 and have a class each need only be counted.
  bool only_counts() const {
    return targets_.is_classes() && targets_.n_outputs == 1 && targets_.weight.size() == 0 &&
           counts_ == nullptr;
  }

  /// Sums the rows that a cut leaves on the left; returns how many they are.
  std::size_t sum_left(const CodedView& table, const DrawnCut& cut) {
    const CodeColumn& column = table.column(cut.feature);
    std::fill(left_.begin(), left_.end(), std::int64_t{0});
    std::size_t n_left = 0;
    with_side(cut.side(column), [&](const auto& goes_left) {
      column.visit(node_.n, [&](const auto& codes) {
        for (std::int64_t i = 0; i < node_.n; ++i) {
          if (!goes_left(codes[node_.rows[i]])) continue;
          terms_.add(static_cast<std::size_t>(i), left_.data());
          ++n_left;
        }
      });
    });
    return n_left;
  }

  /// The same from the counts of all columns.
  std::size_t take_counts(std::int32_t feature) {
    std::int64_t n_left = 0;
    for (std::size_t k = 0; k + 1 < n_sums_; ++k) n_left += left_[k] = left_counts_.at(k, feature);
    left_.back() = n_left;
    return static_cast<std::size_t>(n_left);
  }

  double score_if_allowed(std::size_t n_left) {
    for (std::size_t k = 0; k < n_sums_; ++k) right_[k] = total_[k] - left_[k];
    const auto rows_left = static_cast<std::int64_t>(n_left);
    if (!rules_.allow({left_.back(), rows_left}, {right_.back(), node_.n - rows_left}))
      return kNever;
    return kind_.score(left_.data()) + kind_.score(right_.data());
  }

  void take(const SplitCandidate& candidate, SplitCandidate& best) {
    best = candidate;
    best.is_perfect = kind_.is_pure(left_.data()) && kind_.is_pure(right_.data());
    best_left_ = left_;
  }

  const Targets& targets_;
  bool wants_impurity_;
  SideRules rules_;
  Kind kind_;
  std::size_t n_sums_;
  const std::uint32_t* counts_ = nullptr;
  NodeTerms terms_;
  CodeOrder order_;
  CategoryAxis axis_;
  std::int64_t few_rows_;  // nodes up to which cuts of many columns are tried together
  LeftCounts left_counts_;
  NodeRows node_{};
  std::vector<std::int64_t> total_, left_, right_, best_left_;
};

}  // namespace gbengine

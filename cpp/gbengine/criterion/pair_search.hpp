// PairSearch: split search where a node is two integers: one sum and the weight.
//
// One number, or one class of two. A column's rows are first brought together by code
// (pair_groups.hpp); then one pass over the groups scores a split after each. A criterion supplies
// Kind, which knows what the two integers mean:
//   double score(double a, double w) const;
//   NodeFacts facts(const NodeRows&, const std::uint32_t* counts, Pair sum, bool wants_impurity,
//                   double* value) const;
//   double value_of(double mean) const;   // of a mean a / w
//   double improvement_unit() const;
//   bool is_pure(const Pair& sum) const;   // if the two integers can tell
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/criterion/category_cut.hpp"
#include "gbengine/criterion/left_sums.hpp"
#include "gbengine/criterion/pair.hpp"
#include "gbengine/criterion/pair_groups.hpp"
#include "gbengine/criterion/side_rules.hpp"
#include "gbengine/criterion/split_search.hpp"
#include "gbengine/criterion/targets.hpp"

namespace gbengine {

template <typename Kind>
class PairSearch final : public SplitSearch {
 public:
  PairSearch(const Targets& targets, const SplitRules& rules, const SearchSize& size)
      : targets_(targets),
        wants_impurity_(rules.wants_impurity),
        rules_(targets, rules),
        kind_(targets),
        by_row_(static_cast<std::size_t>(targets.n_rows)),
        pairs_(static_cast<std::size_t>(size.max_rows)),
        groups_(size, rules_.count_rows()),
        reads_most_columns_(size.reads_most_columns) {}

  void start_tree(const std::uint32_t* counts, std::int64_t min_weight_leaf) override {
    counts_ = counts;
    by_number_ = by_row_.data();
    rules_.start_tree(min_weight_leaf);
    const bool is_classes = targets_.is_classes();
    for (std::int64_t i = 0; i < targets_.n_rows; ++i) {
      const std::int64_t count = counts == nullptr ? 1 : counts[i];
      if (count == 0) continue;  // no node has such a row
      const std::int64_t w = targets_.weight_of(i) * count;
      const std::int64_t a = is_classes ? targets_.slot[static_cast<std::size_t>(i)] * w
                                        : targets_.weighted_value(i, 0) * count;
      by_row_[static_cast<std::size_t>(i)] = {a, w};
    }
  }

  bool takes_copies() const override { return true; }

  void rename_rows(const std::uint32_t* names, std::int64_t n) override {
    by_number_ = by_row_.data();
    if (names == nullptr) return;
    if (copied_.size() < static_cast<std::size_t>(n))
      copied_ = AlignedBuffer<Pair>(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i) copied_[static_cast<std::size_t>(i)] = by_row_[names[i]];
    by_number_ = copied_.data();
  }

  void sum(const NodeRows& rows, std::int64_t* sums) const override {
    Pair total;
    for (std::int64_t i = 0; i < rows.n; ++i) total += by_number_[rows.rows[i]];
    sums[0] = total.a;
    sums[1] = total.w;
  }

  NodeFacts open(const NodeRows& rows, const std::int64_t* sums, bool may_split,
                 double* value) override {
    node_ = rows;
    total_ = {sums[0], sums[1]};
    const NodeFacts facts = kind_.facts(rows, counts_, total_, wants_impurity_, value);
    *value = std::clamp(*value, kind_.value_of(bounds_.low), kind_.value_of(bounds_.high));
    if (may_split && !facts.is_pure)
      for (std::int64_t i = 0; i < rows.n; ++i)
        pairs_[static_cast<std::size_t>(i)] = by_number_[rows.rows[i]];
    return facts;
  }

  void set_bounds(const MeanBounds& bounds) override { bounds_ = bounds; }

  bool seek(const CodedView& table, std::int32_t feature, int monotonic,
            SplitCandidate& best) override {
    const CodeColumn& column = table.column(feature);
    groups_.gather(column, node_, pairs_.data());
    if (column.is_categorical) groups_.sort_by_mean();
    const auto groups = groups_.present();
    const bool has_missing = groups_.has_missing();
    if (groups.empty() || (groups.size() == 1 && !has_missing)) return false;
    Best found;
    if (!has_missing && monotonic == 0 && rules_.are_idle())
      scan_plain(found);
    else
      scan_all(monotonic, found);
    if (!(found.score > best.score)) return true;
    take(found.left, found.score, feature, found.missing_goes_left, has_missing, best);
    if (column.is_categorical) {
      best.categories = cut_before(groups, found.group + 1);
    } else {
      const std::uint32_t next =
          found.group + 1 < groups.size() ? groups[found.group + 1].code : column.n_codes;
      best.cut = table.cut_between(feature, groups[found.group].code, next);
    }
    return true;
  }

  void try_cuts(const CodedView& table, std::span<const DrawnCut> cuts,
                SplitCandidate& best) override {
    const bool together = may_sum_together(table, cuts.size());
    if (together) sum_together(table, cuts);
    const DrawnCut* taken = nullptr;
    Pair taken_left;
    double most = best.score;
    for (const DrawnCut& cut : cuts) {
      const LeftSide left =
          together && !cut.is_categorical ? summed_left(cut.feature) : sum_left(table, cut);
      if (!is_allowed(left.sum, left.n_rows, cut.monotonic)) continue;
      const double score = score_of(left.sum);
      if (!(score > most)) continue;
      most = score;
      taken = &cut;
      taken_left = left.sum;
    }
    if (taken == nullptr) return;
    take(taken_left, most, taken->feature, taken->missing_goes_left, taken->saw_missing, best);
    best.cut = taken->cut;
    if (taken->is_categorical) best.categories = taken->categories;
  }

  const std::int64_t* best_left() const override { return best_left_; }
  double improvement_unit() const override { return kind_.improvement_unit(); }

 private:
  static constexpr std::int64_t kFewRows = 1 << 13;

  struct Best {
    double score = -std::numeric_limits<double>::infinity();
    std::size_t group = 0;  // the last that goes left
    Pair left;
    bool missing_goes_left = false;
  };

  double score_of(const Pair& left) const {
    const Pair right = total_ - left;
    return kind_.score(static_cast<double>(left.a), static_cast<double>(left.w)) +
           kind_.score(static_cast<double>(right.a), static_cast<double>(right.w));
  }

  static double mean_of(const Pair& sum) {
    return static_cast<double>(sum.a) / static_cast<double>(sum.w);
  }

  bool is_allowed(const Pair& left, std::int64_t n_left, int monotonic) const {
    const Pair right = total_ - left;
    if (!rules_.allow({left.w, n_left}, {right.w, node_.n - n_left})) return false;
    if (monotonic == 0) return true;
    const double left_mean = mean_of(left), right_mean = mean_of(right);
    return (right_mean - left_mean) * monotonic >= 0 &&
           std::min(left_mean, right_mean) >= bounds_.low &&
           std::max(left_mean, right_mean) <= bounds_.high;
  }

  struct LeftSide {
    Pair sum;
    std::int64_t n_rows;  // only if rows are counted
  };

  LeftSide sum_left(const CodedView& table, const DrawnCut& cut) const {
    const CodeColumn& column = table.column(cut.feature);
    return with_side(cut.side(column), [&](const auto& goes_left) {
      return column.visit(node_.n, [&](const auto& codes) {
        LeftSide left{{}, 0};
        for (std::int64_t i = 0; i < node_.n; ++i) {
          // All bits or none: no branch.
          const std::int64_t mask = -std::int64_t{goes_left(codes[node_.rows[i]])};
          left.sum.a += pairs_[static_cast<std::size_t>(i)].a & mask;
          left.sum.w += pairs_[static_cast<std::size_t>(i)].w & mask;
          left.n_rows -= mask;
        }
        return left;
      });
    });
  }

  /// Rows that all weigh 1 and have two classes need only be counted.
  bool only_counts() const {
    return targets_.is_binary() && targets_.weight.size() == 0 && counts_ == nullptr;
  }

  bool may_sum_together(const CodedView& table, std::size_t n_cuts) const {
    if (n_cuts < 2 || !reads_most_columns_ || !table.has_row_codes()) return false;
    return node_.n <= kFewRows || only_counts();
  }

  void sum_together(const CodedView& table, std::span<const DrawnCut> cuts) {
    if (!only_counts())
      return left_pairs_.add(table, node_, cuts, pairs_.data(), rules_.count_rows());
    left_ones_.count(table, node_, cuts, pairs_.data());
  }

  LeftSide summed_left(std::int32_t feature) const {
    if (!only_counts()) return {left_pairs_.at(feature), left_pairs_.n_rows(feature)};
    const Pair ones = left_ones_.at(feature);
    return {ones, ones.w};
  }

  /// All of the candidate but where it cuts.
  void take(const Pair& left, double score, std::int32_t feature, bool missing_goes_left,
            bool saw_missing, SplitCandidate& best) {
    best_left_[0] = left.a;
    best_left_[1] = left.w;
    const Pair right = total_ - left;
    best = {score,
            feature,
            {},
            {},
            missing_goes_left,
            saw_missing,
            mean_of(left),
            mean_of(right),
            kind_.is_pure(left) && kind_.is_pure(right)};
  }

  /// No missing rows, no rules.
  void scan_plain(Best& found) const {
    const auto groups = groups_.present();
    Pair left;
    for (std::size_t g = 0; g + 1 < groups.size(); ++g) {
      left += groups[g].sum;
      const double score = score_of(left);
      if (score > found.score) {
        found.score = score;
        found.group = g;
        found.left = left;
      }
    }
  }

  void scan_all(int monotonic, Best& found) const {
    const auto groups = groups_.present();
    const bool has_missing = groups_.has_missing();
    Pair left;
    std::int64_t n_left = 0;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      left += groups[g].sum;
      n_left += groups[g].n_rows;
      const bool is_last = g + 1 == groups.size();
      if (!is_last || has_missing) try_group(g, left, n_left, false, monotonic, found);
      if (!is_last && has_missing)
        try_group(g, left + groups_.missing(), n_left + groups_.n_missing(), true, monotonic,
                  found);
    }
  }

  void try_group(std::size_t g, const Pair& left, std::int64_t n_left, bool missing_goes_left,
                 int monotonic, Best& found) const {
    if (!is_allowed(left, n_left, monotonic)) return;
    const double score = score_of(left);
    if (score > found.score) found = {score, g, left, missing_goes_left};
  }

  const Targets& targets_;
  bool wants_impurity_;
  SideRules rules_;
  Kind kind_;

  const std::uint32_t* counts_ = nullptr;
  AlignedBuffer<Pair> by_row_;  // of the tree
  AlignedBuffer<Pair> copied_;
  const Pair* by_number_ = nullptr;  // the one or the other
  AlignedBuffer<Pair> pairs_;        // of the node
  NodeRows node_{};
  Pair total_;
  MeanBounds bounds_;
  std::int64_t best_left_[2] = {};
  PairGroups groups_;
  bool reads_most_columns_;
  LeftOnes left_ones_;
  LeftPairs left_pairs_;
};

}  // namespace gbengine

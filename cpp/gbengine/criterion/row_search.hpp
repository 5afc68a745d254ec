// RowSearch: split search where a node is many integers: several classes, or several outputs.
//
// The rows are put in the order of the column's codes and move from the right side to the left one
// by one; a split is scored wherever the code changes. Kind is as for PairSearch, but scores an
// array of n_sums integers:
//   double score(const std::int64_t* sums) const;
//   NodeFacts facts(const NodeRows&, const std::uint32_t* counts, const std::int64_t* sums,
//                   bool wants_impurity, double* value) const;
//   double improvement_unit() const;
//   bool is_pure(const std::int64_t* sums) const;   // if they can tell
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/criterion/code_order.hpp"
#include "gbengine/criterion/code_reader.hpp"
#include "gbengine/criterion/node_terms.hpp"
#include "gbengine/criterion/random_cut.hpp"
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
        reader_(size),
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
    reader_.open();
    std::copy_n(sums, n_sums_, total_.data());
    const NodeFacts facts = kind_.facts(rows, counts_, sums, wants_impurity_, value);
    if (may_split && !facts.is_pure) terms_.open(rows, counts_);
    return facts;
  }

  void set_bounds(const MeanBounds&) override {}  // means of several outputs have no order

  bool seek(const CodedView& table, std::int32_t feature, int /*monotonic*/,
            SplitCandidate& best) override {
    const CodeColumn& column = table.column(feature);
    const auto [present, absent] = order_.sort_apart(column, node_.rows, node_.n);
    if (present.empty() || (absent.empty() && present.front().code == present.back().code))
      return false;

    Walk walk{table, feature, false, !absent.empty(), best};
    std::fill(left_.begin(), left_.end(), std::int64_t{0});
    move_rows(present, 0, walk);
    if (!absent.empty()) {
      // All values left, the missing ones right.
      try_split(walk, present.size(), present.back().code, column.n_codes);
      std::fill(left_.begin(), left_.end(), std::int64_t{0});
      for (const CodeOrder::Item& item : absent) terms_.add(item.at, left_.data());
      walk.missing_goes_left = true;
      move_rows(present, absent.size(), walk);
    }
    return true;
  }

  bool seek_random(const CodedView& table, std::int32_t feature, int monotonic,
                   const CounterRng::Draws& draws, SplitCandidate& best) override {
    return try_random_cut(*this, table, feature, monotonic, draws, best);
  }

  /// Reads a column for try_cut.
  CodeRange read(const CodedView& table, std::int32_t feature) {
    return reader_.read(table, feature, node_);
  }

  /// Tries one cut of the column that was read last.
  void try_cut(const Cut& cut, bool missing_goes_left, std::int32_t feature, int /*monotonic*/,
               SplitCandidate& best) {
    const bool missing_left = reader_.has_missing() && missing_goes_left;
    std::fill(left_.begin(), left_.end(), std::int64_t{0});
    std::size_t n_left = 0;
    reader_.with_codes(node_, [&](const auto& code_at) {
      for (std::int64_t i = 0; i < node_.n; ++i) {
        const std::uint32_t code = code_at(i);
        if (code > cut.code && !(missing_left && code == reader_.missing_code())) continue;
        terms_.add(static_cast<std::size_t>(i), left_.data());
        ++n_left;
      }
    });
    const double score = score_if_allowed(n_left);
    if (score > best.score) take({score, feature, cut, missing_left, reader_.has_missing()}, best);
  }

  const std::int64_t* best_left() const override { return best_left_.data(); }
  double improvement_unit() const override { return kind_.improvement_unit(); }

 private:
  using Items = std::span<const CodeOrder::Item>;

  struct Walk {
    const CodedView& table;
    std::int32_t feature;
    bool missing_goes_left;
    bool has_missing;
    SplitCandidate& best;
  };

  static constexpr double kNever = -std::numeric_limits<double>::infinity();

  void move_rows(Items present, std::size_t n_left_before, Walk& walk) {
    for (std::size_t i = 0; i < present.size(); ++i) {
      if (i > 0 && present[i].code != present[i - 1].code)
        try_split(walk, n_left_before + i, present[i - 1].code, present[i].code);
      terms_.add(present[i].at, left_.data());
    }
  }

  void try_split(Walk& walk, std::size_t n_left, std::uint32_t low, std::uint32_t high) {
    const double score = score_if_allowed(n_left);
    if (score > walk.best.score)
      take({score, walk.feature, walk.table.cut_between(walk.feature, low, high),
            walk.missing_goes_left, walk.has_missing},
           walk.best);
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
  CodeReader reader_;
  NodeRows node_{};
  std::vector<std::int64_t> total_, left_, right_, best_left_;
};

}  // namespace gbengine

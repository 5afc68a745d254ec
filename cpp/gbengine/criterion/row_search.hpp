// RowSearch: split search where a node is many integers: several classes, or several outputs.
//
// The rows are put in the order of the column's codes and move from the right side to the left one
// by one; a split is scored wherever the code changes. Kind is as for PairSearch, but scores an
// array of n_sums integers:
//   double score(const std::int64_t* sums) const;
//   NodeFacts facts(const NodeRows&, const std::uint32_t* counts, const std::int64_t* sums,
//                   bool wants_impurity, double* value) const;
//   double improvement_unit() const;
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/criterion/code_order.hpp"
#include "gbengine/criterion/split_search.hpp"
#include "gbengine/criterion/targets.hpp"

namespace gbengine {

template <typename Kind>
class RowSearch final : public SplitSearch {
 public:
  RowSearch(const Targets& targets, const SplitRules& rules, const SearchSize& size)
      : targets_(targets),
        rules_(rules),
        kind_(targets),
        n_sums_(static_cast<std::size_t>(targets.n_sums)),
        order_(size.max_rows),
        total_(n_sums_),
        left_(n_sums_),
        right_(n_sums_),
        best_left_(n_sums_) {}

  void start_tree(const std::uint32_t* counts, std::int64_t min_weight_leaf) override {
    counts_ = counts;
    min_weight_leaf_ = min_weight_leaf;
  }

  void sum(const NodeRows& rows, std::int64_t* sums) const override {
    std::fill_n(sums, n_sums_, std::int64_t{0});
    for (std::int64_t i = 0; i < rows.n; ++i) add_row(rows.rows[i], sums);
  }

  NodeFacts open(const NodeRows& rows, const std::int64_t* sums, bool /*may_split*/,
                 double* value) override {
    node_ = rows;
    std::copy_n(sums, n_sums_, total_.data());
    return kind_.facts(rows, counts_, sums, rules_.wants_impurity, value);
  }

  void set_bounds(const MeanBounds&) override {}  // means of several outputs have no order

  bool seek(const CodedTable& table, std::int32_t feature, int /*monotonic*/,
            SplitCandidate& best) override {
    const CodeColumn& column = table.column(feature);
    auto present = order_.sort(column, node_.rows, node_.n);
    std::size_t n_present = present.size();
    while (n_present > 0 && present[n_present - 1].code == column.n_codes) --n_present;
    const auto absent = present.subspan(n_present);
    present = present.first(n_present);
    const bool is_constant = present.empty() || present.front().code == present.back().code;
    if (present.empty() || (is_constant && absent.empty())) return false;

    Walk walk{table, feature, false, !absent.empty(), best};
    std::fill(left_.begin(), left_.end(), std::int64_t{0});
    move_rows(present, 0, walk);
    if (!absent.empty()) {
      // All values left, the missing ones right.
      try_split(walk, present.size(), present.back().code, column.n_codes);
      std::fill(left_.begin(), left_.end(), std::int64_t{0});
      for (const CodeOrder::Item& item : absent) add_row(node_.rows[item.at], left_.data());
      walk.missing_goes_left = true;
      move_rows(present, absent.size(), walk);
    }
    return true;
  }

  CodeRange read(const CodedTable& table, std::int32_t feature) override {
    const CodeColumn& column = table.column(feature);
    missing_code_ = column.n_codes;
    read_ = order_.sort(column, node_.rows, node_.n);
    std::size_t n_present = read_.size();
    while (n_present > 0 && read_[n_present - 1].code == missing_code_) --n_present;
    if (n_present == 0) return {1, 0, true};
    return {read_[0].code, read_[n_present - 1].code, n_present < read_.size()};
  }

  void try_cut(const Cut& cut, bool missing_goes_left, std::int32_t feature, int /*monotonic*/,
               SplitCandidate& best) override {
    std::fill(left_.begin(), left_.end(), std::int64_t{0});
    std::size_t n_left = 0;
    bool has_missing = false;
    for (const CodeOrder::Item& item : read_) {
      const bool is_missing = item.code == missing_code_;
      has_missing |= is_missing;
      if (is_missing ? !missing_goes_left : item.code > cut.code) continue;
      add_row(node_.rows[item.at], left_.data());
      ++n_left;
    }
    const double score = score_if_allowed(n_left);
    if (score > best.score)
      take({score, feature, cut, has_missing && missing_goes_left, has_missing}, best);
  }

  const std::int64_t* best_left() const override { return best_left_.data(); }
  double improvement_unit() const override { return kind_.improvement_unit(); }

 private:
  using Items = std::span<const CodeOrder::Item>;

  struct Walk {
    const CodedTable& table;
    std::int32_t feature;
    bool missing_goes_left;
    bool has_missing;
    SplitCandidate& best;
  };

  static constexpr double kNever = -std::numeric_limits<double>::infinity();

  void add_row(std::uint32_t row, std::int64_t* sums) const {
    const std::int64_t count = counts_ == nullptr ? 1 : counts_[row];
    const std::int64_t weight = targets_.weight_of(row) * count;
    const auto n_outputs = static_cast<std::size_t>(targets_.n_outputs);
    if (targets_.is_classes()) {
      const std::uint32_t* slots = targets_.slot.data() + row * n_outputs;
      for (std::size_t k = 0; k < n_outputs; ++k) sums[slots[k]] += weight;
    } else {
      for (std::size_t k = 0; k < n_outputs; ++k)
        sums[k] += targets_.weighted_value(row, static_cast<std::int32_t>(k)) * count;
    }
    sums[n_sums_ - 1] += weight;
  }

  void move_rows(Items present, std::size_t n_left_before, Walk& walk) {
    for (std::size_t i = 0; i < present.size(); ++i) {
      if (i > 0 && present[i].code != present[i - 1].code)
        try_split(walk, n_left_before + i, present[i - 1].code, present[i].code);
      add_row(node_.rows[present[i].at], left_.data());
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
    const std::int64_t left_weight = left_.back(), right_weight = right_.back();
    if (std::min(left_weight, right_weight) < std::max<std::int64_t>(min_weight_leaf_, 1))
      return kNever;
    const auto n_right = node_.n - static_cast<std::int64_t>(n_left);
    const std::int64_t smaller = targets_.weights_count
                                     ? std::min(left_weight, right_weight)
                                     : std::min(static_cast<std::int64_t>(n_left), n_right);
    if (smaller < rules_.min_samples_leaf) return kNever;
    return kind_.score(left_.data()) + kind_.score(right_.data());
  }

  void take(const SplitCandidate& candidate, SplitCandidate& best) {
    best = candidate;
    best_left_ = left_;
  }

  const Targets& targets_;
  SplitRules rules_;
  std::int64_t min_weight_leaf_ = 0;
  Kind kind_;
  std::size_t n_sums_;
  const std::uint32_t* counts_ = nullptr;
  CodeOrder order_;
  NodeRows node_{};
  Items read_;
  std::uint32_t missing_code_ = 0;
  std::vector<std::int64_t> total_, left_, right_, best_left_;
};

}  // namespace gbengine

// SideRules: what both sides of a split must keep, the same for every search.
//
// Example:
//   rules.start_tree(min_weight_leaf);
//   if (!rules.allow({left_weight, left_rows}, {right_weight, right_rows})) continue;
#pragma once

#include <algorithm>
#include <cstdint>

#include "gbengine/criterion/split_search.hpp"
#include "gbengine/criterion/targets.hpp"

namespace gbengine {

/// One side: its integer weight, and its rows where those are counted.
struct SideSize {
  std::int64_t weight, n_rows;
};

class SideRules {
 public:
  /// targets must outlive the rules.
  SideRules(const Targets& targets, const SplitRules& rules)
      : targets_(targets), min_samples_leaf_(rules.min_samples_leaf) {}

  void start_tree(std::int64_t min_weight_leaf) { min_weight_leaf_ = min_weight_leaf; }

  /// No more is asked of a side than a row.
  bool are_idle() const { return min_samples_leaf_ <= 1 && min_weight_leaf_ <= 0; }

  /// Rows must be told apart from their weight.
  bool count_rows() const { return !targets_.weights_count && min_samples_leaf_ > 1; }

  bool allow(const SideSize& left, const SideSize& right) const {
    if (std::min(left.weight, right.weight) < std::max<std::int64_t>(min_weight_leaf_, 1))
      return false;
    if (min_samples_leaf_ <= 1) return true;  // rows may not have been counted
    return std::min(count(left), count(right)) >= min_samples_leaf_;
  }

 private:
  std::int64_t count(const SideSize& side) const {
    return targets_.weights_count ? side.weight : side.n_rows;
  }

  const Targets& targets_;
  std::int64_t min_samples_leaf_;
  std::int64_t min_weight_leaf_ = 0;
};

}  // namespace gbengine

// NodeTerms: what each row of a node adds to the node's sums, side by side.
//
// Gathered once a node, then read for every column. Used by RowSearch. Example:
//   terms.open(targets, counts, rows);
//   terms.add(i, sums);        // row i of the node
#pragma once

#include <cstdint>
#include <vector>

#include "gbengine/criterion/split_search.hpp"
#include "gbengine/criterion/targets.hpp"

namespace gbengine {

class NodeTerms {
 public:
  explicit NodeTerms(const Targets& targets)
      : targets_(targets),
        is_classes_(targets.is_classes()),
        n_outputs_(static_cast<std::size_t>(targets.n_outputs)),
        weight_slot_(static_cast<std::size_t>(targets.n_sums) - 1) {}

  /// @param counts by row of the table, or nullptr
  void open(const NodeRows& rows, const std::uint32_t* counts) {
    const auto n = static_cast<std::size_t>(rows.n);
    weight_.resize(n);
    (is_classes_ ? slot_.resize(n * n_outputs_) : value_.resize(n * n_outputs_));
    for (std::size_t i = 0; i < n; ++i) {
      const std::uint32_t row = rows.in_table(static_cast<std::int64_t>(i));
      const std::int64_t count = counts == nullptr ? 1 : counts[row];
      weight_[i] = targets_.weight_of(row) * count;
      for (std::size_t k = 0; k < n_outputs_; ++k) {
        if (is_classes_)
          slot_[i * n_outputs_ + k] = targets_.slot[row * n_outputs_ + k];
        else
          value_[i * n_outputs_ + k] =
              targets_.weighted_value(row, static_cast<std::int32_t>(k)) * count;
      }
    }
  }

  /// Of the i-th row's class: one output.
  std::size_t slot(std::size_t i) const { return slot_[i]; }

  std::size_t n_rows() const { return weight_.size(); }

  void add(std::size_t i, std::int64_t* sums) const {
    if (is_classes_) {
      const std::uint32_t* slots = slot_.data() + i * n_outputs_;
      for (std::size_t k = 0; k < n_outputs_; ++k) sums[slots[k]] += weight_[i];
    } else {
      const std::int64_t* values = value_.data() + i * n_outputs_;
      for (std::size_t k = 0; k < n_outputs_; ++k) sums[k] += values[k];
    }
    sums[weight_slot_] += weight_[i];
  }

 private:
  const Targets& targets_;
  bool is_classes_;
  std::size_t n_outputs_, weight_slot_;
  std::vector<std::uint32_t> slot_;   // classes: row by row, an output each
  std::vector<std::int64_t> value_;   // numbers: the same, times the weight
  std::vector<std::int64_t> weight_;  // of each row
};

}  // namespace gbengine

// ColumnDraw: columns in a random order, one at a time, a function of the node alone.
//
// The first steps of a Fisher-Yates shuffle, undone afterwards, so that a draw costs what it draws.
// Example:
//   ColumnDraw draw(columns, seed);
//   draw.start(tree_idx, node_key);
//   for (int i = 0; i < k; ++i) f = draw.next();
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "gbengine/base/rng.hpp"

namespace gbengine {

class ColumnDraw {
 public:
  explicit ColumnDraw(std::uint64_t seed) : rng_(seed, RngPurpose::kCartColumn) {}

  void set_columns(std::vector<std::int32_t> columns) {
    columns_ = std::move(columns);
    swaps_.clear();
  }

  std::size_t size() const { return columns_.size(); }
  const std::vector<std::int32_t>& in_order() const { return columns_; }

  void start(std::uint64_t tree, std::uint64_t node_key) {
    for (std::size_t i = swaps_.size(); i-- > 0;) std::swap(columns_[i], columns_[swaps_[i]]);
    swaps_.clear();
    node_draws_ = rng_.at(tree, node_key);
  }

  /// At most size() times after a start.
  std::int32_t next() {
    const std::size_t i = swaps_.size();
    const std::size_t left = columns_.size() - i;
    const std::size_t j = i + node_draws_.below(left, i);
    std::swap(columns_[i], columns_[j]);
    swaps_.push_back(j);
    return columns_[i];
  }

 private:
  CounterRng rng_;
  std::vector<std::int32_t> columns_;
  std::vector<std::size_t> swaps_;
  CounterRng::Draws node_draws_{0};
};

}  // namespace gbengine

// ColumnDraw: columns in a random order, one at a time, a function of the node alone.
//
// Some of them: the first steps of a Fisher-Yates shuffle, undone afterwards, so that a draw costs
// what it draws. All of them, where the order only decides between equals: from a random one on, by
// a random step. Example:
//   ColumnDraw draw(seed);
//   draw.set_columns(columns, /*n_drawn=*/5);
//   draw.start(tree_idx, node_key);
//   for (int i = 0; i < 5; ++i) f = draw.next();
#pragma once

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "gbengine/base/rng.hpp"

namespace gbengine {

class ColumnDraw {
 public:
  explicit ColumnDraw(std::uint64_t seed) : rng_(seed, RngPurpose::kCartColumn) {}

  /// @param n_drawn how many will be asked for; if it is all of them, no draw is worth a hash
  void set_columns(std::vector<std::int32_t> columns, std::size_t n_drawn) {
    columns_ = std::move(columns);
    draws_all_ = n_drawn >= columns_.size();
    swaps_.clear();
    steps_.clear();
    for (std::size_t step = 1; draws_all_ && step <= columns_.size(); ++step)
      if (std::gcd(step, columns_.size()) == 1) steps_.push_back(step);
  }

  std::size_t size() const { return columns_.size(); }
  bool draws_all() const { return draws_all_; }
  const std::vector<std::int32_t>& in_order() const { return columns_; }

  void start(std::uint64_t tree, std::uint64_t node_key) {
    node_draws_ = rng_.at(tree, node_key);
    if (draws_all_) {
      at_ = node_draws_.below(columns_.size(), 0);
      step_ = steps_[node_draws_.below(steps_.size(), 1)];
      return;
    }
    for (std::size_t i = swaps_.size(); i-- > 0;) std::swap(columns_[i], columns_[swaps_[i]]);
    swaps_.clear();
  }

  /// At most size() times after a start.
  std::int32_t next() {
    if (draws_all_) {
      const std::int32_t column = columns_[at_];
      at_ += step_;
      if (at_ >= columns_.size()) at_ -= columns_.size();
      return column;
    }
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
  bool draws_all_ = false;
  CounterRng::Draws node_draws_{0};
  std::vector<std::size_t> swaps_;  // some: the shuffle so far
  std::vector<std::size_t> steps_;  // all: the steps that visit every column
  std::size_t at_ = 0, step_ = 1;
};

}  // namespace gbengine

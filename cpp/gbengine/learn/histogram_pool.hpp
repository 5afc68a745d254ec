// HistogramPool: the histograms of the nodes that may still be split, reused tree after tree.
//
// Example:
//   HistogramPool pool(words);
//   int64_t* histogram = pool.take(node_idx);  pool.hand_on(node_idx, child);  pool.words(child);
#pragma once

#include <cassert>
#include <cstdint>
#include <utility>
#include <vector>

#include "gbengine/base/aligned_buffer.hpp"

namespace gbengine {

class HistogramPool {
 public:
  explicit HistogramPool(std::int64_t words_per_histogram) : n_words_(words_per_histogram) {}

  /// For a node that has none; not initialised.
  std::int64_t* take(std::int32_t node_idx) {
    assert(words(node_idx) == nullptr);
    if (free_.empty()) {
      free_.push_back(static_cast<std::int32_t>(buffers_.size()));
      buffers_.emplace_back(static_cast<std::size_t>(n_words_));
    }
    slot(node_idx) = free_.back();
    free_.pop_back();
    return words(node_idx);
  }

  /// nullptr: the node has none.
  std::int64_t* words(std::int32_t node_idx) {
    const std::int32_t at = slot(node_idx);
    return at < 0 ? nullptr : buffers_[static_cast<std::size_t>(at)].data();
  }

  /// Gives a node's histogram, if it has one, to another.
  void hand_on(std::int32_t from, std::int32_t to) {
    assert(words(to) == nullptr);
    const std::int32_t at = std::exchange(slot(from), -1);
    slot(to) = at;
  }

  /// If the node has one.
  void give_back(std::int32_t node_idx) {
    const std::int32_t at = std::exchange(slot(node_idx), -1);
    if (at >= 0) free_.push_back(at);
  }

  /// No node has one, for the next tree.
  void give_back_all() {
    slots_.clear();
    free_.clear();
    for (std::size_t at = buffers_.size(); at-- > 0;)
      free_.push_back(static_cast<std::int32_t>(at));
  }

  std::int64_t n_words() const { return n_words_; }
  std::size_t n_taken() const { return buffers_.size() - free_.size(); }

 private:
  std::int32_t& slot(std::int32_t node_idx) {
    const auto at = static_cast<std::size_t>(node_idx);
    if (slots_.size() <= at) slots_.resize(at + 1, -1);
    return slots_[at];
  }

  std::int64_t n_words_;
  std::vector<AlignedBuffer<std::int64_t>> buffers_;
  std::vector<std::int32_t> free_;
  std::vector<std::int32_t> slots_;  // by node of the tree; -1: none
};

}  // namespace gbengine

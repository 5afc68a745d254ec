// HistogramPool: the histograms of the nodes that may still be split, reused tree after tree.
//
// Example:
//   HistogramPool pool(words);
//   int32_t slot = pool.take();  pool.words(slot);  pool.give_back(slot);
#pragma once

#include <cassert>
#include <cstdint>
#include <vector>

#include "gbengine/base/aligned_buffer.hpp"

namespace gbengine {

class HistogramPool {
 public:
  explicit HistogramPool(std::int64_t words_per_histogram) : n_words_(words_per_histogram) {}

  /// A slot whose words are not initialised.
  std::int32_t take() {
    if (free_.empty()) {
      buffers_.emplace_back(static_cast<std::size_t>(n_words_));
      return static_cast<std::int32_t>(buffers_.size()) - 1;
    }
    const std::int32_t slot = free_.back();
    free_.pop_back();
    return slot;
  }

  void give_back(std::int32_t slot) {
    assert(slot >= 0 && slot < static_cast<std::int32_t>(buffers_.size()));
    free_.push_back(slot);
  }

  /// All slots are free again, for the next tree.
  void give_back_all() {
    free_.clear();
    for (std::size_t slot = buffers_.size(); slot-- > 0;)
      free_.push_back(static_cast<std::int32_t>(slot));
  }

  std::int64_t* words(std::int32_t slot) { return buffers_[static_cast<std::size_t>(slot)].data(); }
  std::int64_t n_words() const { return n_words_; }
  std::size_t n_taken() const { return buffers_.size() - free_.size(); }

 private:
  std::int64_t n_words_;
  std::vector<AlignedBuffer<std::int64_t>> buffers_;
  std::vector<std::int32_t> free_;
};

}  // namespace gbengine

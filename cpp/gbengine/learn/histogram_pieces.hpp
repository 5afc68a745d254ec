// HistogramPieces: private histograms of pieces of the rows, where there are fewer blocks of
// features than threads.
//
// The first piece is summed where the whole is wanted. Example:
//   const auto n_pieces = pieces.start(threads, n_blocks, updates, n_words);
//   ... sum piece k into pieces.words(k, words) ...
//   pieces.join(words, [&](std::int64_t* to, const std::int64_t* from) { ... });
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/base/parallel.hpp"

namespace gbengine {

class HistogramPieces {
 public:
  /// How many pieces the rows are cut into.
  std::int64_t start(const Parallel& threads, std::int64_t n_blocks, std::int64_t updates,
                     std::int64_t n_words) {
    n_words_ = n_words;
    n_pieces_ = 1;
    if (n_blocks < 2 * threads.n_threads())
      n_pieces_ = std::clamp<std::int64_t>(updates / (n_words * kMinUpdatesPerWord), 1,
                                           threads.n_threads());
    const auto needed = static_cast<std::size_t>((n_pieces_ - 1) * n_words);
    if (others_.size() < needed) others_ = AlignedBuffer<std::int64_t>(needed);
    return n_pieces_;
  }

  std::int64_t* words(std::int64_t piece, std::int64_t* whole) {
    return piece == 0 ? whole : others_.data() + (piece - 1) * n_words_;
  }

  /// Calls add(whole, words) for each piece but the first.
  template <typename Add>
  void join(std::int64_t* whole, Add&& add) {
    for (std::int64_t piece = 1; piece < n_pieces_; ++piece) add(whole, words(piece, whole));
  }

 private:
  /// A piece must outweigh the joining of its histogram.
  static constexpr std::int64_t kMinUpdatesPerWord = 8;

  std::int64_t n_words_ = 0;
  std::int64_t n_pieces_ = 1;
  AlignedBuffer<std::int64_t> others_;
};

}  // namespace gbengine

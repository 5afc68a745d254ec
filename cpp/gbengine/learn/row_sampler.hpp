// RowSampler: draws rows without replacement, each by a hash of (seed, tree, place of the row).
//
// Example:
//   RowSampler sampler(seed, 0.5, places_of(row_order(…)));
//   int64_t n = sampler.draw(parallel, tree_idx, drawn);   // ascending
//   sampler.left_out();                                    // the others, ascending
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/base/parallel.hpp"

namespace gbengine {

class RowSampler {
 public:
  /// Each row is drawn with probability `fraction`, on its own.
  /// @param place  of each row a number of its own, by which it is drawn; not read, and may be
  /// empty, if the fraction is 1, which draws all
  RowSampler(std::uint64_t seed, double fraction, std::vector<std::uint32_t> place);

  bool draws_all() const { return fraction_ >= 1.0; }

  /// Writes the drawn rows to `drawn` (room for all) and returns how many there are.
  std::int64_t draw(const Parallel& parallel, std::int64_t tree_idx, std::uint32_t* drawn);

  /// The rows that the latest draw left out; empty before the first.
  std::span<const std::uint32_t> left_out() const {
    return left_out_.span().subspan(0, static_cast<std::size_t>(n_left_out_));
  }

 private:
  std::uint64_t seed_;
  double fraction_;
  std::vector<std::uint32_t> place_;
  std::int64_t n_left_out_ = 0;
  AlignedBuffer<std::uint32_t> left_out_;
};

}  // namespace gbengine

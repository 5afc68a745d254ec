// RankedRows: a bag of weighted values that knows its median and the distance to it.
//
// A Fenwick tree (Fenwick, "A new data structure for cumulative frequency tables", 1994) over the
// ranks of the values: adding one and asking take O(log n). All sums are integers. Used by the
// absolute error criterion. Example:
//   RankedRows rows;
//   rows.reset(sorted_values);      // all that may come
//   rows.add(rank, weight);
//   Int128 error = rows.distance();
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/base/integer_scale.hpp"

namespace gbengine {

class RankedRows {
 public:
  /// Empties the bag. @param values distinct, ascending; must outlive the use
  void reset(std::span<const std::int64_t> values) {
    values_ = values;
    weight_.assign(values.size() + 1, 0);
    moment_.assign(values.size() + 1, 0);
    total_weight_ = 0;
    total_moment_ = 0;
    top_ = std::bit_floor(std::max<std::size_t>(values.size(), 1));
  }

  void add(std::size_t rank, std::int64_t weight) {
    const Int128 moment = Int128{values_[rank]} * weight;
    total_weight_ += weight;
    total_moment_ += moment;
    for (std::size_t at = rank + 1; at < weight_.size(); at += at & (~at + 1)) {
      weight_[at] += weight;
      moment_[at] += moment;
    }
  }

  /// Sum of weight times distance to the median.
  Int128 distance() const {
    const Place lower = first_reaching((total_weight_ + 1) / 2);
    const Int128 median = values_[lower.rank];
    return (total_moment_ - lower.moment) - median * (total_weight_ - lower.weight) +
           median * lower.weight - lower.moment;
  }

  /// Half way between the two middle values where the weight can be halved exactly.
  double median() const {
    const Place lower = first_reaching((total_weight_ + 1) / 2);
    const std::int64_t low = values_[lower.rank];
    const std::int64_t up_to_low = prefix_weight(lower.rank + 1);
    if (2 * up_to_low != total_weight_) return static_cast<double>(low);
    const std::int64_t high = values_[first_reaching(up_to_low + 1).rank];
    return static_cast<double>(low) + static_cast<double>(high - low) / 2;
  }

 private:
  struct Place {
    std::size_t rank;
    std::int64_t weight;  // of what lies below it
    Int128 moment;
  };

  /// The first rank at which the weight so far reaches `target`.
  Place first_reaching(std::int64_t target) const {
    Place place{0, 0, 0};
    for (std::size_t step = top_; step > 0; step /= 2) {
      const std::size_t at = place.rank + step;
      if (at >= weight_.size() || place.weight + weight_[at] >= target) continue;
      place.rank = at;
      place.weight += weight_[at];
      place.moment += moment_[at];
    }
    return place;
  }

  std::int64_t prefix_weight(std::size_t n_ranks) const {
    std::int64_t sum = 0;
    for (std::size_t at = n_ranks; at > 0; at &= at - 1) sum += weight_[at];
    return sum;
  }

  std::span<const std::int64_t> values_;
  std::vector<std::int64_t> weight_;  // Fenwick trees, from 1
  std::vector<Int128> moment_;
  std::int64_t total_weight_ = 0;
  Int128 total_moment_ = 0;
  std::size_t top_ = 1;
};

}  // namespace gbengine

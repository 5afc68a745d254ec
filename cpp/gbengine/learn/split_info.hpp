// SplitInfo: a candidate split of one node.
#pragma once

#include <cstdint>
#include <functional>

#include "gbengine/base/category_set.hpp"
#include "gbengine/kernel/gradient_pair.hpp"

namespace gbengine {

struct SplitInfo {
  double gain = -1.0;   // loss saved by the split; not positive: none
  double total = -1.0;  // score of both children together, what splits are compared by
  std::int32_t feature = -1;
  std::int32_t bin = -1;  // codes <= bin go left; of categories it says nothing
  bool missing_goes_left = false;
  GradientSum left;
  GradientSum right;
  CategorySet left_codes;  // of a categorical feature: codes that go left

  bool is_valid() const { return feature >= 0; }
};

/// A gain below this part of the score is rounding, not signal.
inline constexpr double kNoise = 0x1p-40;

/// The split with its gain over a node of this score; none if that is not above the least.
inline SplitInfo if_it_gains(SplitInfo split, double node_score, double min_split_gain) {
  split.gain = split.total - node_score;
  if (!(split.gain > min_split_gain) || !(split.gain > kNoise * split.total)) return {};
  return split;
}

/// Sets the counts of a feature's cells in the node whose split is sought.
using CountFeature = std::function<void(std::int32_t feature)>;

}  // namespace gbengine

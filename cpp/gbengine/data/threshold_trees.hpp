// ThresholdTrees: the mappers' thresholds, laid out as the binning kernels search them.
//
// Made for one element type: the nodes are floats, rounded so that float values need no look at the
// doubles behind them. Used by bin_matrix. Example:
//   ThresholdTrees trees(mappers, DType::kFloat32);
//   kernels().binning.find_codes_float(trees.tree(f), values, n, codes);
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/base/matrix_view.hpp"
#include "gbengine/data/bin_mapper.hpp"
#include "gbengine/kernel/binning.hpp"

namespace gbengine {

/// The largest float that is <= threshold: for a float x, x <= threshold is x <= that float.
float round_down_to_float(double threshold);

class ThresholdTrees {
 public:
  ThresholdTrees(const std::vector<BinMapper>& mappers, DType dtype);

  /// Points into this object.
  ThresholdTree tree(std::int32_t feature) const;

 private:
  struct Place {
    std::size_t first_node, first_threshold;
    std::int32_t depth;
    std::uint8_t missing_code;
  };

  std::vector<Place> places_;
  AlignedBuffer<float> nodes_;
  std::vector<double> thresholds_;  // empty for DType::kFloat32
};

}  // namespace gbengine

#include "gbengine/predict/tree_on_bins.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "gbengine/base/error.hpp"

namespace gbengine {
namespace {

std::uint8_t bin_of(const BinMapper& mapper, std::int32_t feature, double threshold) {
  if (threshold == std::numeric_limits<double>::infinity())
    return static_cast<std::uint8_t>(mapper.n_bins() - 1);
  const auto begin = mapper.thresholds.begin(), end = mapper.thresholds.end();
  const auto at = std::lower_bound(begin, end, threshold);
  if (at == end || *at != threshold)
    throw ValueError("the model to continue splits column " + std::to_string(feature) + " at " +
                     number_text(threshold) +
                     ", inside a bin of the table; it must have been grown on the same bins");
  return static_cast<std::uint8_t>(at - begin);
}

}  // namespace

BinnedTree tree_on_bins(const EnsembleModel& model, std::int32_t tree, const BinnedMatrix& bins) {
  const auto begin = model.tree_begin[static_cast<std::size_t>(tree)];
  const auto end = model.tree_begin[static_cast<std::size_t>(tree) + 1];
  const Tree& nodes = model.nodes;
  BinnedTree out{{nodes.feature.begin() + begin, nodes.feature.begin() + end},
                 {nodes.left_child.begin() + begin, nodes.left_child.begin() + end},
                 {},
                 {nodes.missing_goes_left.begin() + begin, nodes.missing_goes_left.begin() + end},
                 {nodes.value.begin() + begin, nodes.value.begin() + end}};
  out.bin_threshold.resize(out.feature.size(), 0);
  for (std::size_t i = 0; i < out.feature.size(); ++i) {
    const std::int32_t feature = out.feature[i];
    if (feature == kLeafFeature) continue;
    const BinMapper& mapper = bins.mappers[static_cast<std::size_t>(feature)];
    out.bin_threshold[i] =
        bin_of(mapper, feature, nodes.threshold[static_cast<std::size_t>(begin) + i]);
  }
  return out;
}

}  // namespace gbengine

#include "gbengine/data/threshold_trees.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>

namespace gbengine {
namespace {

constexpr std::size_t kLineFloats = kCacheLine / sizeof(float);
constexpr double kInf = std::numeric_limits<double>::infinity();

int depth_for(const BinMapper& mapper) {
  return static_cast<int>(std::bit_width(mapper.thresholds.size()));
}

/// Node 2^l + i is the i-th of level l: the thresholds in the middle of 2^l equal parts.
void fill_nodes(const std::vector<double>& thresholds, int depth, DType dtype, float* nodes) {
  for (int level = 0; level < depth; ++level) {
    const std::size_t part = std::size_t{1} << (depth - level);
    for (std::size_t i = 0; i < std::size_t{1} << level; ++i) {
      const std::size_t middle = i * part + part / 2 - 1;
      if (middle >= thresholds.size()) break;
      nodes[(std::size_t{1} << level) + i] = dtype == DType::kFloat32
                                                 ? round_down_to_float(thresholds[middle])
                                                 : static_cast<float>(thresholds[middle]);
    }
  }
}

}  // namespace

float round_down_to_float(double threshold) {
  const auto nearest = static_cast<float>(threshold);
  return static_cast<double>(nearest) > threshold
             ? std::nextafter(nearest, -std::numeric_limits<float>::infinity())
             : nearest;
}

ThresholdTrees::ThresholdTrees(const std::vector<BinMapper>& mappers, DType dtype) {
  std::size_t n_nodes = 0, n_thresholds = 0;
  for (const BinMapper& mapper : mappers) {
    assert(mapper.n_bins() <= kMaxBins);
    const int depth = depth_for(mapper);
    places_.push_back(
        {n_nodes, n_thresholds, depth, static_cast<std::uint8_t>(mapper.missing_bin())});
    n_nodes += std::max(std::size_t{1} << depth, kLineFloats);
    if (dtype == DType::kFloat64) n_thresholds += (std::size_t{1} << depth) + 1;
  }
  nodes_ = AlignedBuffer<float>(n_nodes);
  std::fill(nodes_.begin(), nodes_.end(), std::numeric_limits<float>::infinity());
  thresholds_.assign(n_thresholds, kInf);
  for (std::size_t f = 0; f < mappers.size(); ++f) {
    const std::vector<double>& thresholds = mappers[f].thresholds;
    fill_nodes(thresholds, places_[f].depth, dtype, nodes_.data() + places_[f].first_node);
    if (dtype == DType::kFloat64)
      std::copy(thresholds.begin(), thresholds.end(),
                thresholds_.data() + places_[f].first_threshold);
  }
}

ThresholdTree ThresholdTrees::tree(std::int32_t feature) const {
  const Place& place = places_[static_cast<std::size_t>(feature)];
  return {nodes_.data() + place.first_node, thresholds_.data() + place.first_threshold, place.depth,
          place.missing_code};
}

}  // namespace gbengine

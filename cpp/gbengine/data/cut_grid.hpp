// CutGrid: finds a point among a column's thresholds in a step or two.
//
// The span of the thresholds is divided into equal cells, and each knows where its thresholds
// begin. Points that are drawn evenly from the span fall into wide gaps most often, where cells
// hold few. Example:
//   CutGrid grid(thresholds);
//   if (grid.is_there()) grid.count_below(x);   // how many thresholds are below x
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace gbengine {

class CutGrid {
 public:
  CutGrid() = default;

  /// @param thresholds ascending, at most 255; no grid if their span is not an ordinary number.
  /// They must outlive the grid.
  explicit CutGrid(const std::vector<double>& thresholds) {
    if (thresholds.size() < 2) return;
    const double span = thresholds.back() - thresholds.front();
    const double scale = kCells / span;
    if (!std::isnormal(span) || !std::isnormal(scale)) return;
    thresholds_ = thresholds.data();
    first_ = thresholds.front();
    scale_ = scale;
    for (const double threshold : thresholds)
      for (std::size_t cell = cell_of(threshold) + 1; cell < std::size(begin_); ++cell)
        ++begin_[cell];
  }

  bool is_there() const { return thresholds_ != nullptr; }

  /// x is not NaN.
  std::uint32_t count_below(double x) const {
    const std::size_t cell = cell_of(x);  // grows with x: other cells' thresholds need no look
    std::uint32_t at = begin_[cell];
    const std::uint32_t end = begin_[cell + 1];
    while (at < end && thresholds_[at] < x) ++at;
    return at;
  }

 private:
  static constexpr std::size_t kCells = 256;

  std::size_t cell_of(double x) const {
    const double cell = std::clamp((x - first_) * scale_, 0.0, static_cast<double>(kCells - 1));
    return static_cast<std::size_t>(static_cast<std::int32_t>(cell));
  }

  const double* thresholds_ = nullptr;
  double first_ = 0.0, scale_ = 0.0;
  std::uint8_t begin_[kCells + 1] = {};  // of each cell's thresholds
};

}  // namespace gbengine

// ColumnRanges: the lowest and the highest code of every column over a few rows, all at once.
//
// Where a row's codes lie together, many columns of it fit one register: all their ranges cost
// little more than one would. Example:
//   ranges.find(table, rows);
//   ranges.low(f) <= ranges.high(f)
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "gbengine/criterion/split_search.hpp"
#include "gbengine/data/coded_view.hpp"

namespace gbengine {

class ColumnRanges {
 public:
  /// The table has row codes; rows.n >= 1.
  void find(const CodedView& table, const NodeRows& rows) {
    const auto width = static_cast<std::size_t>(table.row_stride());
    low_.assign(width, 0xff);
    high_.assign(width, 0);
    std::uint8_t *low = low_.data(), *high = high_.data();
    for (std::int64_t i = 0; i < rows.n; ++i) {
      const std::uint8_t* codes = table.row(rows.rows[i]);
      for (std::size_t f = 0; f < width; ++f) {
        low[f] = std::min(low[f], codes[f]);
        high[f] = std::max(high[f], codes[f]);
      }
    }
  }

  std::uint32_t low(std::int32_t feature) const { return low_[static_cast<std::size_t>(feature)]; }
  std::uint32_t high(std::int32_t feature) const {
    return high_[static_cast<std::size_t>(feature)];
  }

 private:
  std::vector<std::uint8_t> low_, high_;  // by column, padded
};

}  // namespace gbengine

// ColumnRanges: the lowest and the highest code of every column over a few rows, all at once.
//
// Where a row's codes lie together, many columns of it fit one register: all their ranges cost
// little more than one would. Example:
//   ranges.find(table, rows);
//   ranges.low(f) <= ranges.high(f)
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "gbengine/criterion/split_search.hpp"
#include "gbengine/data/coded_view.hpp"

namespace gbengine {

class ColumnRanges {
 public:
  /// The table has row codes; rows.n >= 1.
  void find(const CodedView& table, const NodeRows& rows) {
    const std::int64_t n_blocks = (table.row_stride() + kBlock - 1) / kBlock;
    low_.resize(static_cast<std::size_t>(n_blocks * kBlock));
    high_.resize(low_.size());
    for (std::int64_t first = 0; first < n_blocks * kBlock; first += kBlock)
      find_block(table, rows, first, low_.data() + first, high_.data() + first);
  }

  std::uint32_t low(std::int32_t feature) const { return low_[static_cast<std::size_t>(feature)]; }
  std::uint32_t high(std::int32_t feature) const {
    return high_[static_cast<std::size_t>(feature)];
  }

 private:
  static constexpr std::int64_t kBlock = 16;  // columns that fit one register; rows are padded
  using Block [[gnu::vector_size(kBlock)]] = std::uint8_t;

  static void find_block(const CodedView& table, const NodeRows& rows, std::int64_t first,
                         std::uint8_t* low, std::uint8_t* high) {
    Block least, most;
    std::memcpy(&least, table.row(rows.rows[0]) + first, kBlock);
    most = least;
    for (std::int64_t i = 1; i < rows.n; ++i) {
      Block codes;
      std::memcpy(&codes, table.row(rows.rows[i]) + first, kBlock);
      least = codes < least ? codes : least;
      most = codes > most ? codes : most;
    }
    std::memcpy(low, &least, kBlock);
    std::memcpy(high, &most, kBlock);
  }

  std::vector<std::uint8_t> low_, high_;  // by column, padded
};

}  // namespace gbengine

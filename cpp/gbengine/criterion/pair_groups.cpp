#include "gbengine/criterion/pair_groups.hpp"

#include <algorithm>
#include <bit>
#include <iterator>
#include <utility>

namespace gbengine {

PairGroups::PairGroups(const SearchSize& size, bool counts_rows)
    : counts_rows_(counts_rows),
      order_(size.max_rows),
      cells_(static_cast<std::size_t>(
          std::max(kFewCells, std::min(kCellsPerRow * size.max_rows, size.max_cells)))),
      cell_rows_(counts_rows ? cells_.size() : 0),
      groups_(static_cast<std::size_t>(size.max_rows) + 1) {
  std::fill(cells_.begin(), cells_.end(), Pair{});
  std::fill(cell_rows_.begin(), cell_rows_.end(), 0U);
}

void PairGroups::gather(const CodeColumn& column, const NodeRows& rows, const Pair* pairs) {
  missing_ = {};
  n_missing_ = 0;
  n_groups_ = 0;
  const std::int64_t n_cells = std::int64_t{column.n_codes} + 1;
  if (n_cells > kFewCells && n_cells > kCellsPerRow * rows.n)
    return gather_by_order(column, rows, pairs);
  column.visit(rows.n, [&](const auto& codes) {
    if (n_cells <= kFewCells && rows.n < kManyRows && !counts_rows_)
      gather_by_marked_cells(codes, column.n_codes, rows, pairs);
    else
      gather_by_cells(codes, column.n_codes, rows, pairs);
  });
}

void PairGroups::sort_by_mean() {
  const auto mean = [](const Group& group) {
    return static_cast<double>(group.sum.a) / static_cast<double>(group.sum.w);
  };
  std::sort(groups_.data(), groups_.data() + n_groups_, [&](const Group& x, const Group& y) {
    const double mean_x = mean(x), mean_y = mean(y);
    return mean_x != mean_y ? mean_x < mean_y : x.code < y.code;
  });
}

void PairGroups::gather_by_order(const CodeColumn& column, const NodeRows& rows,
                                 const Pair* pairs) {
  const auto items = order_.sort(column, rows.rows, rows.n);
  for (std::size_t i = 0; i < items.size();) {
    const std::uint32_t code = items[i].code;
    Pair sum;
    const std::size_t begin = i;
    for (; i < items.size() && items[i].code == code; ++i) sum += pairs[items[i].at];
    add_group(column.n_codes, code, sum, static_cast<std::uint32_t>(i - begin));
  }
}

void PairGroups::add_group(std::uint32_t missing_code, std::uint32_t code, const Pair& sum,
                           std::uint32_t n_rows) {
  if (code == missing_code) {
    missing_ = sum;
    n_missing_ = n_rows;
  } else {
    groups_[static_cast<std::size_t>(n_groups_++)] = {sum, code, n_rows};
  }
}

template <typename Codes>
void PairGroups::gather_by_cells(const Codes& codes, std::uint32_t missing_code,
                                 const NodeRows& rows, const Pair* pairs) {
  for (std::int64_t i = 0; i < rows.n; ++i) {
    const std::size_t code = codes[rows.rows[i]];
    cells_[code] += pairs[i];
    if (counts_rows_) ++cell_rows_[code];
  }
  for (std::uint32_t code = 0; code <= missing_code; ++code) {
    if (cells_[code].w == 0) continue;
    std::uint32_t n_rows = 0;
    if (counts_rows_) n_rows = std::exchange(cell_rows_[code], 0);
    add_group(missing_code, code, std::exchange(cells_[code], Pair{}), n_rows);
  }
}

template <typename Codes>
void PairGroups::gather_by_marked_cells(const Codes& codes, std::uint32_t missing_code,
                                        const NodeRows& rows, const Pair* pairs) {
  std::uint64_t marks[(kFewCells + 63) / 64] = {};
  for (std::int64_t i = 0; i < rows.n; ++i) {
    const std::size_t code = codes[rows.rows[i]];
    cells_[code] += pairs[i];
    marks[code / 64] |= std::uint64_t{1} << (code % 64);
  }
  for (std::uint32_t word = 0; word < std::size(marks); ++word)
    for (std::uint64_t left = marks[word]; left != 0; left &= left - 1) {
      const std::uint32_t code = word * 64 + static_cast<std::uint32_t>(std::countr_zero(left));
      add_group(missing_code, code, std::exchange(cells_[code], Pair{}), 0);
    }
}

}  // namespace gbengine

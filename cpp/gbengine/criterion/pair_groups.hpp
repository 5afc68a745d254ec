// PairGroups: the rows of a node brought together by their code in one column.
//
// Where there are few codes for the rows, each has a cell to which its rows are added; few rows in
// few cells mark those they touch, so that nobody looks at the others. Otherwise the rows are
// sorted. Used by PairSearch. Example:
//   groups.gather(column, rows, pairs);
//   for (const PairGroups::Group& g : groups.present()) ... g.code, g.sum
#pragma once

#include <cstdint>
#include <span>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/criterion/code_order.hpp"
#include "gbengine/criterion/pair.hpp"
#include "gbengine/criterion/split_search.hpp"
#include "gbengine/data/code_column.hpp"

namespace gbengine {

class PairGroups {
 public:
  struct Group {
    Pair sum;
    std::uint32_t code;
    std::uint32_t n_rows;  // only if rows are counted
  };

  PairGroups(const SearchSize& size, bool counts_rows);

  /// @param pairs of the node's rows, in their order
  void gather(const CodeColumn& column, const NodeRows& rows, const Pair* pairs);

  /// Puts the groups in the order of their means; ties in that of their codes.
  void sort_by_mean();

  /// In the order of their codes, unless they were sorted; without the missing rows.
  std::span<const Group> present() const {
    return {groups_.data(), static_cast<std::size_t>(n_groups_)};
  }
  const Pair& missing() const { return missing_; }
  bool has_missing() const { return missing_.w > 0; }
  std::int64_t n_missing() const { return n_missing_; }  // only if rows are counted

 private:
  static constexpr std::int64_t kFewCells = 257;   // bins, and the missing one
  static constexpr std::int64_t kCellsPerRow = 4;  // more cells than that, and sorting is faster
  static constexpr std::int64_t kManyRows = 512;   // enough that most of few cells are taken

  void gather_by_order(const CodeColumn& column, const NodeRows& rows, const Pair* pairs);
  template <typename Codes>
  void gather_by_cells(const Codes& codes, std::uint32_t missing_code, const NodeRows& rows,
                       const Pair* pairs);
  template <typename Codes>
  void gather_by_marked_cells(const Codes& codes, std::uint32_t missing_code, const NodeRows& rows,
                              const Pair* pairs);
  void add_group(std::uint32_t missing_code, std::uint32_t code, const Pair& sum,
                 std::uint32_t n_rows);

  bool counts_rows_;
  CodeOrder order_;
  AlignedBuffer<Pair> cells_;  // zero between calls
  AlignedBuffer<std::uint32_t> cell_rows_;
  AlignedBuffer<Group> groups_;
  std::int64_t n_groups_ = 0;
  Pair missing_;
  std::int64_t n_missing_ = 0;
};

}  // namespace gbengine

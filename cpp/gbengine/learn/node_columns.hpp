// NodeColumns: the kept cells of a node's rows column by column, with a value for each row.
//
// Many rows: the columns of the table, with the value 0 for rows that are not the node's. Few rows:
// their cells are brought together by columns, 3 bytes each; rows are numbered within the node
// then. Held by SparseSearch for one node at a time. Example:
//   NodeColumns columns(x);
//   columns.hold(row_idx, n);                        // or nullptr: all rows
//   const GradientPair* pair = columns.pairs(pairs);
//   columns.lines().for_each(f, [&](size_t row, uint8_t code) { use(code, pair[row]); });
#pragma once

#include <cstdint>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/data/binned_matrix.hpp"
#include "gbengine/kernel/gradient_pair.hpp"

namespace gbengine {

class NodeColumns {
 public:
  /// x has sparse codes.
  explicit NodeColumns(const BinnedMatrix& x);

  /// row_idx must stay as it is, and so must the values, while these rows are asked for.
  void hold(const std::uint32_t* row_idx, std::int64_t n);

  /// Whether lines() has cells of the node's rows alone.
  bool has_few_rows() const { return is_gathered_; }
  const CodedLines& lines() const { return is_gathered_ ? gathered_ : x_.sparse->columns; }

  /// The values by row as lines() numbers them.
  const GradientPair* pairs(const GradientPair* of_row);
  const std::int32_t* reps(const std::int32_t* of_row);  // nullptr: 1 each

 private:
  bool has_few_cells() const;
  void gather_cells();
  template <typename Value, typename ValueAt>
  void fill(ValueAt value_at, AlignedBuffer<Value>& values) const;

  const BinnedMatrix& x_;
  const std::uint32_t* row_idx_ = nullptr;
  std::int64_t n_ = 0;
  bool is_gathered_ = false;
  bool has_pairs_ = false;  // those of the held rows are in pairs_
  LineFiller filler_;
  CodedLines gathered_;
  AlignedBuffer<GradientPair> pairs_;
  AlignedBuffer<std::int32_t> reps_;
};

}  // namespace gbengine

// SparseColumns: the stored cells of some columns of a sparse table column by column, for all that
// bins or ranks.
//
// A copy, made by passing over the rows: it takes what these columns take in the table, so who can
// goes through a table some columns at a time, in the same memory. Example:
//   SparseColumns columns;
//   columns.read(x, 0, 100);
//   for (int64_t k = columns.begin(f); k < columns.begin(f + 1); ++k)   // f is one of the 100
//     use(columns.row()[k], columns.value(k));
#pragma once

#include <cstdint>
#include <vector>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/base/sparse_view.hpp"

namespace gbengine {

class SparseColumns {
 public:
  /// The columns [first, end), in place of those that there were. x has at most 2^32 - 1 rows.
  void read(const SparseView& x, std::int32_t first, std::int32_t end);

  std::int64_t n_rows() const { return n_rows_; }
  std::int64_t begin(std::int32_t feature) const {
    return begin_[static_cast<std::size_t>(feature - first_)];
  }
  const std::uint32_t* row() const { return row_.data(); }  // ascending within a column
  double value(std::int64_t k) const {
    return dtype_ == DType::kFloat32 ? static_cast<double>(floats_[static_cast<std::size_t>(k)])
                                     : doubles_[static_cast<std::size_t>(k)];
  }

  /// A column with all its cells: writes n_rows values and gives a table of one column.
  MatrixView dense_column(std::int32_t feature, AlignedBuffer<std::uint64_t>& scratch) const;

 private:
  template <typename Value>
  void fill(const SparseView& x, AlignedBuffer<Value>& values);

  std::int64_t n_rows_ = 0;
  std::int32_t first_ = 0;
  DType dtype_ = DType::kFloat64;
  std::vector<std::int64_t> begin_;  // by column, and the end
  AlignedBuffer<std::uint32_t> row_;
  AlignedBuffer<float> floats_;  // one of the two
  AlignedBuffer<double> doubles_;
  std::vector<std::int64_t> at_;  // by column: where its next cell goes
};

}  // namespace gbengine

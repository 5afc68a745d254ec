// SparseColumns: the stored cells of a sparse table column by column, for all that bins or ranks.
//
// A copy, made by one pass over the rows and dropped when the codes are there: it takes what the
// table takes. Example:
//   SparseColumns columns(x);
//   for (int64_t k = columns.begin(f); k < columns.begin(f + 1); ++k)
//     use(columns.row()[k], columns.value(k));
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/base/sparse_view.hpp"

namespace gbengine {

class SparseColumns {
 public:
  /// x has at most 2^32 - 1 rows.
  explicit SparseColumns(const SparseView& x);

  std::int64_t n_rows() const { return n_rows_; }
  std::int32_t n_cols() const { return static_cast<std::int32_t>(begin_.size()) - 1; }
  std::int64_t n_stored() const { return begin_.back(); }
  std::int64_t begin(std::int32_t feature) const {
    return begin_[static_cast<std::size_t>(feature)];
  }
  const std::uint32_t* row() const { return row_.data(); }  // ascending within a column
  double value(std::int64_t k) const {
    return dtype_ == DType::kFloat32 ? static_cast<double>(floats_[static_cast<std::size_t>(k)])
                                     : doubles_[static_cast<std::size_t>(k)];
  }
  DType dtype() const { return dtype_; }

  /// A column with all its cells: writes n_rows values and gives a table of one column.
  MatrixView dense_column(std::int32_t feature, AlignedBuffer<std::uint64_t>& scratch) const;

  /// The rows and where columns begin, whose owner the caller becomes; the values are dropped.
  AlignedBuffer<std::uint32_t> take_rows();
  std::vector<std::int64_t> take_begin() { return std::move(begin_); }

 private:
  template <typename Value>
  void fill(const SparseView& x, AlignedBuffer<Value>& values);

  std::int64_t n_rows_;
  DType dtype_;
  std::vector<std::int64_t> begin_;  // n_cols + 1
  AlignedBuffer<std::uint32_t> row_;
  AlignedBuffer<float> floats_;  // one of the two
  AlignedBuffer<double> doubles_;
};

}  // namespace gbengine

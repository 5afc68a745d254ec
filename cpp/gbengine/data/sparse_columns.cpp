#include "gbengine/data/sparse_columns.hpp"

#include <algorithm>
#include <utility>

namespace gbengine {
namespace {

template <typename Value>
MatrixView write_column(const std::uint32_t* row, const Value* value, std::int64_t n_stored,
                        std::int64_t n_rows, AlignedBuffer<std::uint64_t>& scratch) {
  auto* column = reinterpret_cast<Value*>(scratch.data());
  std::fill_n(column, n_rows, Value{0});
  for (std::int64_t k = 0; k < n_stored; ++k) column[row[k]] = value[k];
  return MatrixView::of(column, n_rows, 1, 1, n_rows);
}

}  // namespace

SparseColumns::SparseColumns(const SparseView& x)
    : n_rows_(x.n_rows),
      dtype_(x.dtype),
      begin_(static_cast<std::size_t>(x.n_cols) + 1, 0),
      row_(static_cast<std::size_t>(x.n_stored())) {
  const std::int64_t first = x.row_begin[0], last = x.row_begin[x.n_rows];
  for (std::int64_t k = first; k < last; ++k) ++begin_[static_cast<std::size_t>(x.column[k]) + 1];
  for (std::size_t f = 1; f < begin_.size(); ++f) begin_[f] += begin_[f - 1];
  if (dtype_ == DType::kFloat32)
    fill(x, floats_);
  else
    fill(x, doubles_);
}

template <typename Value>
void SparseColumns::fill(const SparseView& x, AlignedBuffer<Value>& values) {
  values = AlignedBuffer<Value>(row_.size());
  std::vector<std::int64_t> at(begin_.begin(), begin_.end() - 1);
  for (std::int64_t i = 0; i < x.n_rows; ++i)
    for (std::int64_t k = x.row_begin[i]; k < x.row_begin[i + 1]; ++k) {
      const auto to = static_cast<std::size_t>(at[static_cast<std::size_t>(x.column[k])]++);
      row_[to] = static_cast<std::uint32_t>(i);
      values[to] = x.values<Value>()[k];
    }
}

MatrixView SparseColumns::dense_column(std::int32_t feature,
                                       AlignedBuffer<std::uint64_t>& scratch) const {
  const auto needed = static_cast<std::size_t>(n_rows_);
  if (scratch.size() < needed) scratch = AlignedBuffer<std::uint64_t>(needed);
  const std::int64_t from = begin(feature), n = begin(feature + 1) - from;
  return dtype_ == DType::kFloat32
             ? write_column(row() + from, floats_.data() + from, n, n_rows_, scratch)
             : write_column(row() + from, doubles_.data() + from, n, n_rows_, scratch);
}

AlignedBuffer<std::uint32_t> SparseColumns::take_rows() {
  floats_ = {};
  doubles_ = {};
  return std::move(row_);
}

}  // namespace gbengine

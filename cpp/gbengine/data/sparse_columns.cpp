#include "gbengine/data/sparse_columns.hpp"

#include <algorithm>
#include <vector>

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

template <typename T>
void make_room(AlignedBuffer<T>& buffer, std::int64_t size) {
  const auto needed = static_cast<std::size_t>(size);
  if (buffer.size() < needed) buffer = AlignedBuffer<T>(needed + needed / 8);
}

/// Calls visit(row, k) for the stored cells of the columns [first, end), row by row.
template <typename Visit>
void for_each_stored(const SparseView& x, std::int32_t first, std::int32_t end, Visit visit) {
  for (std::int64_t i = 0; i < x.n_rows; ++i) {
    const std::int32_t* const row_end = x.column + x.row_begin[i + 1];
    const std::int32_t* at = x.column + x.row_begin[i];
    if (first > 0) at = std::lower_bound(at, row_end, first);
    for (; at != row_end && *at < end; ++at) visit(i, at - x.column);
  }
}

}  // namespace

void SparseColumns::read(const SparseView& x, std::int32_t first, std::int32_t end) {
  n_rows_ = x.n_rows;
  first_ = first;
  dtype_ = x.dtype;
  begin_.assign(static_cast<std::size_t>(end - first) + 1, 0);
  for_each_stored(x, first, end, [&](std::int64_t, std::int64_t k) {
    ++begin_[static_cast<std::size_t>(x.column[k] - first) + 1];
  });
  for (std::size_t f = 1; f < begin_.size(); ++f) begin_[f] += begin_[f - 1];
  make_room(row_, begin_.back());
  if (dtype_ == DType::kFloat32)
    fill(x, floats_);
  else
    fill(x, doubles_);
}

template <typename Value>
void SparseColumns::fill(const SparseView& x, AlignedBuffer<Value>& values) {
  make_room(values, begin_.back());
  at_.assign(begin_.begin(), begin_.end() - 1);
  const auto end = first_ + static_cast<std::int32_t>(at_.size());
  for_each_stored(x, first_, end, [&](std::int64_t i, std::int64_t k) {
    const auto to = static_cast<std::size_t>(at_[static_cast<std::size_t>(x.column[k] - first_)]++);
    row_[to] = static_cast<std::uint32_t>(i);
    values[to] = x.values<Value>()[k];
  });
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

}  // namespace gbengine

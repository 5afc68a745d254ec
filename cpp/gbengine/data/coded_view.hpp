// CodedView: the codes of a table's rows, or of a copy of a few of them, as a search reads them.
//
// Deep in a tree the rows of a node lie far apart, and every column of each waits for memory. A
// copy of a few thousand of them stays in the cache while everything below is grown; its rows are
// numbered from 0. Cuts are still those of the table. Example:
//   CodedView view(table);
//   view.copy_rows(table, rows, n);      // row i of the view is rows[i] of the table
//   view.column(f).visit(n, [&](const auto& codes) { ... });
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/data/code_column.hpp"
#include "gbengine/data/coded_table.hpp"
#include "gbengine/kernel/cuts.hpp"

namespace gbengine {

class CodedView {
 public:
  /// All rows where they are. The table must outlive the view.
  CodedView(const CodedTable& table) : table_(&table) {
    if (table.binned() == nullptr) return;
    row_codes_ = table.binned()->row(0);
    row_stride_ = table.binned()->row_stride;
  }

  /// Whether a row's codes lie together: only then rows can be copied.
  bool has_row_codes() const { return row_codes_ != nullptr; }
  std::int64_t row_stride() const { return row_stride_; }
  /// Some of the rows, as the kernels read them.
  CodeRows code_rows(const std::uint32_t* rows, std::int64_t n) const {
    return {row_codes_, row_stride_, rows, n};
  }

  /// Makes this the view of a copy of n rows of the table.
  void copy_rows(const std::uint32_t* rows, std::int64_t n) {
    const BinnedMatrix& x = *table_->binned();
    const auto size = static_cast<std::size_t>(n * row_stride_);
    if (copy_.size() < size + kReadPast) copy_ = AlignedBuffer<std::uint8_t>(size + kReadPast);
    for (std::int64_t i = 0; i < n; ++i)
      std::copy_n(x.row(rows[i]), row_stride_, copy_.data() + i * row_stride_);
    row_codes_ = copy_.data();
    if (columns_.empty())
      for (std::int32_t f = 0; f < table_->n_features(); ++f) columns_.push_back(table_->column(f));
    for (std::size_t f = 0; f < columns_.size(); ++f) {
      columns_[f].codes = nullptr;
      columns_[f].rowwise = RowwiseCodes(copy_.data() + f, row_stride_);
    }
  }

  const CodeColumn& column(std::int32_t f) const {
    return columns_.empty() ? table_->column(f) : columns_[static_cast<std::size_t>(f)];
  }

  Cut cut_between(std::int32_t feature, std::uint32_t low, std::uint32_t high) const {
    return table_->cut_between(feature, low, high);
  }
  Cut cut_at_random(std::int32_t feature, std::uint32_t low, std::uint32_t high, double u) const {
    return table_->cut_at_random(feature, low, high, u);
  }

 private:
  static constexpr std::size_t kReadPast = 64;  // bytes behind the last row that may be read

  const CodedTable* table_;
  const std::uint8_t* row_codes_ = nullptr;
  std::int64_t row_stride_ = 0;
  AlignedBuffer<std::uint8_t> copy_;
  std::vector<CodeColumn> columns_;  // of the copy; empty: the table's
};

}  // namespace gbengine

// CodeReader: a column's codes over the rows of a node, and their range.
//
// For searches that try single cuts. Of few rows the ranges of all columns are found together, and
// codes are read where they lie; otherwise they are copied. Example:
//   reader.open();                                          // a new node
//   CodeRange range = reader.read(table, f, rows);
//   reader.with_codes(rows, [&](const auto& code_at) { … code_at(i) … });
#pragma once

#include <algorithm>
#include <cstdint>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/criterion/column_ranges.hpp"
#include "gbengine/criterion/split_search.hpp"

namespace gbengine {

class CodeReader {
 public:
  explicit CodeReader(const SearchSize& size)
      : reads_most_columns_(size.reads_most_columns),
        codes_(static_cast<std::size_t>(size.max_rows)) {}

  /// To be called for each node before its columns are read.
  void open() { has_ranges_ = false; }

  CodeRange read(const CodedView& table, std::int32_t feature, const NodeRows& rows) {
    const CodeColumn& column = table.column(feature);
    missing_code_ = column.n_codes;
    has_missing_ = false;
    rowwise_ = {};
    if (reads_most_columns_ && rows.n <= kFewRows && column.rowwise.is_there() &&
        !column.has_missing) {
      if (!has_ranges_) ranges_.find(table, rows);
      has_ranges_ = true;
      rowwise_ = column.rowwise;
      return {ranges_.low(feature), ranges_.high(feature), false};
    }
    return column.visit(rows.n, [&](const auto& codes) {
      return column.has_missing ? copy_with_missing(codes, rows) : copy_all(codes, rows);
    });
  }

  /// Of the column that was read last.
  std::uint32_t missing_code() const { return missing_code_; }
  bool has_missing() const { return has_missing_; }

  /// Calls use(code_at), where code_at(i) is the code of the i-th row.
  template <typename Use>
  decltype(auto) with_codes(const NodeRows& rows, Use&& use) const {
    if (rowwise_.is_there())
      return use([numbers = rows.rows, codes = rowwise_](std::int64_t i) {
        return std::uint32_t{codes[numbers[i]]};
      });
    return use([codes = codes_.data()](std::int64_t i) { return codes[i]; });
  }

 private:
  static constexpr std::int64_t kFewRows = 256;  // whose codes stay in the cache row by row

  template <typename Codes>
  CodeRange copy_all(const Codes& codes, const NodeRows& rows) {
    std::uint32_t low = missing_code_, high = 0;
    for (std::int64_t i = 0; i < rows.n; ++i) {
      const std::uint32_t code = codes[rows.rows[i]];
      codes_[static_cast<std::size_t>(i)] = code;
      low = std::min(low, code);
      high = std::max(high, code);
    }
    return {low, high, false};
  }

  template <typename Codes>
  CodeRange copy_with_missing(const Codes& codes, const NodeRows& rows) {
    std::uint32_t low = missing_code_, high = 0;
    for (std::int64_t i = 0; i < rows.n; ++i) {
      const std::uint32_t code = codes[rows.rows[i]];
      codes_[static_cast<std::size_t>(i)] = code;
      low = std::min(low, code);
      has_missing_ |= code == missing_code_;
      high = std::max(high, code == missing_code_ ? 0 : code);
    }
    if (low == missing_code_) return {1, 0, true};
    return {low, high, has_missing_};
  }

  bool reads_most_columns_;
  AlignedBuffer<std::uint32_t> codes_;
  RowwiseCodes rowwise_;  // the codes, if they were not copied
  ColumnRanges ranges_;
  bool has_ranges_ = false;
  std::uint32_t missing_code_ = 0;
  bool has_missing_ = false;
};

}  // namespace gbengine

// Training tables in the form that growing reads: made of a whole table, or column by column.
//
// Example:
//   auto table = make_table(x, weight, /*max_bins=*/255, {}, n_threads, interrupt);
//   TableBuilder builder(n_rows, n_features, weight, 255, n_threads, interrupt);
//   builder.add(columns, {});  // ... all of them
//   auto same = builder.finish();
//   auto part = take_rows(*table, rows, n_threads, interrupt);
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "gbengine/base/parallel.hpp"
#include "gbengine/base/table_view.hpp"
#include "gbengine/data/coded_table.hpp"
#include "gbengine/data/column_binner.hpp"

namespace gbengine {

/// Throws ValueError for a table without rows or columns, or with too many rows.
/// @param n_categories by column, 0 for numbers; empty: all are numbers
std::shared_ptr<const CodedTable> make_table(const TableView& x, const double* weight, int max_bins,
                                             std::span<const std::int32_t> n_categories,
                                             int n_threads, Interrupt interrupt);

/// Some rows of a table in bins, by the same thresholds. Throws ValueError for a table that keeps
/// every value, if there are no rows, or for a row that the table has not.
std::shared_ptr<const CodedTable> take_rows(const CodedTable& table,
                                            std::span<const std::int64_t> rows, int n_threads,
                                            Interrupt interrupt);

/// A table that comes some columns at a time: bins only. Throws ValueError as make_table does, and
/// if the columns are not those that were announced.
class TableBuilder {
 public:
  /// @param weight n_rows or nullptr; must outlive this object
  TableBuilder(std::int64_t n_rows, std::int32_t n_features, const double* weight, int max_bins,
               int n_threads, Interrupt interrupt);

  void add(const MatrixView& columns, std::span<const std::int32_t> n_categories);
  std::shared_ptr<const CodedTable> finish();

 private:
  Parallel parallel_;
  ColumnBinner binner_;
};

}  // namespace gbengine

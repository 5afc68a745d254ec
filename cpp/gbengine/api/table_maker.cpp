#include "gbengine/api/table_maker.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "gbengine/api/check_table.hpp"
#include "gbengine/base/error.hpp"
#include "gbengine/data/row_subset.hpp"

namespace gbengine {
namespace {

/// @param least 0 if 0 is allowed, for every value, else 2
void check_bins(int max_bins, int least) {
  if ((max_bins == 0 && least == 0) || (max_bins >= 2 && max_bins <= kMaxBins)) return;
  throw ValueError("max_bins is " + std::to_string(max_bins) + "; it must be in [2, 255]" +
                   (least == 0 ? ", or 0 for every value" : ""));
}

}  // namespace

std::shared_ptr<const CodedTable> make_table(const TableView& x, const double* weight, int max_bins,
                                             std::span<const std::int32_t> n_categories,
                                             int n_threads, Interrupt interrupt) {
  check_table("X", x);
  if (!n_categories.empty() && std::ssize(n_categories) != x.n_cols())
    throw ValueError("n_categories must have a number for each of the " +
                     std::to_string(x.n_cols()) + " columns, or be empty: it has " +
                     std::to_string(n_categories.size()));
  check_bins(max_bins, 0);
  if (x.is_sparse() &&
      std::any_of(n_categories.begin(), n_categories.end(), [](auto n) { return n > 0; }))
    throw ValueError("n_categories must be 0 for all columns of a sparse table");
  return std::make_shared<const CodedTable>(Parallel(n_threads, std::move(interrupt)), x, weight,
                                            max_bins, n_categories);
}

std::shared_ptr<const CodedTable> take_rows(const CodedTable& table,
                                            std::span<const std::int64_t> rows, int n_threads,
                                            Interrupt interrupt) {
  if (table.is_exact()) throw ValueError("rows can only be taken of a table in bins");
  check_shape("the table of these rows", std::ssize(rows), table.n_features());
  for (const std::int64_t row : rows)
    if (row < 0 || row >= table.n_rows())
      throw ValueError("there is no row " + std::to_string(row) + " in a table of " +
                       std::to_string(table.n_rows()) + " rows");
  const Parallel parallel(n_threads, std::move(interrupt));
  return std::make_shared<const CodedTable>(take_rows(parallel, *table.binned(), rows));
}

TableBuilder::TableBuilder(std::int64_t n_rows, std::int32_t n_features, const double* weight,
                           int max_bins, int n_threads, Interrupt interrupt)
    : parallel_(n_threads, std::move(interrupt)),
      binner_((check_shape("X", n_rows, n_features), check_bins(max_bins, 2), n_rows), n_features,
              weight, max_bins) {}

void TableBuilder::add(const MatrixView& columns, std::span<const std::int32_t> n_categories) {
  const std::int32_t n_left = binner_.n_features() - binner_.n_added();
  if (columns.n_rows != binner_.n_rows() || columns.n_cols > n_left)
    throw ValueError("the next columns are " + std::to_string(columns.n_rows) + " x " +
                     std::to_string(columns.n_cols) + "; they must have " +
                     std::to_string(binner_.n_rows()) + " rows and be at most " +
                     std::to_string(n_left));
  if (!n_categories.empty() && std::ssize(n_categories) != columns.n_cols)
    throw ValueError("n_categories must have a number for each column");
  binner_.add(parallel_, columns, n_categories);
}

std::shared_ptr<const CodedTable> TableBuilder::finish() {
  if (binner_.n_added() != binner_.n_features())
    throw ValueError("only " + std::to_string(binner_.n_added()) + " of " +
                     std::to_string(binner_.n_features()) + " columns were given");
  return std::make_shared<const CodedTable>(binner_.take(parallel_));
}

}  // namespace gbengine

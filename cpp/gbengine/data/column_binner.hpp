// ColumnBinner: bins of a table that comes some columns at a time, and is never there as a whole.
//
// Example:
//   ColumnBinner binner(n_rows, n_features, weight, /*max_bins=*/255);
//   for (const MatrixView& columns : chunks) binner.add(parallel, columns, n_categories_of_chunk);
//   BinnedMatrix binned = binner.take(parallel);   // as bin_matrix of the whole table
#pragma once

#include <cstdint>
#include <span>

#include "gbengine/base/matrix_view.hpp"
#include "gbengine/base/parallel.hpp"
#include "gbengine/data/binned_matrix.hpp"

namespace gbengine {

class ColumnBinner {
 public:
  /// @param weight n_rows, or nullptr; must outlive the binner
  ColumnBinner(std::int64_t n_rows, std::int32_t n_features, const double* weight, int max_bins);

  /// The next columns, as many as are left at most.
  /// @param n_categories of these columns (category_codes.hpp); empty: all are numbers
  void add(const Parallel& parallel, const MatrixView& columns,
           std::span<const std::int32_t> n_categories);

  std::int32_t n_added() const { return static_cast<std::int32_t>(binned_.mappers.size()); }
  std::int32_t n_features() const { return binned_.n_features; }
  std::int64_t n_rows() const { return binned_.n_rows; }

  /// Once all columns have been added.
  BinnedMatrix take(const Parallel& parallel);

 private:
  const double* weight_;
  int max_bins_;
  BinnedMatrix binned_;
};

}  // namespace gbengine

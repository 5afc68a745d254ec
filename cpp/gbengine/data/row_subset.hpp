// row_subset: some rows of a binned table, as a table of their own with the same thresholds.
//
// Called to fit on the parts of a table that was put into bins once (cross-validation). The codes
// are those that bin_matrix (binned_matrix.hpp) would give these rows; a column has missing values
// if these rows have. Example:
//   BinnedMatrix part = take_rows(parallel, binned, rows);   // part.row(i) is binned.row(rows[i])
#pragma once

#include <cstdint>
#include <span>

#include "gbengine/base/parallel.hpp"
#include "gbengine/data/binned_matrix.hpp"

namespace gbengine {

/// @param x both dense copies are there
/// @param rows each in [0, x.n_rows), in any order, also several times
BinnedMatrix take_rows(const Parallel& parallel, const BinnedMatrix& x,
                       std::span<const std::int64_t> rows);

}  // namespace gbengine

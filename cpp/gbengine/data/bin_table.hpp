// bin_table: from a training table, with all its cells or the stored ones, to bins.
//
// Finds the thresholds and the codes. A sparse table is never there as floats in all its cells: it
// becomes sparse codes, or the two dense copies, a column at a time. Called by the training loops.
// Example:
//   BinnedMatrix binned = bin_table(parallel, x, weight, 255, {}, CodeForm::kSmallest);
//   BinnedMatrix same_bins = bin_rows(parallel, x_val, binned.mappers);
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/base/parallel.hpp"
#include "gbengine/base/table_view.hpp"
#include "gbengine/data/binned_matrix.hpp"

namespace gbengine {

enum class CodeForm : std::uint8_t {
  kDense,     // both dense copies
  kSmallest,  // sparse codes if the table is sparse and few of its cells are stored
};

/// Arguments as of make_bin_mappers (quantile_cuts.hpp). A sparse table has no categories.
BinnedMatrix bin_table(const Parallel& parallel, const TableView& x, const double* weight,
                       int max_bins, std::span<const std::int32_t> n_categories, CodeForm form);

/// The bins of other rows by the same thresholds, in the smallest form.
BinnedMatrix bin_rows(const Parallel& parallel, const TableView& x, std::vector<BinMapper> mappers);

}  // namespace gbengine

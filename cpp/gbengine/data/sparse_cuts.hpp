// The thresholds of sparse columns: those that the same columns with all their cells would get.
//
// The cells that are not stored are one value, 0, of known weight, so a column costs what it
// stores. Called by bin_table. Example:
//   std::vector<BinMapper> mappers = make_bin_mappers(parallel, columns, weight, 255);
#pragma once

#include <vector>

#include "gbengine/base/parallel.hpp"
#include "gbengine/data/bin_mapper.hpp"
#include "gbengine/data/sparse_columns.hpp"

namespace gbengine {

/// As make_bin_mappers of quantile_cuts.hpp.
std::vector<BinMapper> make_bin_mappers(const Parallel& parallel, const SparseColumns& columns,
                                        const double* weight, int max_bins);

}  // namespace gbengine

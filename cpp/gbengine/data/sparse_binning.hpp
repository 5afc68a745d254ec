// sparse_binning: from a sparse table to sparse codes, some of its columns at a time.
//
// The values are copied by columns to be cut and put into bins; of a sixteenth of the cells at a
// time, so that beside the codes no second table stands. Called by bin_table. Example:
//   std::vector<BinMapper> mappers;
//   SparseCodes codes = cut_and_code(parallel, x, weight, 255, mappers);
//   SparseCodes others = code_cells(parallel, x_val, mappers);
#pragma once

#include <vector>

#include "gbengine/base/parallel.hpp"
#include "gbengine/base/sparse_view.hpp"
#include "gbengine/data/bin_mapper.hpp"
#include "gbengine/data/sparse_codes.hpp"

namespace gbengine {

/// The codes by columns, and the mappers, which are found first; arguments as of make_bin_mappers.
SparseCodes cut_and_code(const Parallel& parallel, const SparseView& x, const double* weight,
                         int max_bins, std::vector<BinMapper>& mappers);

/// The codes by columns, by given mappers.
SparseCodes code_cells(const Parallel& parallel, const SparseView& x,
                       const std::vector<BinMapper>& mappers);

/// Adds the codes by rows.
void add_rows(std::int64_t n_rows, SparseCodes& codes);

}  // namespace gbengine

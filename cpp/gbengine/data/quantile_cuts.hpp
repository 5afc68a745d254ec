// Weighted quantile cuts: where the bins of a column begin and end.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/base/matrix_view.hpp"
#include "gbengine/base/parallel.hpp"
#include "gbengine/data/bin_mapper.hpp"

namespace gbengine {

/// One mapper a column. A column with at most max_bins distinct values gets a bin a value; others
/// get bins of about equal weight, where a value that alone weighs a bin's worth has a bin of its
/// own. The result depends on the multiset of (value, weight) alone: not on row order, threads or
/// float width, and weight k is k rows of weight 1.
/// @param weight n_rows, all > 0, or nullptr
/// @param max_bins 2 … 255
/// @param n_categories by column, 0 for numbers (category_codes.hpp); empty: all are numbers
std::vector<BinMapper> make_bin_mappers(const Parallel& parallel, const MatrixView& x,
                                        const double* weight, int max_bins,
                                        std::span<const std::int32_t> n_categories = {});

}  // namespace gbengine

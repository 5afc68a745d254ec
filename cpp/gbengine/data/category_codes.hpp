// Codes of a categorical column: a category's number, the rare ones together in the last code.
//
// The encoder numbers categories by falling frequency. So the column needs no cuts to be found: bin
// b is category b, and the last bin is all that are left. Example:
//   BinMapper mapper = category_mapper(x, feature, /*n_categories=*/9066, /*max_bins=*/255);
//   mapper.bin(3.0) == 3;  mapper.bin(7000.0) == 254
#pragma once

#include <cstdint>
#include <span>

#include "gbengine/base/matrix_view.hpp"
#include "gbengine/data/bin_mapper.hpp"
#include "gbengine/data/rank_column.hpp"

namespace gbengine {

/// A column's number of categories; 0 if its values are numbers, as all are of an empty list.
inline std::int32_t n_categories_of(std::span<const std::int32_t> n_categories, std::int64_t f) {
  return n_categories.empty() ? 0 : n_categories[static_cast<std::size_t>(f)];
}

/// @param n_categories >= 1; throws ValueError for a cell that is neither NaN nor one of their
/// codes
BinMapper category_mapper(const MatrixView& x, std::int32_t feature, std::int32_t n_categories,
                          int max_bins);

/// The same codes in the form of rank_column.
RankedColumn rank_categories(const MatrixView& x, std::int32_t feature, std::int32_t n_categories);

}  // namespace gbengine

// row_order: all rows of a table in an order given by what they hold, not by where they stand.
//
// Whoever draws rows names places in this order, so that a table whose rows are shuffled gives the
// same draws. Rows that are equal in everything share no place, and may take each other's. The
// hashes of a row's cells are added up, so that cells that are not stored need no work: dense and
// sparse forms of a table give the same order. Example:
//   auto order = row_order(row_hashes(parallel, x), columns);   // columns: y, weights, offsets
//   auto place = places_of(order);                              // order[place[row]] == row
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/base/parallel.hpp"
#include "gbengine/base/table_view.hpp"
#include "gbengine/data/binned_matrix.hpp"

namespace gbengine {

/// Of each row the sum of its cells' hashes: mix(mix(feature) ^ bits of the value), 0 for a cell of
/// 0 or of a column that is the same in all rows; missing values are all the same.
std::vector<std::uint64_t> row_hashes(const Parallel& parallel, const TableView& x);

/// Likewise of codes in bins: mix of the sum of mix(feature) * code, modulo 2^64.
std::vector<std::uint64_t> row_hashes(const Parallel& parallel, const BinnedMatrix& x);

/// Row numbers by ascending hash, of equal ones by ascending values in the columns, the first of
/// which counts most. (Rows that differ have the same hash once in 2^64.)
/// @param columns of hash.size() values each, none of them NaN
std::vector<std::uint32_t> row_order(const std::vector<std::uint64_t>& hash,
                                     std::span<const double* const> columns);

/// Of each row its place in an order.
std::vector<std::uint32_t> places_of(const std::vector<std::uint32_t>& order);

}  // namespace gbengine

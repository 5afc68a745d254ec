// All rows of a table in random order, drawn by what they hold: to take some of them is to draw.
//
// Checks what Python passes and runs data/row_order. Example:
//   auto rows = shuffled_rows(x, columns, seed, n_threads, interrupt);
//   // the first 100 of them are a sample without replacement
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/base/parallel.hpp"
#include "gbengine/base/table_view.hpp"

namespace gbengine {

/// Rows that differ in their cells or in the columns are in the same order however x is ordered.
/// @param columns of n_rows finite values each
std::vector<std::uint32_t> shuffled_rows(const TableView& x, std::span<const double* const> columns,
                                         std::uint64_t seed, int n_threads,
                                         const Interrupt& interrupt);

}  // namespace gbengine

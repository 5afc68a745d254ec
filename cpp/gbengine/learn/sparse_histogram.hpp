// Histograms of sparse codes, where only the kept cells are added.
//
// The cell of a feature's zero code is what is left of the node's sum: exact, since sums are
// integers, so the histogram is that of the dense codes, bit for bit. All goes column by column, as
// a column's cells stay in the cache. Called by SparseSearch. Example:
//   sum_columns(parallel, x, columns.lines(), width, columns.pairs(pairs), words);  // kept cells
//   complete_zero_cell(x, f, width, node_sum, words_of_f);                          // and others
#pragma once

#include <cstdint>

#include "gbengine/base/parallel.hpp"
#include "gbengine/data/binned_matrix.hpp"
#include "gbengine/kernel/gradient_pair.hpp"

namespace gbengine {

/// Adds the pairs of the lines' rows to the cells of one feature (from its first word on), or takes
/// them away (sign -1). The zero cell is left anyhow.
void add_column(const CodedLines& lines, std::int32_t feature, CellWidth width,
                const GradientPair* pairs, int sign, std::int64_t* words);

/// The kept cells of a whole histogram.
void sum_columns(const Parallel& parallel, const BinnedMatrix& x, const CodedLines& lines,
                 CellWidth width, const GradientPair* pairs, std::int64_t* words);

/// Takes the pairs of the lines' rows away from the kept cells of a whole histogram.
void subtract_columns(const Parallel& parallel, const BinnedMatrix& x, const CodedLines& lines,
                      CellWidth width, const GradientPair* pairs, std::int64_t* words);

/// Adds the repetitions (nullptr: 1 each) of the lines' rows to the cells of one feature.
void count_column(const CodedLines& lines, std::int32_t feature, const std::int32_t* reps,
                  std::int64_t* counts);

/// Sets the cell of a feature's zero code to what the other cells leave of the node's sum; returns
/// what the other cells have.
GradientSum complete_zero_cell(const BinnedMatrix& x, std::int32_t feature, CellWidth width,
                               GradientSum node, std::int64_t* words);

/// The same for counts.
std::int64_t complete_zero_count(const BinnedMatrix& x, std::int32_t feature,
                                 std::int64_t node_count, std::int64_t* counts);

}  // namespace gbengine

// try_random_cut: one cut of a column, drawn evenly between the node's lowest and highest value
// (extra trees: Geurts, Ernst, Wehenkel, 2006). Missing rows go to a side drawn for them.
//
// Search is the class of a SplitSearch itself, so that the two calls for each column of each node
// cost nothing. Example:
//   return try_random_cut(*this, table, feature, monotonic, draws, best);
#pragma once

#include <cstdint>

#include "gbengine/base/rng.hpp"
#include "gbengine/criterion/split_search.hpp"
#include "gbengine/data/coded_view.hpp"

namespace gbengine {

/// False if the node's rows are all the same in the column.
template <typename Search>
bool try_random_cut(Search& search, const CodedView& table, std::int32_t feature, int monotonic,
                    const CounterRng::Draws& draws, SplitCandidate& best) {
  const CodeRange range = search.read(table, feature);
  if (range.low > range.high || (range.low == range.high && !range.has_missing)) return false;
  const auto column = static_cast<std::uint64_t>(feature);
  if (range.low == range.high) {
    // Nothing to draw between: the values left, the missing ones right.
    const Cut all = table.cut_between(feature, range.high, table.column(feature).n_codes);
    search.try_cut(all, false, feature, monotonic, best);
    return true;
  }
  const Cut cut = table.cut_at_random(feature, range.low, range.high, draws.uniform(2 * column));
  const bool missing_goes_left = range.has_missing && draws.below(2, 2 * column + 1) == 1;
  search.try_cut(cut, missing_goes_left, feature, monotonic, best);
  return true;
}

}  // namespace gbengine

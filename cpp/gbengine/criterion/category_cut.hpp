// The categories on the left of a place in a list of rows that are in the order of a search.
//
// Example:
//   best.categories = cut_before(items, end);   // rows items[0 … end - 1] go left
#pragma once

#include <span>

#include "gbengine/criterion/code_order.hpp"
#include "gbengine/criterion/split_search.hpp"

namespace gbengine {

inline CategoryCut cut_before(std::span<const CodeOrder::Item> items, std::size_t end) {
  CategoryCut cut;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0 && items[i].code == items[i - 1].code) continue;
    cut.shown.insert(items[i].code);
    if (i < end) cut.left.insert(items[i].code);
  }
  return cut;
}

}  // namespace gbengine

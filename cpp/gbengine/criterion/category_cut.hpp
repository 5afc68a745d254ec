// The categories on the left of a place in a list, of rows or of their groups, that is in the order
// of a search. Those of one category are side by side.
//
// Example:
//   best.categories = cut_before(items, end);   // items[0 … end - 1] go left
#pragma once

#include <span>

#include "gbengine/criterion/split_search.hpp"

namespace gbengine {

template <typename Item>
CategoryCut cut_before(std::span<const Item> items, std::size_t end) {
  CategoryCut cut;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0 && items[i].code == items[i - 1].code) continue;
    cut.shown.insert(items[i].code);
    if (i < end) cut.left.insert(items[i].code);
  }
  return cut;
}

}  // namespace gbengine

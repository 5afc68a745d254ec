// with_side: on which side of a split each code of a column lies, as a function of the code.
//
// One function for each kind of split, so that the loop over the rows carries no switch. Example:
//   CutSide side{cut.code, column.n_codes, missing_goes_left, nullptr};
//   with_side(side, [&](const auto& goes_left) { for (…) n += goes_left(codes[row]); });
#pragma once

#include <cstdint>

#include "gbengine/base/category_set.hpp"

namespace gbengine {

struct CutSide {
  std::uint32_t last_code;        // codes up to it go left
  std::uint32_t missing_code;     // the column's n_codes
  bool missing_goes_left;         // of the rows that have missing_code
  const CategorySet* categories;  // these codes go left instead; nullptr: the codes have an order
};

template <typename Use>
decltype(auto) with_side(const CutSide& side, Use&& use) {
  if (side.categories != nullptr)
    return use([set = *side.categories, missing = side.missing_code,
                missing_left = side.missing_goes_left](std::uint32_t code) {
      return code == missing ? missing_left : set.contains(code);
    });
  if (side.missing_goes_left)
    return use([last = side.last_code, missing = side.missing_code](std::uint32_t code) {
      return (code <= last) | (code == missing);
    });
  return use([last = side.last_code](std::uint32_t code) { return code <= last; });
}

}  // namespace gbengine

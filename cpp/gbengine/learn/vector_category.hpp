// The best split of one feature of categories for several outputs at once.
//
// As category_split.hpp for one. With more than a few groups of categories they are put in order
// along the direction in which the groups' mean steps differ most: the first principal component of
// the steps, each weighed by hessian, found by power iteration. With one output, or equal ones,
// that is the order of the steps themselves. Called by vector_split.cpp. Example:
//   VectorCategorySplit split = find_vector_category_split(width, args, rules, best.total);
#pragma once

#include "gbengine/base/category_set.hpp"
#include "gbengine/kernel/gradient_pair.hpp"
#include "gbengine/kernel/vector_scan.hpp"
#include "gbengine/learn/category_split.hpp"

namespace gbengine {

struct VectorCategorySplit {
  VectorScanResult found;  // as of a scan, but for `bin`, which says nothing here
  CategorySet left;        // codes that go left; empty if found.total is too low
};

/// Arguments as of find_category_split; `left` is filled in only if found.total is larger than
/// total_to_beat.
VectorCategorySplit find_vector_category_split(CellWidth width, const VectorScanArgs& args,
                                               const CategoryRules& rules, double total_to_beat);

}  // namespace gbengine

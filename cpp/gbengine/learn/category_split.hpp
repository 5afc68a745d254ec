// CategorySplit: the best way to send the categories of one feature left and right.
//
// Categories have no order of their own. Ordered by the step their rows ask for, the best two
// groups are the first ones and the rest (Fisher, 1958, "On grouping for maximum homogeneity"), so
// a scan over cells in that order finds them. Rare categories share one cell, few categories are
// tried one against the rest; docs/training.md has the rule. Called by the split finder for each
// categorical feature of a node. Example:
//   CategorySplit split = find_category_split(CellWidth::kNarrow, args, {10.0, 32, 10},
//   best.total); if (split.found.total > best.total) ... split.left.contains(3) ...
#pragma once

#include <cstdint>

#include "gbengine/base/category_set.hpp"
#include "gbengine/kernel/gradient_pair.hpp"
#include "gbengine/kernel/split_scan.hpp"

namespace gbengine {

struct CategoryRules {
  double smooth;  // hessian of the node's mean step that is mixed with each group's own
  std::int32_t max_threshold;  // groups on the smaller side of a split, at most
  std::int64_t min_samples;    // categories of fewer rows, by their hessian, share a group
};

struct CategorySplit {
  ScanResult found;  // as of a scan, but for `bin`, which says nothing here
  CategorySet left;  // codes that go left, unseen ones decided; empty if found.total is too low
};

/// @param args the feature's cells as for a scan; args.node_count is needed with or without counts
/// @return if found.total is not above args.to_beat, nothing but that is said
CategorySplit find_category_split(CellWidth width, const ScanArgs& args,
                                  const CategoryRules& rules);

}  // namespace gbengine

// Minimal cost-complexity pruning (Breiman, Friedman, Olshen, Stone, 1984, section 3.3).
//
// The cost of a tree is the impurity of its leaves, by their share of the weight, plus alpha a
// leaf. As alpha grows, the branch whose removal costs least per leaf goes first: the weakest link.
// Example:
//   PruningPath path = pruning_path(tree);
//   std::vector<uint8_t> cut = pruned_at(tree, /*ccp_alpha=*/0.01);   // nodes that become leaves
#pragma once

#include <cstdint>
#include <vector>

#include "gbengine/model/tree.hpp"

namespace gbengine {

struct PruningPath {
  std::vector<double> ccp_alphas;  // 0, then the alpha at which each smaller tree begins
  std::vector<double> impurities;  // of the leaves of each tree together
};

/// The tree needs impurity and hess_sum; children come after their parents.
PruningPath pruning_path(const Tree& tree);

/// Of each node: 1 if it is the root of a branch that is pruned at ccp_alpha.
std::vector<std::uint8_t> pruned_at(const Tree& tree, double ccp_alpha);

}  // namespace gbengine

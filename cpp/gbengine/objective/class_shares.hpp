// class_shares: the share of the weight that each class has. The log losses start from it.
//
// Example: class_shares(parallel, labels, 2) is {share of y = 0, share of y = 1}.
#pragma once

#include <vector>

#include "gbengine/base/parallel.hpp"
#include "gbengine/data/labels.hpp"

namespace gbengine {

/// A share of the weight below this counts as this: a class without rows still gets a finite score.
inline constexpr double kLeastShare = 0x1.0p-52;

/// Shares of the total weight, each at least kLeastShare. Order-free; weight k is k rows.
/// labels.y holds class codes 0 … n_classes - 1. Throws ValueError if there are offsets, beside
/// which shares are not the best start.
std::vector<double> class_shares(const Parallel& parallel, const Labels& labels, int n_classes);

}  // namespace gbengine

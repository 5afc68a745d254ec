// balance_counts: scales how often rows were drawn so that every class weighs the same.
//
// scikit-learn's class_weight="balanced_subsample": a class of n_k among n drawn rows weighs
// n / (K n_k) a row, and with several outputs these are multiplied. Example:
//   double unit = balance_counts(targets, counts);   // true weight = unit * counts[row]
#pragma once

#include <cstdint>

#include "gbengine/criterion/targets.hpp"

namespace gbengine {

/// @param counts n_rows, overwritten by integer weights
/// @return the true weight of the integer 1
double balance_counts(const Targets& targets, std::uint32_t* counts);

}  // namespace gbengine

// TrainingTable: the rows to train on, as values that are still to be put into bins, or in bins.
//
// Finding the bins is a part of each fit and the same for all of them, so fits may share them.
// Example:
//   TrainingTable fresh{x, nullptr};
//   TrainingTable shared{{}, bins};   // x is not read
#pragma once

#include <cstdint>
#include <memory>

#include "gbengine/base/table_view.hpp"
#include "gbengine/data/binned_matrix.hpp"

namespace gbengine {

struct TrainingTable {
  TableView x;
  std::shared_ptr<const BinnedMatrix> bins;  // or nullptr

  std::int64_t n_rows() const { return bins ? bins->n_rows : x.n_rows(); }
  std::int32_t n_features() const { return bins ? bins->n_features : x.n_cols(); }
};

}  // namespace gbengine

// SparseCuts: the thresholds of sparse columns, those that the same columns with all their cells
// would get.
//
// The cells that are not stored are one value, 0, of known weight, so a column costs what it
// stores. Called by sparse_binning. Example:
//   SparseCuts cuts(parallel, weight, n_rows, 255);
//   BinMapper mapper = cuts.mapper(columns, f);
#pragma once

#include <cstdint>

#include "gbengine/base/parallel.hpp"
#include "gbengine/data/bin_mapper.hpp"
#include "gbengine/data/row_weights.hpp"
#include "gbengine/data/sparse_columns.hpp"

namespace gbengine {

class SparseCuts {
 public:
  /// As make_bin_mappers of quantile_cuts.hpp.
  SparseCuts(const Parallel& parallel, const double* weight, std::int64_t n_rows, int max_bins);

  /// Of one of the columns; any number of threads may ask.
  BinMapper mapper(const SparseColumns& columns, std::int32_t feature) const;

 private:
  RowWeights weights_;
  std::uint64_t total_;
  int max_bins_;
};

}  // namespace gbengine

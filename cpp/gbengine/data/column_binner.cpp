#include "gbengine/data/column_binner.hpp"

#include <cassert>
#include <utility>

#include "gbengine/data/quantile_cuts.hpp"

namespace gbengine {

ColumnBinner::ColumnBinner(std::int64_t n_rows, std::int32_t n_features, const double* weight,
                           int max_bins)
    : weight_(weight), max_bins_(max_bins) {
  binned_.n_rows = n_rows;
  binned_.n_features = n_features;
  allocate_codes(binned_);
}

void ColumnBinner::add(const Parallel& parallel, const MatrixView& columns,
                       std::span<const std::int32_t> n_categories) {
  assert(columns.n_rows == n_rows() && columns.n_cols <= n_features() - n_added());
  const std::int32_t first = n_added();
  for (BinMapper& mapper : make_bin_mappers(parallel, columns, weight_, max_bins_, n_categories))
    binned_.mappers.push_back(std::move(mapper));
  fill_column_codes(parallel, columns, first, binned_);
}

BinnedMatrix ColumnBinner::take(const Parallel& parallel) {
  assert(n_added() == n_features());
  binned_.cell_offset = cell_offsets(binned_.mappers);
  pack_all_rows(parallel, binned_);
  return std::move(binned_);
}

}  // namespace gbengine

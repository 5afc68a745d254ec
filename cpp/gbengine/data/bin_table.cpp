#include "gbengine/data/bin_table.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "gbengine/data/quantile_cuts.hpp"
#include "gbengine/data/sparse_binning.hpp"

namespace gbengine {
namespace {

/// With 18 % of the cells stored sparse codes were faster than dense ones.
constexpr std::int64_t kLeastCellsAStored = 5;

bool is_smaller_sparse(const SparseView& x) {
  return x.n_stored() * kLeastCellsAStored < x.n_rows * x.n_cols;
}

BinnedMatrix matrix_of(const Parallel& parallel, const SparseView& x, SparseCodes codes,
                       std::vector<BinMapper> mappers, CodeForm form) {
  BinnedMatrix binned;
  binned.n_rows = x.n_rows;
  binned.n_features = x.n_cols;
  binned.cell_offset = cell_offsets(mappers);
  binned.mappers = std::move(mappers);
  if (form == CodeForm::kSmallest && is_smaller_sparse(x)) {
    add_rows(x.n_rows, codes);
    binned.sparse = std::make_unique<SparseCodes>(std::move(codes));
  } else {
    fill_dense(parallel, codes, binned);
  }
  return binned;
}

}  // namespace

BinnedMatrix bin_table(const Parallel& parallel, const TableView& x, const double* weight,
                       int max_bins, std::span<const std::int32_t> n_categories, CodeForm form) {
  if (!x.is_sparse())
    return bin_matrix(parallel, x.dense(),
                      make_bin_mappers(parallel, x.dense(), weight, max_bins, n_categories));
  assert(std::all_of(n_categories.begin(), n_categories.end(), [](auto n) { return n == 0; }));
  std::vector<BinMapper> mappers;
  SparseCodes codes = cut_and_code(parallel, x.sparse(), weight, max_bins, mappers);
  return matrix_of(parallel, x.sparse(), std::move(codes), std::move(mappers), form);
}

BinnedMatrix bin_rows(const Parallel& parallel, const TableView& x,
                      std::vector<BinMapper> mappers) {
  if (!x.is_sparse()) return bin_matrix(parallel, x.dense(), std::move(mappers));
  SparseCodes codes = code_cells(parallel, x.sparse(), mappers);
  return matrix_of(parallel, x.sparse(), std::move(codes), std::move(mappers), CodeForm::kSmallest);
}

}  // namespace gbengine

// BinnedMatrix: the training table as one byte a value, the form that all growing reads.
//
// Two copies: by rows (the histogram loop reads a row's codes together) and by columns (the
// partition reads one column alone). Example:
//   auto mappers = make_bin_mappers(parallel, x, weight, 255);
//   BinnedMatrix binned = bin_matrix(parallel, x, mappers);
//   binned.row(i)[f] == binned.column(f)[i] == mappers[f].bin(x.get(i, f))
// Of a sparse table (bin_table.hpp) there may be sparse codes in their place.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/base/matrix_view.hpp"
#include "gbengine/base/parallel.hpp"
#include "gbengine/data/bin_mapper.hpp"
#include "gbengine/data/sparse_codes.hpp"

namespace gbengine {

struct BinnedMatrix {
  std::int64_t n_rows = 0;
  std::int32_t n_features = 0;
  std::int64_t row_stride = 0;               // bytes between rows, a multiple of 4
  std::int64_t column_stride = 0;            // bytes between columns, a multiple of 64
  std::vector<BinMapper> mappers;            // n_features
  std::vector<std::int32_t> cell_offset;     // n_features + 1: first histogram cell of a feature
  AlignedBuffer<std::uint8_t> row_codes;     // n_rows * row_stride + 64 bytes that may be read past
  AlignedBuffer<std::uint8_t> column_codes;  // n_features * column_stride + 64
  std::unique_ptr<SparseCodes> sparse;       // in place of the two; else nullptr

  const std::uint8_t* row(std::int64_t i) const { return row_codes.data() + i * row_stride; }
  const std::uint8_t* column(std::int32_t f) const {
    return column_codes.data() + f * column_stride;
  }
  std::int32_t n_cells() const { return cell_offset.back(); }
};

/// Bins a table with given mappers (of this table for training, of the training table for
/// validation). x.n_cols must equal mappers.size().
BinnedMatrix bin_matrix(const Parallel& parallel, const MatrixView& x,
                        std::vector<BinMapper> mappers);

/// Both dense copies of a matrix whose shape is set, with zeros wherever no code will be written.
void allocate_codes(BinnedMatrix& binned);

/// Writes the column codes of x, whose columns are those from `first` on and have their mappers.
void fill_column_codes(const Parallel& parallel, const MatrixView& x, std::int32_t first,
                       BinnedMatrix& binned);

/// Writes the row codes from all the column codes.
void pack_all_rows(const Parallel& parallel, BinnedMatrix& binned);

/// The first histogram cell of each feature, and their number; ValueError if there are too many.
std::vector<std::int32_t> cell_offsets(const std::vector<BinMapper>& mappers);

/// Gives `binned`, whose shape is set, both dense copies of sparse codes.
void fill_dense(const Parallel& parallel, const SparseCodes& sparse, BinnedMatrix& binned);

/// The dense copies of some columns of sparse codes, as a table of these columns.
BinnedMatrix dense_columns(const Parallel& parallel, const BinnedMatrix& x,
                           std::span<const std::int32_t> features);

}  // namespace gbengine

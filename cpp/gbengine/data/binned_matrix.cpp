#include "gbengine/data/binned_matrix.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "gbengine/base/error.hpp"
#include "gbengine/data/threshold_trees.hpp"
#include "gbengine/kernel/kernels.hpp"

namespace gbengine {
namespace {

constexpr std::int64_t kTileRows = 512;     // whose values and codes stay in the L1 and L2 caches
constexpr std::int32_t kPackedColumns = 4;  // whose codes are joined to one store a row
constexpr std::int64_t kTail = 64;
constexpr std::int64_t kCellNanoseconds = 2;

std::int64_t round_up(std::int64_t n, std::int64_t step) {
  return (n + step - 1) / step * step;
}

void find_codes(const ThresholdTree& tree, const float* values, std::int64_t n,
                std::uint8_t* codes) {
  kernels().binning.find_codes_float(tree, values, n, codes);
}

void find_codes(const ThresholdTree& tree, const double* values, std::int64_t n,
                std::uint8_t* codes) {
  kernels().binning.find_codes_double(tree, values, n, codes);
}

/// Codes of rows [begin, end) of one feature.
template <typename Value>
void fill_column(const MatrixView& x, const ThresholdTree& tree, std::int32_t feature,
                 std::int64_t begin, std::int64_t end, std::uint8_t* codes) {
  const Value* values = x.column<Value>(feature) + begin * x.row_stride;
  if (x.row_stride == 1) return find_codes(tree, values, end - begin, codes);
  Value side_by_side[kTileRows];
  for (std::int64_t i = 0; i < end - begin; ++i) side_by_side[i] = values[i * x.row_stride];
  find_codes(tree, side_by_side, end - begin, codes);
}

/// Row codes of rows [begin, end) from the column codes of a few features from `first` on.
void pack_columns(BinnedMatrix& binned, std::int32_t first, std::int64_t begin, std::int64_t end) {
  constexpr std::uint8_t kPadding[kTileRows] = {};
  const std::uint8_t* columns[kPackedColumns];
  for (std::int32_t c = 0; c < kPackedColumns; ++c)
    columns[c] = first + c < binned.n_features ? binned.column(first + c) + begin : kPadding;
  kernels().binning.pack_rows(columns, end - begin,
                              binned.row_codes.data() + begin * binned.row_stride + first,
                              binned.row_stride);
}

/// Rows [begin, end) of both copies, a few features at a time.
template <typename Value>
void fill_rows(const MatrixView& x, const ThresholdTrees& trees, std::int64_t begin,
               std::int64_t end, BinnedMatrix& binned) {
  for (std::int32_t first = 0; first < x.n_cols; first += kPackedColumns) {
    for (std::int32_t f = first; f < std::min(first + kPackedColumns, x.n_cols); ++f)
      fill_column<Value>(x, trees.tree(f), f, begin, end,
                         binned.column_codes.data() + f * binned.column_stride + begin);
    pack_columns(binned, first, begin, end);
  }
}

}  // namespace

std::vector<std::int32_t> cell_offsets(const std::vector<BinMapper>& mappers) {
  std::vector<std::int32_t> offsets = {0};
  for (const BinMapper& mapper : mappers) {
    if (offsets.back() > std::numeric_limits<std::int32_t>::max() - mapper.n_cells())
      throw ValueError("X has " + std::to_string(mappers.size()) +
                       " columns, too many: their bins together must be fewer than 2^31");
    offsets.push_back(offsets.back() + mapper.n_cells());
  }
  return offsets;
}

void allocate_codes(BinnedMatrix& binned) {
  binned.row_stride = round_up(binned.n_features, kPackedColumns);
  binned.column_stride = round_up(binned.n_rows, kCacheLine);
  const std::int64_t row_bytes = binned.n_rows * binned.row_stride;
  const std::int64_t column_bytes = binned.n_features * binned.column_stride;
  binned.row_codes = AlignedBuffer<std::uint8_t>(static_cast<std::size_t>(row_bytes + kTail));
  binned.column_codes = AlignedBuffer<std::uint8_t>(static_cast<std::size_t>(column_bytes + kTail));
  std::memset(binned.row_codes.data() + row_bytes, 0, kTail);
  std::memset(binned.column_codes.data() + column_bytes, 0, kTail);
  for (std::int32_t f = 0; f < binned.n_features; ++f)
    std::memset(binned.column_codes.data() + f * binned.column_stride + binned.n_rows, 0,
                static_cast<std::size_t>(binned.column_stride - binned.n_rows));
}

void pack_all_rows(const Parallel& parallel, BinnedMatrix& binned) {
  const Parallel threads = parallel.worth(binned.n_rows * binned.n_features);
  threads.for_rows(binned.n_rows, kTileRows, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int32_t first = 0; first < binned.n_features; first += kPackedColumns)
      pack_columns(binned, first, begin, end);
  });
}

void fill_column_codes(const Parallel& parallel, const MatrixView& x, std::int32_t first,
                       BinnedMatrix& binned) {
  const auto begin = binned.mappers.begin() + first;
  const ThresholdTrees trees({begin, begin + x.n_cols}, x.dtype);
  const Parallel threads = parallel.worth(x.n_rows * x.n_cols * kCellNanoseconds);
  threads.for_rows(x.n_rows, kTileRows, [&](std::int64_t row, std::int64_t end, int) {
    for (std::int32_t f = 0; f < x.n_cols; ++f) {
      std::uint8_t* codes = binned.column_codes.data() + (first + f) * binned.column_stride + row;
      if (x.dtype == DType::kFloat32)
        fill_column<float>(x, trees.tree(f), f, row, end, codes);
      else
        fill_column<double>(x, trees.tree(f), f, row, end, codes);
    }
  });
}

BinnedMatrix bin_matrix(const Parallel& parallel, const MatrixView& x,
                        std::vector<BinMapper> mappers) {
  assert(static_cast<std::size_t>(x.n_cols) == mappers.size());
  const ThresholdTrees trees(mappers, x.dtype);
  BinnedMatrix binned;
  binned.n_rows = x.n_rows;
  binned.n_features = x.n_cols;
  binned.cell_offset = cell_offsets(mappers);
  binned.mappers = std::move(mappers);
  allocate_codes(binned);
  const Parallel threads = parallel.worth(x.n_rows * x.n_cols * kCellNanoseconds);
  threads.for_rows(x.n_rows, kTileRows, [&](std::int64_t begin, std::int64_t end, int) {
    if (x.dtype == DType::kFloat32) {
      fill_rows<float>(x, trees, begin, end, binned);
    } else {
      fill_rows<double>(x, trees, begin, end, binned);
    }
  });
  return binned;
}

void fill_dense(const Parallel& parallel, const SparseCodes& sparse, BinnedMatrix& binned) {
  allocate_codes(binned);
  parallel.worth(binned.n_rows * binned.n_features)
      .for_each(binned.n_features, [&](std::int64_t f, int) {
        sparse.copy_column(static_cast<std::int32_t>(f), binned.n_rows,
                           binned.column_codes.data() + f * binned.column_stride);
      });
  pack_all_rows(parallel, binned);
}

BinnedMatrix dense_columns(const Parallel& parallel, const BinnedMatrix& x,
                           std::span<const std::int32_t> features) {
  BinnedMatrix part;
  part.n_rows = x.n_rows;
  part.n_features = static_cast<std::int32_t>(features.size());
  for (const std::int32_t f : features)
    part.mappers.push_back(x.mappers[static_cast<std::size_t>(f)]);
  part.cell_offset = cell_offsets(part.mappers);
  allocate_codes(part);
  parallel.worth(part.n_rows * part.n_features).for_each(part.n_features, [&](std::int64_t i, int) {
    x.sparse->copy_column(features[static_cast<std::size_t>(i)], part.n_rows,
                          part.column_codes.data() + i * part.column_stride);
  });
  pack_all_rows(parallel, part);
  return part;
}

}  // namespace gbengine

#include "gbengine/data/row_subset.hpp"

#include <algorithm>
#include <cassert>
#include <vector>

namespace gbengine {
namespace {

constexpr std::int64_t kPieceRows = 4096;  // that one thread copies at a time

/// The rows [begin, end) of both copies of the codes.
void copy_codes(const BinnedMatrix& x, std::span<const std::int64_t> rows, std::int64_t begin,
                std::int64_t end, BinnedMatrix& part) {
  for (std::int32_t f = 0; f < x.n_features; ++f) {
    const std::uint8_t* from = x.column(f);
    std::uint8_t* to = part.column_codes.data() + f * part.column_stride;
    for (std::int64_t i = begin; i < end; ++i) to[i] = from[rows[static_cast<std::size_t>(i)]];
  }
  for (std::int64_t i = begin; i < end; ++i)
    std::copy_n(x.row(rows[static_cast<std::size_t>(i)]), x.row_stride,
                part.row_codes.data() + i * part.row_stride);
}

/// Forgets missing values of columns that have none in these rows, so that growing finds the table
/// as it would be had it been made of these rows.
void find_missing(const Parallel& parallel, BinnedMatrix& part) {
  parallel.worth(part.n_rows * part.n_features).for_each(part.n_features, [&](std::int64_t i, int) {
    const auto f = static_cast<std::int32_t>(i);
    BinMapper& mapper = part.mappers[static_cast<std::size_t>(i)];
    const auto missing = static_cast<std::uint8_t>(mapper.missing_bin());
    const std::uint8_t* codes = part.column(f);
    mapper.has_missing =
        mapper.has_missing && std::find(codes, codes + part.n_rows, missing) != codes + part.n_rows;
  });
}

}  // namespace

BinnedMatrix take_rows(const Parallel& parallel, const BinnedMatrix& x,
                       std::span<const std::int64_t> rows) {
  assert(x.sparse == nullptr);
  assert(std::all_of(rows.begin(), rows.end(), [&](auto i) { return i >= 0 && i < x.n_rows; }));
  BinnedMatrix part;
  part.n_rows = std::ssize(rows);
  part.n_features = x.n_features;
  part.mappers = x.mappers;
  part.cell_offset = x.cell_offset;
  allocate_codes(part);
  parallel.worth(2 * part.n_rows * part.n_features)
      .for_rows(part.n_rows, kPieceRows, [&](std::int64_t begin, std::int64_t end, int) {
        copy_codes(x, rows, begin, end, part);
      });
  find_missing(parallel, part);
  return part;
}

}  // namespace gbengine

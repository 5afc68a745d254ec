#include "gbengine/data/category_codes.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "gbengine/base/error.hpp"

namespace gbengine {
namespace {

void check_code(double value, std::int64_t row, std::int32_t feature, std::int32_t n_categories) {
  if (value >= 0.0 && value < n_categories && value == std::floor(value)) return;
  throw ValueError("X[" + std::to_string(row) + ", " + std::to_string(feature) + "] is " +
                   std::to_string(value) + "; a column of " + std::to_string(n_categories) +
                   " categories holds their numbers from 0 on, or NaN");
}

}  // namespace

BinMapper category_mapper(const MatrixView& x, std::int32_t feature, std::int32_t n_categories,
                          int max_bins) {
  BinMapper mapper;
  mapper.n_categories = n_categories;
  for (int code = 0; code + 1 < std::min(n_categories, max_bins); ++code)
    mapper.thresholds.push_back(code);
  for (std::int64_t row = 0; row < x.n_rows; ++row) {
    const double value = x.get(row, feature);
    if (std::isnan(value))
      mapper.has_missing = true;
    else
      check_code(value, row, feature, n_categories);
  }
  return mapper;
}

RankedColumn rank_categories(const MatrixView& x, std::int32_t feature, std::int32_t n_categories) {
  const BinMapper mapper = category_mapper(x, feature, n_categories, kMaxBins);
  RankedColumn column;
  column.is_categorical = true;
  column.has_missing = mapper.has_missing;
  for (int code = 0; code < mapper.n_bins(); ++code) column.values.push_back(code);
  column.codes = AlignedBuffer<std::uint8_t>(static_cast<std::size_t>(x.n_rows));
  for (std::int64_t row = 0; row < x.n_rows; ++row)
    column.codes.data()[row] = mapper.bin(x.get(row, feature));
  return column;
}

}  // namespace gbengine

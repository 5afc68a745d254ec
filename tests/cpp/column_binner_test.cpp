#include "gbengine/data/column_binner.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "category_samples.hpp"
#include "gbengine/data/bin_table.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

MatrixView some_columns(const MatrixView& x, std::int32_t first, std::int32_t n) {
  MatrixView part = x;
  part.data = x.column<double>(first);
  part.n_cols = n;
  return part;
}

void check_equal(const BinnedMatrix& a, const BinnedMatrix& b) {
  CHECK(a.cell_offset == b.cell_offset);
  REQUIRE(a.mappers.size() == b.mappers.size());
  for (std::size_t f = 0; f < a.mappers.size(); ++f) {
    CHECK(a.mappers[f].thresholds == b.mappers[f].thresholds);
    CHECK(a.mappers[f].has_missing == b.mappers[f].has_missing);
    CHECK(a.mappers[f].n_categories == b.mappers[f].n_categories);
  }
  const auto same_bytes = [](const auto& x, const auto& y) {
    return x.size() == y.size() && std::equal(x.data(), x.data() + x.size(), y.data());
  };
  CHECK(same_bytes(a.row_codes, b.row_codes));
  CHECK(same_bytes(a.column_codes, b.column_codes));
}

}  // namespace

TEST_CASE("column binner: any pieces of a table give the bins of the whole") {
  for (const std::int32_t n_cols : {1, 4, 7, 12})
    for (const std::int64_t n_rows : {1, 3000})
      for (const int n_threads : {1, 3}) {
        const SampleTable table = sample_table_with_categories(n_rows, n_cols, 3);
        const std::vector<std::int32_t> n_categories = sample_n_categories(n_cols);
        const std::vector<double> weight = sample_weights(n_rows, Weights::kFractional, 4);
        const Parallel parallel(n_threads);
        const BinnedMatrix whole =
            bin_table(parallel, table.view(), weight.data(), 200, n_categories, CodeForm::kDense);
        for (const std::int32_t step : {1, 3, 4, 12}) {
          CAPTURE(n_cols);
          CAPTURE(step);
          ColumnBinner binner(n_rows, n_cols, weight.data(), 200);
          for (std::int32_t first = 0; first < n_cols; first += step) {
            const std::int32_t n = std::min(step, n_cols - first);
            binner.add(parallel, some_columns(table.view(), first, n),
                       std::span(n_categories)
                           .subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(n)));
          }
          check_equal(binner.take(parallel), whole);
        }
      }
}

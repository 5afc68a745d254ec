#include "gbengine/data/bin_table.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <utility>
#include <vector>

#include "gbengine/data/coded_table.hpp"
#include "gbengine/data/quantile_cuts.hpp"
#include "sparse_samples.hpp"

using namespace gbengine;

namespace {

std::vector<double> weights_of(std::int64_t n_rows, int kind) {
  std::vector<double> weight;
  for (std::int64_t i = 0; kind > 0 && i < n_rows; ++i)
    weight.push_back(kind == 1 ? static_cast<double>(1 + i % 3) : 0.1 + static_cast<double>(i % 7));
  return weight;
}

void check_same_mappers(const std::vector<BinMapper>& one, const std::vector<BinMapper>& other) {
  REQUIRE(one.size() == other.size());
  for (std::size_t f = 0; f < one.size(); ++f) {
    CHECK(one[f].thresholds == other[f].thresholds);
    CHECK(one[f].has_missing == other[f].has_missing);
  }
}

void check_same_codes(const BinnedMatrix& dense, const BinnedMatrix& other) {
  std::vector<std::uint8_t> column(static_cast<std::size_t>(dense.n_rows));
  for (std::int32_t f = 0; f < dense.n_features; ++f) {
    if (other.sparse)
      other.sparse->copy_column(f, other.n_rows, column.data());
    else
      column.assign(other.column(f), other.column(f) + other.n_rows);
    for (std::int64_t i = 0; i < dense.n_rows; ++i) {
      CHECK(column[static_cast<std::size_t>(i)] == dense.column(f)[i]);
      if (!other.sparse) CHECK(other.row(i)[f] == dense.row(i)[f]);
    }
  }
}

/// The cells that are kept by rows are those that are kept by columns and differ from a 0.
void check_rows(const BinnedMatrix& x) {
  const SparseCodes& codes = *x.sparse;
  using Cells = std::vector<std::pair<std::size_t, std::uint8_t>>;
  std::vector<Cells> expected(static_cast<std::size_t>(x.n_rows));
  for (std::size_t f = 0; f < x.mappers.size(); ++f)
    codes.columns.for_each(f, [&](std::size_t row, std::uint8_t code) {
      if (code != codes.zero_code[f]) expected[row].push_back({f, code});
    });
  for (std::size_t i = 0; i < expected.size(); ++i) {
    Cells got;
    codes.rows.for_each(i, [&](std::size_t f, std::uint8_t code) {
      if (code != codes.zero_code[f]) got.push_back({f, code});
    });
    CHECK(got == expected[i]);
  }
}

template <typename Value>
void check_sample(std::int64_t n_rows, double density, int max_bins, int weight_kind) {
  const auto sample = sparse_sample<Value>(n_rows, 13, density, 3);
  const std::vector<double> weight = weights_of(n_rows, weight_kind);
  const double* weights = weight.empty() ? nullptr : weight.data();
  const Parallel parallel(3);
  const BinnedMatrix dense =
      bin_table(parallel, sample.dense(), weights, max_bins, {}, CodeForm::kSmallest);
  for (const CodeForm form : {CodeForm::kDense, CodeForm::kSmallest}) {
    const BinnedMatrix x = bin_table(parallel, sample.sparse(), weights, max_bins, {}, form);
    CHECK((x.sparse != nullptr) == (form == CodeForm::kSmallest && density < 0.1));
    check_same_mappers(dense.mappers, x.mappers);
    CHECK(dense.cell_offset == x.cell_offset);
    check_same_codes(dense, x);
    if (!x.sparse) continue;
    check_rows(x);
    const std::vector<std::int32_t> some = {1, 4, 12};
    const BinnedMatrix part = dense_columns(parallel, x, some);
    for (std::size_t i = 0; i < some.size(); ++i)
      for (std::int64_t row = 0; row < n_rows; ++row) {
        CHECK(part.column(static_cast<std::int32_t>(i))[row] == dense.column(some[i])[row]);
        CHECK(part.row(row)[i] == dense.row(row)[some[i]]);
      }
  }
  const auto others = sparse_sample<Value>(n_rows, 13, density, 4);
  check_same_codes(bin_rows(parallel, others.dense(), dense.mappers),
                   bin_rows(parallel, others.sparse(), dense.mappers));
}

}  // namespace

TEST_CASE("bins of a sparse table are those of the dense one") {
  for (const std::int64_t n_rows : {1, 70, 1500})
    for (const double density : {0.0, 0.05, 0.6, 1.0})
      for (const int max_bins : {2, 7, 255})
        for (const int weight_kind : {0, 1, 2}) {
          check_sample<float>(n_rows, density, max_bins, weight_kind);
          check_sample<double>(n_rows, density, max_bins, weight_kind);
        }
}

TEST_CASE("rows and columns that are far apart keep their codes") {
  constexpr std::int32_t kFar = 150'000;
  const std::vector<double> values = {1, 2, 3, 4, 5, 6};
  const Parallel parallel(2);
  SUBCASE("rows") {
    std::vector<std::int64_t> row_begin(kFar + 1, 4);
    row_begin[0] = 0;
    row_begin[kFar] = 6;
    const std::vector<std::int32_t> column = {0, 1, 2, 4, 0, 4};
    const SparseView view{row_begin.data(), column.data(), values.data(), DType::kFloat64, kFar, 5};
    const BinnedMatrix x = bin_table(parallel, view, nullptr, 255, {}, CodeForm::kSmallest);
    REQUIRE(x.sparse != nullptr);
    check_rows(x);
    std::vector<std::uint8_t> codes(kFar), expected(kFar, 0);
    x.sparse->copy_column(0, kFar, codes.data());
    expected[0] = 1;  // of 0, 1, 5
    expected[kFar - 1] = 2;
    CHECK(codes == expected);
    x.sparse->copy_column(3, kFar, codes.data());
    CHECK(codes == std::vector<std::uint8_t>(kFar, 0));
  }
  SUBCASE("columns") {
    const std::vector<std::int64_t> row_begin = {0, 2, 3, 6};
    const std::vector<std::int32_t> column = {0, kFar - 1, kFar - 1, 70'000, 70'001, kFar - 1};
    const SparseView view{row_begin.data(), column.data(), values.data(), DType::kFloat64, 3, kFar};
    const BinnedMatrix x = bin_table(parallel, view, nullptr, 255, {}, CodeForm::kSmallest);
    REQUIRE(x.sparse != nullptr);
    check_rows(x);
    std::vector<std::uint8_t> codes(3);
    x.sparse->copy_column(kFar - 1, 3, codes.data());
    CHECK(codes == std::vector<std::uint8_t>{0, 1, 2});  // of 2, 3, 6
  }
}

TEST_CASE("the ranks of a sparse table are those of the dense one") {
  const Parallel parallel(2);
  const auto sample = sparse_sample<double>(900, 9, 0.3, 5);
  for (const int max_bins : {0, 16}) {
    const CodedTable dense(parallel, sample.dense(), nullptr, max_bins);
    const CodedTable thin(parallel, sample.sparse(), nullptr, max_bins);
    CHECK(dense.n_bytes() == thin.n_bytes());
    for (std::int32_t f = 0; f < 9; ++f) {
      CHECK(dense.column(f).n_codes == thin.column(f).n_codes);
      CHECK(dense.column(f).has_missing == thin.column(f).has_missing);
      dense.column(f).visit([&](const auto* a) {
        thin.column(f).visit([&](const auto* b) {
          for (std::int64_t i = 0; i < 900; ++i) CHECK(a[i] == b[i]);
        });
      });
      CHECK(dense.cut_between(f, 0, 1).threshold == thin.cut_between(f, 0, 1).threshold);
    }
  }
}

#include "gbengine/data/row_order.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <set>
#include <vector>

#include "gbengine/data/bin_table.hpp"
#include "gbengine/data/value_bits.hpp"

using namespace gbengine;

namespace {

constexpr std::int64_t kRows = 1500;  // more than one piece of a thread
constexpr std::int32_t kCols = 4;
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// Mostly zeros, some of them negative, and some missing values.
std::vector<double> cells(unsigned seed = 1) {
  std::mt19937 rng(seed);
  std::vector<double> x(kRows * kCols);
  for (double& cell : x) {
    const auto kind = rng() % 8;
    cell = kind < 5 ? 0.0 : kind == 5 ? -0.0 : kind == 6 ? kMissing : 0.25 * (rng() % 9);
  }
  return x;
}

MatrixView view_of(const std::vector<double>& x) {
  return MatrixView::of(x.data(), kRows, kCols, kCols, 1);
}

/// The stored cells of a table, some zeros among them.
struct Stored {
  std::vector<std::int64_t> begin{0};
  std::vector<std::int32_t> column;
  std::vector<double> value;

  explicit Stored(const std::vector<double>& x) {
    for (std::int64_t i = 0; i < kRows; ++i) {
      for (std::int32_t f = 0; f < kCols; ++f) {
        const double cell = x[static_cast<std::size_t>(i * kCols + f)];
        if (cell == 0.0 && i % 3 != 0) continue;
        column.push_back(f);
        value.push_back(cell);
      }
      begin.push_back(static_cast<std::int64_t>(column.size()));
    }
  }
  SparseView view() const {
    return {begin.data(), column.data(), value.data(), DType::kFloat64, kRows, kCols};
  }
};

}  // namespace

TEST_CASE("bits of a value are equal where values are") {
  CHECK(value_bits(-0.0) == value_bits(0.0));
  CHECK(value_bits(kMissing) == value_bits(-kMissing));
  CHECK(value_bits(1.0) != value_bits(-1.0));
}

TEST_CASE("a row's hash is a function of its cells, in any form of the table") {
  const std::vector<double> x = cells();
  const std::vector<std::uint64_t> expected = row_hashes(Parallel(1), TableView(view_of(x)));
  for (std::int64_t i = 0; i < kRows; ++i)
    for (std::int64_t j = 0; j < i; ++j) {
      bool is_same = true;
      for (std::int32_t f = 0; f < kCols; ++f)
        is_same &= value_bits(x[static_cast<std::size_t>(i * kCols + f)]) ==
                   value_bits(x[static_cast<std::size_t>(j * kCols + f)]);
      if ((expected[static_cast<std::size_t>(i)] == expected[static_cast<std::size_t>(j)]) !=
          is_same)
        FAIL("rows ", i, " and ", j);
    }
  std::vector<double> by_column(x.size());
  std::vector<float> narrow(x.begin(), x.end());
  for (std::int64_t i = 0; i < kRows; ++i)
    for (std::int64_t f = 0; f < kCols; ++f)
      by_column[static_cast<std::size_t>(f * kRows + i)] =
          x[static_cast<std::size_t>(i * kCols + f)];
  for (int n_threads : {1, 3}) {
    const Parallel parallel(n_threads);
    CHECK(row_hashes(parallel, TableView(Stored(x).view())) == expected);
    CHECK(row_hashes(parallel, TableView(MatrixView::of(by_column.data(), kRows, kCols, 1,
                                                        kRows))) == expected);
    CHECK(row_hashes(parallel, TableView(MatrixView::of(narrow.data(), kRows, kCols, kCols, 1))) ==
          expected);
  }
}

TEST_CASE("codes of a sparse table have the hashes of its dense codes") {
  const std::vector<double> x = cells(2);
  const Parallel parallel(2);
  const Stored stored(x);
  const BinnedMatrix dense = bin_table(parallel, view_of(x), nullptr, 255, {}, CodeForm::kDense);
  const BinnedMatrix sparse =
      bin_table(parallel, stored.view(), nullptr, 255, {}, CodeForm::kSmallest);
  const std::vector<std::uint64_t> expected = row_hashes(parallel, dense);
  CHECK(row_hashes(Parallel(1), sparse) == expected);
  CHECK(std::set<std::uint64_t>(expected.begin(), expected.end()).size() > 100);
}

TEST_CASE("the order is that of hashes, then of columns") {
  const std::vector<std::uint64_t> hash{7, 3, 7, 7, 3};
  const std::vector<double> first{1, 5, 0, 1, 5}, second{2, 9, 0, 1, 9};
  const std::vector<const double*> columns{first.data(), second.data()};
  const std::vector<std::uint32_t> order = row_order(hash, columns);
  CHECK(order == std::vector<std::uint32_t>{1, 4, 2, 3, 0});
  CHECK(places_of(order) == std::vector<std::uint32_t>{4, 0, 2, 3, 1});
}

TEST_CASE("hashes are compared as a whole") {
  // Many with the same leading bits, and some that are equal.
  std::mt19937_64 rng(3);
  std::vector<std::uint64_t> hash(2000);
  for (std::uint64_t& h : hash) h = (rng() % 7) << 61 | (rng() % 5) << 30 | rng() % 3;
  std::vector<double> column(hash.size());
  for (double& value : column) value = static_cast<double>(rng() % 4);
  std::vector<std::uint32_t> expected(hash.size());
  std::iota(expected.begin(), expected.end(), 0U);
  std::stable_sort(expected.begin(), expected.end(), [&](std::uint32_t a, std::uint32_t b) {
    return hash[a] != hash[b] ? hash[a] < hash[b] : column[a] < column[b];
  });
  const std::vector<const double*> columns{column.data()};
  CHECK(row_order(hash, columns) == expected);
  CHECK(row_order({}, columns).empty());
}

#include "gbengine/data/row_subset.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "gbengine/api/table_maker.hpp"
#include "gbengine/base/error.hpp"
#include "random_table.hpp"

using namespace gbengine;

namespace {

std::vector<std::int64_t> some_rows(std::int64_t n_of, std::int64_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::int64_t> rows;
  for (std::int64_t i = 0; i < n; ++i)
    rows.push_back(static_cast<std::int64_t>(random()) % n_of);  // some of them several times
  return rows;
}

/// Cell by cell, and the bytes between and after the codes as growing expects them.
void check_rows(const BinnedMatrix& x, const std::vector<std::int64_t>& rows,
                const BinnedMatrix& part) {
  REQUIRE(part.n_rows == std::ssize(rows));
  REQUIRE(part.n_features == x.n_features);
  CHECK(part.cell_offset == x.cell_offset);
  for (std::int32_t f = 0; f < x.n_features; ++f) {
    const auto& mapper = part.mappers[static_cast<std::size_t>(f)];
    CHECK(mapper.thresholds == x.mappers[static_cast<std::size_t>(f)].thresholds);
    CHECK(mapper.n_categories == x.mappers[static_cast<std::size_t>(f)].n_categories);
    bool has_missing = false;
    for (std::int64_t i = 0; i < part.n_rows; ++i) {
      const std::uint8_t code = x.column(f)[rows[static_cast<std::size_t>(i)]];
      has_missing = has_missing || code == mapper.missing_bin();
      REQUIRE(part.column(f)[i] == code);
      REQUIRE(part.row(i)[f] == code);
    }
    CHECK(mapper.has_missing == has_missing);
  }
  for (std::int64_t i = 0; i < part.n_rows; ++i)
    for (std::int64_t k = part.n_features; k < part.row_stride; ++k) CHECK(part.row(i)[k] == 0);
}

}  // namespace

TEST_CASE("rows of a binned table, cell by cell") {
  for (const int n_threads : {1, 4})
    for (const bool has_missing : {false, true}) {
      const BinnedMatrix x =
          with_categories(random_table(5000, {3, 255, 2, 9, 1, 40, 7}, has_missing, 3));
      const Parallel parallel(n_threads);
      for (const std::int64_t n : {1, 5, 4096, 9001}) {
        const auto rows = some_rows(x.n_rows, n, static_cast<unsigned>(n));
        check_rows(x, rows, take_rows(parallel, x, rows));
      }
    }
}

TEST_CASE("a column without missing values in these rows has none") {
  const BinnedMatrix x = random_table(400, {4, 4}, true, 1);
  std::vector<std::int64_t> rows;
  for (std::int64_t i = 0; i < x.n_rows; ++i)
    if (x.column(0)[i] != x.mappers[0].missing_bin()) rows.push_back(i);
  const BinnedMatrix part = take_rows(Parallel(1), x, rows);
  CHECK_FALSE(part.mappers[0].has_missing);
  CHECK(part.mappers[1].has_missing);
}

TEST_CASE("rows that cannot be taken are refused") {
  const std::vector<double> values{1.0, 2.0, 3.0, 4.0, 5.0, 6.0};
  const MatrixView x{values.data(), DType::kFloat64, 6, 1, 1, 6};
  const auto binned = make_table(TableView(x), nullptr, 255, {}, 1, {});
  const auto exact = make_table(TableView(x), nullptr, 0, {}, 1, {});
  const std::vector<std::int64_t> good{5, 0}, beyond{0, 6}, below{-1}, none;
  CHECK(take_rows(*binned, good, 1, {})->n_rows() == 2);
  CHECK_THROWS_AS(take_rows(*binned, beyond, 1, {}), ValueError);
  CHECK_THROWS_AS(take_rows(*binned, below, 1, {}), ValueError);
  CHECK_THROWS_AS(take_rows(*binned, none, 1, {}), ValueError);
  CHECK_THROWS_AS(take_rows(*exact, good, 1, {}), ValueError);
}

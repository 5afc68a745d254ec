#include "gbengine/data/binned_matrix.hpp"

#include <doctest/doctest.h>

#include "column_samples.hpp"
#include "gbengine/data/quantile_cuts.hpp"
#include "isa_guard.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

/// Everything that the header promises, value by value.
void check_binned(const BinnedMatrix& binned, const MatrixView& x,
                  const std::vector<BinMapper>& mappers) {
  CHECK(binned.n_rows == x.n_rows);
  CHECK(binned.n_features == x.n_cols);
  CHECK(binned.row_stride == (x.n_cols + 3) / 4 * 4);
  CHECK(binned.column_stride == (x.n_rows + 63) / 64 * 64);
  REQUIRE(binned.mappers.size() == mappers.size());
  REQUIRE(binned.cell_offset.size() == mappers.size() + 1);
  CHECK(binned.cell_offset[0] == 0);
  REQUIRE(binned.row_codes.size() == static_cast<std::size_t>(x.n_rows * binned.row_stride + 64));
  REQUIRE(binned.column_codes.size() ==
          static_cast<std::size_t>(x.n_cols * binned.column_stride + 64));
  bool codes_agree = true, padding_is_zero = true;
  for (std::int32_t f = 0; f < x.n_cols; ++f) {
    const BinMapper& mapper = mappers[static_cast<std::size_t>(f)];
    CHECK(binned.mappers[static_cast<std::size_t>(f)].thresholds == mapper.thresholds);
    CHECK(binned.cell_offset[static_cast<std::size_t>(f) + 1] ==
          binned.cell_offset[static_cast<std::size_t>(f)] + mapper.n_bins() + 1);
    for (std::int64_t i = 0; i < x.n_rows; ++i) {
      const std::uint8_t code = mapper.bin(x.get(i, f));
      codes_agree &= binned.row(i)[f] == code && binned.column(f)[i] == code;
    }
    for (std::int64_t i = x.n_rows; i < binned.column_stride; ++i)
      padding_is_zero &= binned.column(f)[i] == 0;
  }
  for (std::int64_t i = 0; i < x.n_rows; ++i)
    for (std::int64_t f = x.n_cols; f < binned.row_stride; ++f)
      padding_is_zero &= binned.row(i)[f] == 0;
  for (std::int64_t i = 0; i < 64; ++i)
    padding_is_zero &= binned.row(x.n_rows)[i] == 0 && binned.column(x.n_cols)[i] == 0;
  CHECK(codes_agree);
  CHECK(padding_is_zero);
}

/// The first n_cols columns of sample_columns, laid out so that a cell is at
/// `start + row * row_stride + col * col_stride`.
template <typename Value>
struct Layout {
  std::vector<Value> cells;
  MatrixView view;

  Layout(std::int64_t n_rows, std::int32_t n_cols, std::int64_t start, std::int64_t row_stride,
         std::int64_t col_stride, std::size_t size)
      : cells(size, static_cast<Value>(-12345)),
        view(MatrixView::of(cells.data() + start, n_rows, n_cols, row_stride, col_stride)) {
    const auto columns = sample_columns(n_rows, 5);
    for (std::int64_t i = 0; i < n_rows; ++i)
      for (std::int32_t f = 0; f < n_cols; ++f)
        cells[static_cast<std::size_t>(start + i * row_stride + f * col_stride)] =
            static_cast<Value>(
                columns[static_cast<std::size_t>(f)].values[static_cast<std::size_t>(i)]);
  }
};

template <typename Value>
void check_layouts(std::int64_t n, std::int32_t m) {
  const auto cells = static_cast<std::size_t>(n * m);
  const Layout<Value> layouts[] = {
      {n, m, 0, m, 1, cells},            // C order
      {n, m, 0, 1, n, cells},            // Fortran order
      {n, m, n * m - 1, -m, -1, cells},  // C order, both axes reversed
      {n, m, n * m - 1, -1, -n, cells},  // Fortran order, both axes reversed
      {n, m, 3, 2 * (m + 5), 1,
       2 * cells + static_cast<std::size_t>(10 * n + 3)},  // every other row, some columns
      {n, m, 1, 2, 2 * n + 1, 2 * cells + static_cast<std::size_t>(m + 1)},
  };
  const auto mappers = make_bin_mappers(Parallel(1), layouts[0].view, nullptr, 255);
  for (const Layout<Value>& layout : layouts)
    check_binned(bin_matrix(Parallel(2), layout.view, mappers), layout.view, mappers);
}

}  // namespace

TEST_CASE("bin_matrix: every cell is its mapper's bin, for any strides, type and size") {
  for (std::int64_t n : {1, 63, 64, 511, 512, 513, 1600})
    for (std::int32_t m : {1, 3, 4, 5, 23}) {
      CAPTURE(n);
      CAPTURE(m);
      check_layouts<float>(n, m);
      check_layouts<double>(n, m);
    }
}

TEST_CASE("bin_matrix: threads and instruction sets change nothing") {
  const Layout<float> floats(3000, 23, 0, 23, 1, 3000 * 23);
  const Layout<double> doubles(3000, 23, 0, 1, 3000, 3000 * 23);
  const auto mappers = make_bin_mappers(Parallel(1), floats.view, nullptr, 255);
  for_each_isa([&] {
    for (int n_threads : {1, 2, 5})
      for (const MatrixView& x : {floats.view, doubles.view})
        check_binned(bin_matrix(Parallel(n_threads), x, mappers), x, mappers);
  });
}

TEST_CASE("bin_matrix: a table that the mappers were not made of, of another type") {
  std::mt19937_64 rng(6);
  std::vector<double> train;
  std::vector<float> other;
  for (int i = 0; i < 4000; ++i) {
    train.push_back(static_cast<double>(rng() % 100'000) / 7e4);
    other.push_back(i % 100 == 0 ? static_cast<float>(kNaN)
                                 : static_cast<float>(rng() % 120'000) / 7e4F - 0.1F);
  }
  const auto train_view = MatrixView::of(train.data(), 2000, 2, 2, 1);
  const auto other_view = MatrixView::of(other.data(), 2000, 2, 2, 1);
  const auto mappers = make_bin_mappers(Parallel(2), train_view, nullptr, 255);
  REQUIRE(!mappers[0].has_missing);
  check_binned(bin_matrix(Parallel(2), other_view, mappers), other_view, mappers);
}

TEST_CASE("bin_matrix: no rows, no columns") {
  const double none = 0;
  const auto no_rows = MatrixView::of(&none, 0, 3, 3, 1);
  check_binned(bin_matrix(Parallel(2), no_rows, std::vector<BinMapper>(3)), no_rows,
               std::vector<BinMapper>(3));
  const auto no_columns = MatrixView::of(&none, 5, 0, 1, 1);
  check_binned(bin_matrix(Parallel(2), no_columns, {}), no_columns, {});
}

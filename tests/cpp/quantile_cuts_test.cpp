#include "gbengine/data/quantile_cuts.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "column_samples.hpp"
#include "gbengine/base/error.hpp"
#include "gbengine/data/threshold.hpp"
#include "naive_cuts.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

/// All columns of a sample in C order.
template <typename Value>
struct Table {
  std::vector<Value> cells;
  std::int64_t n_rows;
  std::int32_t n_cols;

  explicit Table(const std::vector<SampleColumn>& columns)
      : n_rows(columns.empty() ? 0 : static_cast<std::int64_t>(columns[0].values.size())),
        n_cols(static_cast<std::int32_t>(columns.size())) {
    for (std::int64_t i = 0; i < n_rows; ++i)
      for (const SampleColumn& column : columns)
        cells.push_back(static_cast<Value>(column.values[static_cast<std::size_t>(i)]));
  }
  MatrixView view() const { return MatrixView::of(cells.data(), n_rows, n_cols, n_cols, 1); }
};

BinMapper mapper_of(const std::vector<double>& column, int max_bins,
                    const std::vector<double>& weights = {}) {
  const MatrixView x =
      MatrixView::of(column.data(), static_cast<std::int64_t>(column.size()), 1, 1, 1);
  return make_bin_mappers(Parallel(1), x, weights.empty() ? nullptr : weights.data(), max_bins)[0];
}

void check_equal(const BinMapper& a, const BinMapper& b) {
  CHECK(a.has_missing == b.has_missing);
  CHECK(a.thresholds == b.thresholds);
}

void check_equal(const std::vector<BinMapper>& a, const std::vector<BinMapper>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t f = 0; f < a.size(); ++f) {
    CAPTURE(f);
    check_equal(a[f], b[f]);
  }
}

std::vector<double> fractional_weights(std::int64_t n, std::uint64_t seed) {
  std::mt19937_64 rng(seed);
  std::vector<double> weights;
  for (std::int64_t i = 0; i < n; ++i)
    weights.push_back(std::exp(static_cast<double>(rng() % 1000) / 50 - 10));
  return weights;
}

/// Row i of the result is row order[i] of each column.
std::vector<SampleColumn> reordered(const std::vector<SampleColumn>& columns,
                                    const std::vector<std::size_t>& order) {
  std::vector<SampleColumn> result;
  for (const SampleColumn& column : columns) {
    result.push_back({column.name, {}});
    for (std::size_t i : order) result.back().values.push_back(column.values[i]);
  }
  return result;
}

std::vector<double> reordered(const std::vector<double>& values,
                              const std::vector<std::size_t>& order) {
  return reordered({{"", values}}, order)[0].values;
}

}  // namespace

TEST_CASE("make_bin_mappers: the naive version's thresholds, for both types and any weights") {
  for (std::int64_t n : {1, 2, 31, 33, 300, 1000, 20000}) {
    const auto columns = sample_columns(n, static_cast<std::uint64_t>(n));
    const Table<float> floats(columns);
    const Table<double> doubles(columns);
    for (const auto& weights :
         {std::vector<double>{}, whole_weights(n, 1), fractional_weights(n, 2)}) {
      const double* weight = weights.empty() ? nullptr : weights.data();
      for (int max_bins : n < 20000 ? std::vector{2, 3, 7, 64, 255} : std::vector{10, 255}) {
        const auto of_floats = make_bin_mappers(Parallel(2), floats.view(), weight, max_bins);
        const auto of_doubles = make_bin_mappers(Parallel(2), doubles.view(), weight, max_bins);
        for (std::size_t f = 0; f < columns.size(); ++f) {
          CAPTURE(n);
          CAPTURE(max_bins);
          CAPTURE(columns[f].name);
          const BinMapper naive = naive_mapper(columns[f].values, weights, max_bins);
          check_equal(of_floats[f], naive);
          check_equal(of_doubles[f], naive);
        }
      }
    }
  }
}

TEST_CASE("make_bin_mappers: doubles that no float tells apart") {
  std::mt19937_64 rng(3);
  std::vector<double> near_one, any_bits, timestamps;
  for (int i = 0; i < 20000; ++i) {
    near_one.push_back(1.0 + static_cast<double>(rng() % 4000) * 0x1.0p-52);
    any_bits.push_back(std::bit_cast<double>(rng()));
    timestamps.push_back(1.7e9 + static_cast<double>(rng() % 1'000'000) / 1e3);
  }
  for (const auto& column : {near_one, any_bits, timestamps})
    for (int max_bins : {2, 100, 255})
      check_equal(mapper_of(column, max_bins), naive_mapper(column, {}, max_bins));
}

TEST_CASE("make_bin_mappers: threads, row order and strides change nothing") {
  const std::int64_t n = 5000;
  const auto columns = sample_columns(n, 4);
  const auto weights = fractional_weights(n, 5);
  const Table<double> table(columns);
  const auto expected = make_bin_mappers(Parallel(1), table.view(), weights.data(), 100);

  for (int n_threads : {2, 5})
    check_equal(make_bin_mappers(Parallel(n_threads), table.view(), weights.data(), 100), expected);

  std::vector<std::size_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::shuffle(order.begin(), order.end(), std::mt19937_64(6));
  const Table<double> shuffled(reordered(columns, order));
  const auto shuffled_weights = reordered(weights, order);
  check_equal(make_bin_mappers(Parallel(2), shuffled.view(), shuffled_weights.data(), 100),
              expected);

  std::vector<double> fortran(table.cells.size() * 2);  // every other row of a larger table
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int32_t f = 0; f < table.n_cols; ++f)
      fortran[static_cast<std::size_t>(f * 2 * n + 2 * i)] = table.view().get(i, f);
  const auto sliced = MatrixView::of(fortran.data(), n, table.n_cols, 2, 2 * n);
  check_equal(make_bin_mappers(Parallel(2), sliced, weights.data(), 100), expected);

  auto reversed_weights = weights;
  std::reverse(reversed_weights.begin(), reversed_weights.end());
  const auto reversed = MatrixView::of(table.cells.data() + table.cells.size() - 1, n, table.n_cols,
                                       -table.n_cols, -1);
  auto mappers = make_bin_mappers(Parallel(2), reversed, reversed_weights.data(), 100);
  std::reverse(mappers.begin(), mappers.end());
  check_equal(mappers, expected);
}

TEST_CASE("make_bin_mappers: weight k is k copies of the row; only ratios of weights matter") {
  const std::int64_t n = 3000;
  const auto columns = sample_columns(n, 7);
  const auto weights = whole_weights(n, 8);
  std::vector<std::size_t> copies;
  for (std::size_t i = 0; i < weights.size(); ++i)
    copies.insert(copies.end(), static_cast<std::size_t>(weights[i]), i);
  const Table<float> table(columns);
  const Table<float> repeated(reordered(columns, copies));
  for (int max_bins : {5, 255}) {
    const auto weighted = make_bin_mappers(Parallel(2), table.view(), weights.data(), max_bins);
    check_equal(make_bin_mappers(Parallel(2), repeated.view(), nullptr, max_bins), weighted);
    for (double scale : {0x1.0p-1060, 0.25, 0x1.0p20, 0x1.0p1000}) {
      auto scaled = weights;
      for (double& w : scaled) w *= scale;
      check_equal(make_bin_mappers(Parallel(2), table.view(), scaled.data(), max_bins), weighted);
    }
  }
}

TEST_CASE("make_bin_mappers: a row of tiny weight still counts as a value") {
  check_equal(mapper_of({1, 2, 3}, 255, {1e300, 1e-300, 0.5}), {{1.5, 2.5}, false});
  std::vector<double> column, weights;
  for (int i = 0; i < 1000; ++i) {
    column.push_back(i);
    weights.push_back(i == 0 ? 1e300 : 1e-300);
  }
  CHECK(mapper_of(column, 16, weights).n_bins() == 16);
}

TEST_CASE("make_bin_mappers: columns without a choice") {
  check_equal(mapper_of({}, 255), {{}, false});
  check_equal(mapper_of({kNaN, -kNaN}, 255), {{}, true});
  check_equal(mapper_of({3, 3, 3}, 255), {{}, false});
  check_equal(mapper_of({0.0, -0.0}, 255), {{}, false});
  check_equal(mapper_of({-kInf, kInf, kNaN}, 255), {{-kInf}, true});
  check_equal(mapper_of({-kInf, 0, kInf}, 255), {{-kInf, 0}, false});
  CHECK(make_bin_mappers(Parallel(2), MatrixView{}, nullptr, 255).empty());
  const double none = 0;
  const auto no_rows = make_bin_mappers(Parallel(2), MatrixView::of(&none, 0, 3, 3, 1), nullptr, 9);
  check_equal(no_rows, std::vector<BinMapper>(3));
}

TEST_CASE("make_bin_mappers: bins are even, full in number, and a heavy value is alone") {
  const std::int64_t n = 100'000;
  for (const SampleColumn& column : sample_columns(n, 9)) {
    CAPTURE(column.name);
    std::map<double, int> count;
    for (double value : column.values)
      if (!std::isnan(value)) ++count[value];
    const int n_distinct = static_cast<int>(count.size());
    const int total = std::accumulate(count.begin(), count.end(), 0,
                                      [](int sum, auto& at) { return sum + at.second; });
    for (int max_bins : {10, 255}) {
      const BinMapper mapper = mapper_of(column.values, max_bins);
      CHECK(mapper.n_bins() <= max_bins);
      CHECK(mapper.n_bins() >= std::min(std::max(n_distinct, 1), max_bins - 1 - max_bins / 20));
      if (n_distinct <= max_bins) continue;
      std::vector<int> rows(static_cast<std::size_t>(mapper.n_bins())), distinct = rows;
      for (const auto& [value, rows_of_value] : count) {
        rows[mapper.bin(value)] += rows_of_value;
        ++distinct[mapper.bin(value)];
      }
      // A bin of light values ends at the latest with the value that fills it. Its share is at most
      // twice the mean, as a run with a bin and a half's weight may get one bin.
      for (std::size_t b = 0; b < rows.size(); ++b)
        if (distinct[b] > 1) CHECK(rows[b] <= 3.0 * total / max_bins);
    }
  }
  std::vector<double> column;
  for (int i = 0; i < 1000; ++i) column.push_back(i % 2 ? 500.5 : i);
  const BinMapper mapper = mapper_of(column, 20);
  CHECK(mapper.bin(500) + 1 == mapper.bin(500.5));
  CHECK(mapper.bin(500.5) + 1 == mapper.bin(502));
}

TEST_CASE("make_bin_mappers: more runs of light values than bins for them") {
  // 9 heavy values with a light one before, between and after: 10 bins cannot part them all.
  std::vector<double> column;
  for (int i = 0; i < 19; ++i) column.insert(column.end(), i % 2 ? 100 : 1, i);
  const BinMapper mapper = mapper_of(column, 10);
  check_equal(mapper, naive_mapper(column, {}, 10));
  CHECK(mapper.n_bins() == 10);
  std::set<int> bins_of_heavy;
  for (int i = 1; i < 19; i += 2) bins_of_heavy.insert(mapper.bin(i));
  CHECK(bins_of_heavy.size() == 9);
}

TEST_CASE("make_bin_mappers: a monotone change of the values changes no bin") {
  const auto columns = sample_columns(4000, 10);
  for (const SampleColumn& column : columns) {
    CAPTURE(column.name);
    std::vector<double> stretched;
    for (double value : column.values) stretched.push_back(value > 0 ? value : 8 * value);
    const BinMapper before = mapper_of(column.values, 31), after = mapper_of(stretched, 31);
    bool same = true;
    for (std::size_t i = 0; i < stretched.size(); ++i)
      same &= before.bin(column.values[i]) == after.bin(stretched[i]);
    CHECK(same);
  }
}

TEST_CASE("make_bin_mappers: refuses more rows than it can count") {
  const double value = 0;
  const MatrixView x = MatrixView::of(&value, std::int64_t{1} << 32, 1, 0, 0);
  CHECK_THROWS_WITH_AS(make_bin_mappers(Parallel(1), x, nullptr, 255),
                       "X has 4294967296 rows; at most 2^32 - 1 are allowed", ValueError);
}

TEST_CASE("threshold_between: from a on, below b, half way where there is room") {
  CHECK(threshold_between(1, 2) == 1.5);
  CHECK(threshold_between(-1, 2) == 0.5);
  constexpr double kMax = std::numeric_limits<double>::max();
  constexpr double kTiny = std::numeric_limits<double>::denorm_min();
  CHECK(threshold_between(-kMax, kMax) == 0.0);
  CHECK(threshold_between(kMax / 2, kMax) == kMax * 0.75);
  CHECK(threshold_between(kMax, kInf) == kMax);
  CHECK(threshold_between(-kInf, kMax) == -kInf);
  CHECK(threshold_between(-kInf, kInf) == -kInf);
  CHECK(threshold_between(0, kTiny) == 0.0);
  CHECK(threshold_between(-kTiny, 0) == -kTiny);
  for (double a : awkward_values())
    for (double b : {std::nextafter(a, kInf), a + 1, 2 * std::abs(a), kInf}) {
      if (!(a < b)) continue;
      CHECK(threshold_between(a, b) >= a);
      CHECK(threshold_between(a, b) < b);
    }
}

#include "gbengine/data/rank_column.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "column_samples.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

std::uint32_t code_at(const CodeColumn& column, std::size_t row) {
  return column.visit([row](const auto* codes) { return std::uint32_t{codes[row]}; });
}

/// Ranks by sorting and searching.
template <typename Value>
void check_ranks(const std::vector<Value>& column, const RankedColumn& ranked) {
  std::vector<double> distinct;
  bool has_missing = false;
  for (const Value value : column) {
    has_missing |= std::isnan(value);
    if (!std::isnan(value)) distinct.push_back(static_cast<double>(value));
  }
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  CHECK(ranked.values == distinct);
  CHECK(ranked.has_missing == has_missing);
  const CodeColumn view = ranked.view();
  CHECK(view.n_codes == distinct.size());
  CHECK(view.has_missing == has_missing);
  CHECK(view.can_split() == (distinct.size() + (has_missing ? 1 : 0) >= 2));
  bool all_right = true;
  for (std::size_t i = 0; i < column.size(); ++i) {
    const auto at = std::lower_bound(distinct.begin(), distinct.end(), column[i]);
    const auto expected =
        std::isnan(column[i]) ? distinct.size() : static_cast<std::size_t>(at - distinct.begin());
    all_right &= code_at(view, i) == expected;
  }
  CHECK(all_right);
}

template <typename Value>
std::vector<Value> as(const std::vector<double>& values) {
  std::vector<Value> out;
  for (const double value : values) out.push_back(static_cast<Value>(value));
  return out;
}

}  // namespace

TEST_CASE("rank_column: distinct values in order and each row's place, for all kinds of columns") {
  for (const std::int64_t n : {1, 2, 300, 5000})
    for (const SampleColumn& column : sample_columns(n, static_cast<std::uint64_t>(n) + 9)) {
      CAPTURE(n);
      CAPTURE(column.name);
      const auto rows = static_cast<std::int64_t>(column.values.size());
      const auto floats = as<float>(column.values);
      check_ranks(column.values,
                  rank_column(MatrixView::of(column.values.data(), rows, 1, 1, 1), 0));
      check_ranks(floats, rank_column(MatrixView::of(floats.data(), rows, 1, 1, 1), 0));
    }
}

TEST_CASE("rank_column: codes are as narrow as the column allows, the missing one included") {
  const auto width_of = [](std::size_t n_values, bool missing) {
    std::vector<double> values;
    for (std::size_t i = 0; i < n_values; ++i)
      values.push_back(static_cast<double>(i * 7919 % 70001));
    if (missing) values.push_back(std::nan(""));
    const auto rows = static_cast<std::int64_t>(values.size());
    RankedColumn ranked = rank_column(MatrixView::of(values.data(), rows, 1, 1, 1), 0);
    CHECK(ranked.codes.size() == values.size() * bytes_of(ranked.width));
    check_ranks(values, ranked);
    return ranked.width;
  };
  for (const bool missing : {false, true}) {
    CHECK(width_of(255, missing) == CodeWidth::k8);
    CHECK(width_of(256, missing) == CodeWidth::k16);
    CHECK(width_of(65'535, missing) == CodeWidth::k16);
    CHECK(width_of(65'536, missing) == CodeWidth::k32);
  }
}

TEST_CASE("rank_column: reads a column of any strides in place, and both zeros are one") {
  const std::vector<double> table{0.5, -0.0, 0.2, 0.0, std::nan(""), -1.0, 0.5, 0.0};
  const MatrixView rows = MatrixView::of(table.data(), 4, 2, 2, 1);
  const RankedColumn first = rank_column(rows, 0), second = rank_column(rows, 1);
  CHECK(first.values == std::vector<double>{0.2, 0.5});
  CHECK(second.values == std::vector<double>{-1.0, 0.0});
  CHECK_FALSE(std::signbit(second.values[1]));
  const MatrixView backwards = MatrixView::of(table.data() + 6, 4, 2, -2, 1);
  const RankedColumn reversed = rank_column(backwards, 0);
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(code_at(reversed.view(), i) == code_at(first.view(), 3 - i));
}

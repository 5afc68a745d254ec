#include "gbengine/learn/vector_histogram.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <random>
#include <vector>

#include "isa_guard.hpp"
#include "random_table.hpp"

using namespace gbengine;

namespace {

std::vector<std::int32_t> random_values(std::int64_t n_rows, std::int32_t stride) {
  std::mt19937 random(7);
  std::vector<std::int32_t> values(static_cast<std::size_t>(n_rows * stride));
  for (auto& value : values) value = static_cast<std::int32_t>(random() % 2001) - 1000;
  return values;
}

std::vector<std::int64_t> naive_sums(const BinnedMatrix& x, const std::vector<std::int32_t>& values,
                                     std::int32_t stride, const std::vector<std::uint32_t>& rows) {
  std::vector<std::int64_t> sums(static_cast<std::size_t>(x.n_cells() * stride), 0);
  for (std::uint32_t row : rows)
    for (std::int32_t f = 0; f < x.n_features; ++f)
      for (std::int32_t k = 0; k < stride; ++k) {
        const int cell = x.cell_offset[static_cast<std::size_t>(f)] + x.column(f)[row];
        sums[static_cast<std::size_t>(cell * stride + k)] +=
            values[static_cast<std::size_t>(row) * static_cast<std::size_t>(stride) +
                   static_cast<std::size_t>(k)];
      }
  return sums;
}

/// The sums of a histogram, of either width.
std::vector<std::int64_t> sums_of(const std::vector<std::int64_t>& words, CellWidth width) {
  if (width == CellWidth::kWide) return words;
  std::vector<std::int32_t> narrow(2 * words.size());
  std::memcpy(narrow.data(), words.data(), words.size() * sizeof words[0]);
  return {narrow.begin(), narrow.end()};
}

std::vector<std::uint32_t> every(std::int64_t n_rows, std::uint32_t step) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < n_rows; row += step) rows.push_back(row);
  return rows;
}

RowList list_of(const std::vector<std::uint32_t>& rows, bool is_all) {
  return {is_all ? nullptr : rows.data(), static_cast<std::int64_t>(rows.size())};
}

}  // namespace

TEST_CASE("vector histograms equal the naive sums for all widths, threads, instruction sets") {
  for_each_isa([] {
    for (std::int32_t stride : {4, 8, 12, 16, 20, 24, 28, 32, 36, 64})
      for (std::int64_t n_rows : {1, 17, 3000})
        for (std::uint32_t step : {1u, 3u})
          for (CellWidth width : {CellWidth::kNarrow, CellWidth::kWide})
            for (int n_threads : {1, 3}) {
              const BinnedMatrix x = random_table(n_rows, {3, 255, 1, 17, 60}, true, 5);
              const auto values = random_values(n_rows, stride);
              const auto rows = every(n_rows, step);
              VectorHistogram histogram(x, width, stride);
              std::vector<std::int64_t> words(static_cast<std::size_t>(histogram.n_words()), 77);
              histogram.build(Parallel(n_threads), values.data(), list_of(rows, step == 1),
                              words.data());
              CHECK(sums_of(words, width) == naive_sums(x, values, stride, rows));
            }
  });
}

TEST_CASE("a vector sibling by subtraction equals the sibling built") {
  const BinnedMatrix x = random_table(2000, {255, 16, 3}, true, 3);
  const auto values = random_values(2000, 8);
  std::vector<std::uint32_t> left, right;
  for (std::uint32_t row = 0; row < 2000; ++row) (row % 3 == 0 ? left : right).push_back(row);
  for_each_isa([&] {
    for (CellWidth width : {CellWidth::kNarrow, CellWidth::kWide}) {
      VectorHistogram histogram(x, width, 8);
      const auto build = [&](RowList rows) {
        std::vector<std::int64_t> words(static_cast<std::size_t>(histogram.n_words()));
        histogram.build(Parallel(1), values.data(), rows, words.data());
        return words;
      };
      std::vector<std::int64_t> words = build({nullptr, 2000});
      histogram.subtract(words.data(), build(list_of(left, false)).data());
      CHECK(words == build(list_of(right, false)));
    }
  });
}

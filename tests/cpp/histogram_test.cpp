#include "gbengine/kernel/histogram.hpp"

#include <doctest/doctest.h>

#include <map>
#include <utility>
#include <vector>

#include "gbengine/kernel/kernels.hpp"
#include "gbengine/learn/histogram_builder.hpp"
#include "isa_guard.hpp"
#include "random_table.hpp"

using namespace gbengine;

namespace {

std::vector<GradientSum> naive_histogram(const BinnedMatrix& x,
                                         const std::vector<GradientPair>& pairs,
                                         const std::vector<std::uint32_t>& rows) {
  std::vector<GradientSum> cells(static_cast<std::size_t>(x.n_cells()));
  for (std::uint32_t row : rows)
    for (std::int32_t f = 0; f < x.n_features; ++f) {
      const int cell = x.cell_offset[static_cast<std::size_t>(f)] + x.column(f)[row];
      auto& sum = cells[static_cast<std::size_t>(cell)];
      sum = {sum.grad + pairs[row].grad, sum.hess + pairs[row].hess};
    }
  return cells;
}

GradientSum cell_of(const std::vector<std::int64_t>& words, CellWidth width, std::size_t cell) {
  if (width == CellWidth::kWide) return {words[2 * cell], words[2 * cell + 1]};
  return {words[cell] >> 32, words[cell] & 0xffffffff};
}

std::vector<std::uint32_t> every(std::int64_t n_rows, std::uint32_t step) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < n_rows; row += step) rows.push_back(row);
  return rows;
}

/// Feature counts that leave a remainder of every size, fill a block, and need two.
std::vector<int> bins_of(int n_features) {
  std::vector<int> bins;
  for (int f = 0; f < n_features; ++f) bins.push_back(1 + f * 37 % 255);
  return bins;
}

}  // namespace

TEST_CASE("histograms equal the naive sums for all shapes, widths, threads, instruction sets") {
  for_each_isa([] {
    for (int n_features : {1, 2, 3, 5, 8, 13, 16, 17, 28, 64, 70})
      for (std::int64_t n_rows : {1, 17, 5000})
        for (std::uint32_t step : {1u, 3u, 7u})
          for (CellWidth width : {CellWidth::kNarrow, CellWidth::kWide})
            for (int n_threads : {1, 3}) {
              const BinnedMatrix x = random_table(n_rows, bins_of(n_features), true, 5);
              const auto pairs = random_pairs(n_rows, 6);
              const auto rows = every(n_rows, step);
              HistogramBuilder builder(x, width);
              std::vector<std::int64_t> words(static_cast<std::size_t>(builder.n_words()), 77);
              builder.build(Parallel(n_threads), pairs.data(), step == 1 ? nullptr : rows.data(),
                            static_cast<std::int64_t>(rows.size()), words.data());
              const auto expected = naive_histogram(x, pairs, rows);
              bool equal = true;
              for (std::size_t cell = 0; cell < expected.size(); ++cell)
                equal &= cell_of(words, width, cell) == expected[cell];
              CHECK(equal);
            }
  });
}

TEST_CASE("counts equal the naive counts, with and without repetitions") {
  const BinnedMatrix x = random_table(3000, {4, 200, 1}, true, 8);
  std::vector<std::int32_t> reps(3000);
  for (std::size_t i = 0; i < reps.size(); ++i) reps[i] = static_cast<std::int32_t>(i % 5 + 1);
  const auto rows = every(3000, 2);
  for_each_isa([&] {
    for (bool weighted : {false, true}) {
      std::vector<std::int64_t> counts(static_cast<std::size_t>(x.n_cells()), -1);
      const HistogramBuilder builder(x, CellWidth::kNarrow);
      for (std::int32_t f = 0; f < x.n_features; ++f)
        builder.count_feature(f, weighted ? reps.data() : nullptr, rows.data(),
                              static_cast<std::int64_t>(rows.size()), counts.data());
      std::vector<std::int64_t> expected(counts.size(), 0);
      for (std::uint32_t row : rows)
        for (std::int32_t f = 0; f < x.n_features; ++f)
          expected[static_cast<std::size_t>(x.cell_offset[static_cast<std::size_t>(f)] +
                                            x.column(f)[row])] += weighted ? reps[row] : 1;
      CHECK(counts == expected);
    }
  });
}

TEST_CASE("a sibling by subtraction equals the sibling built") {
  const BinnedMatrix x = random_table(4000, {255, 16, 3}, true, 3);
  const auto pairs = random_pairs(4000, 4);
  HistogramBuilder builder(x, CellWidth::kNarrow);
  const auto n = static_cast<std::size_t>(builder.n_words());
  std::vector<std::int64_t> all(n), some(n), rest(n);
  std::vector<std::uint32_t> drawn, others;
  for (std::uint32_t row = 0; row < 4000; ++row) (row % 7 < 2 ? drawn : others).push_back(row);
  const Parallel one(1);
  builder.build(one, pairs.data(), nullptr, 4000, all.data());
  builder.build(one, pairs.data(), drawn.data(), static_cast<std::int64_t>(drawn.size()),
                some.data());
  builder.build(one, pairs.data(), others.data(), static_cast<std::int64_t>(others.size()),
                rest.data());
  for_each_isa([&] {
    std::vector<std::int64_t> sibling = all;
    kernels().histogram.subtract(sibling.data(), some.data(), builder.n_words());
    CHECK(sibling == rest);
    kernels().histogram.add(sibling.data(), some.data(), builder.n_words());
    CHECK(sibling == all);
  });
}

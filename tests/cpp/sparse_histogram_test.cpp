#include "gbengine/learn/sparse_histogram.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "gbengine/data/bin_table.hpp"
#include "gbengine/learn/histogram_builder.hpp"
#include "gbengine/learn/row_partition.hpp"
#include "isa_guard.hpp"
#include "random_table.hpp"
#include "sparse_samples.hpp"

using namespace gbengine;

namespace {

constexpr std::int64_t kRows = 3000;

struct Twins {
  BinnedMatrix dense, sparse;
};

Twins twins() {
  const auto sample = sparse_sample<double>(kRows, 70, 0.05, 7);
  const Parallel one(1);
  Twins x{bin_table(one, sample.dense(), nullptr, 255, {}, CodeForm::kDense),
          bin_table(one, sample.sparse(), nullptr, 255, {}, CodeForm::kSmallest)};
  REQUIRE(x.sparse.sparse != nullptr);
  return x;
}

std::vector<std::uint32_t> every(std::uint32_t step) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 1; row < kRows; row += step) rows.push_back(row);
  return rows;
}

GradientSum sum_of(const std::vector<GradientPair>& pairs, const std::vector<std::uint32_t>& rows) {
  GradientSum sum;
  for (const std::uint32_t row : rows) sum = sum + GradientSum{pairs[row].grad, pairs[row].hess};
  return sum;
}

/// The histogram of rows by either form, all cells set.
std::vector<std::int64_t> histogram(const BinnedMatrix& x, CellWidth width,
                                    const Parallel& parallel,
                                    const std::vector<GradientPair>& pairs,
                                    const std::vector<std::uint32_t>& rows) {
  HistogramBuilder builder(x, width);
  std::vector<std::int64_t> words(static_cast<std::size_t>(builder.n_words()), 77);
  builder.build(parallel, pairs.data(), rows.data(), std::ssize(rows), words.data());
  for (std::int32_t f = 0; x.sparse && f < x.n_features; ++f)
    complete_zero_cell(x, f, width, sum_of(pairs, rows), words.data());
  return words;
}

}  // namespace

TEST_CASE("histograms of sparse codes are those of dense ones, for few rows and for many") {
  const Twins x = twins();
  const auto pairs = random_pairs(kRows, 8);
  for_each_isa([&] {
    for (const std::uint32_t step : {1U, 2U, 7U, 400U})
      for (const CellWidth width : {CellWidth::kNarrow, CellWidth::kWide})
        for (const int n_threads : {1, 3}) {
          const Parallel parallel(n_threads);
          CHECK(histogram(x.dense, width, parallel, pairs, every(step)) ==
                histogram(x.sparse, width, parallel, pairs, every(step)));
        }
  });
}

TEST_CASE("a child's histogram is its parent's without the other child's rows") {
  const Twins x = twins();
  const auto pairs = random_pairs(kRows, 9);
  const Parallel parallel(2);
  for (const std::uint32_t step : {2U, 50U})
    for (const CellWidth width : {CellWidth::kNarrow, CellWidth::kWide}) {
      const std::vector<std::uint32_t> all = every(1), some = every(step);
      std::vector<std::uint32_t> others;
      for (const std::uint32_t row : all)
        if ((row - 1) % step != 0) others.push_back(row);
      HistogramBuilder builder(x.sparse, width);
      std::vector<std::int64_t> words = histogram(x.sparse, width, parallel, pairs, all);
      builder.take_away(parallel, pairs.data(), some.data(), std::ssize(some), words.data());
      for (std::int32_t f = 0; f < x.sparse.n_features; ++f)
        complete_zero_cell(x.sparse, f, width, sum_of(pairs, others), words.data());
      CHECK(words == histogram(x.dense, width, parallel, pairs, others));
    }
}

TEST_CASE("counts of sparse codes are those of dense ones") {
  const Twins x = twins();
  const Parallel parallel(2);
  std::vector<std::int32_t> reps;
  for (std::int64_t i = 0; i < kRows; ++i) reps.push_back(static_cast<std::int32_t>(i % 4));
  for (const std::uint32_t step : {1U, 90U})
    for (const bool is_weighted : {false, true}) {
      const std::vector<std::uint32_t> rows = every(step);
      std::int64_t total = 0;
      for (const std::uint32_t row : rows) total += is_weighted ? reps[row] : 1;
      const auto count = [&](const BinnedMatrix& table) {
        std::vector<std::int64_t> counts(static_cast<std::size_t>(table.n_cells()), 5);
        const std::int32_t* repetitions = is_weighted ? reps.data() : nullptr;
        HistogramBuilder builder(table, CellWidth::kNarrow);
        if (table.sparse)
          builder.count(parallel, repetitions, rows.data(), std::ssize(rows), counts.data());
        for (std::int32_t f = 0; f < table.n_features; ++f) {
          if (table.sparse)
            complete_zero_count(table, f, total, counts.data());
          else
            builder.count_feature(f, repetitions, rows.data(), std::ssize(rows), counts.data());
        }
        return counts;
      };
      CHECK(count(x.dense) == count(x.sparse));
    }
}

TEST_CASE("sparse codes part the rows of a node as dense ones do") {
  const Twins x = twins();
  const Parallel parallel(2);
  RowPartition dense(kRows), sparse(kRows);
  for_each_isa([&] {
    RowRun node = dense.start_all();
    for (std::int32_t f = 0; f < 8; ++f) {
      const BinMapper& mapper = x.dense.mappers[static_cast<std::size_t>(f)];
      const SplitRule rule{f, static_cast<std::uint8_t>(mapper.n_bins() / 2), f % 2 == 0};
      const std::int64_t n_left = dense.split(parallel, x.dense, node, rule);
      REQUIRE(n_left == sparse.split(parallel, x.sparse, node, rule));
      const RowRun left = RowPartition::left_child(node, n_left);
      const RowRun right = RowPartition::right_child(node, n_left);
      for (const RowRun& child : {left, right})
        for (std::int64_t i = 0; i < child.size; ++i)
          CHECK(dense.rows(child)[i] == sparse.rows(child)[i]);
      node = left.size > right.size ? left : right;
    }
  });
}

#include "gbengine/learn/sparse_histogram.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "gbengine/data/bin_table.hpp"
#include "gbengine/learn/histogram_builder.hpp"
#include "gbengine/learn/node_columns.hpp"
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

std::vector<std::int64_t> dense_histogram(const BinnedMatrix& x, CellWidth width,
                                          const std::vector<GradientPair>& pairs,
                                          const std::vector<std::uint32_t>& rows) {
  HistogramBuilder builder(x, width);
  std::vector<std::int64_t> words(static_cast<std::size_t>(builder.n_words()), 77);
  builder.build(Parallel(1), pairs.data(), rows.data(), std::ssize(rows), words.data());
  return words;
}

void complete(const BinnedMatrix& x, CellWidth width, GradientSum sum,
              std::vector<std::int64_t>& words) {
  for (std::int32_t f = 0; f < x.n_features; ++f)
    complete_zero_cell(
        x, f, width, sum,
        words.data() + x.cell_offset[static_cast<std::size_t>(f)] * static_cast<int>(width));
}

}  // namespace

TEST_CASE("histograms of sparse codes are those of dense ones, for few rows and for many") {
  const Twins x = twins();
  const auto pairs = random_pairs(kRows, 8);
  NodeColumns columns(x.sparse);
  bool are_few = false, are_many = false;
  for (const std::uint32_t step : {1U, 400U, 2U, 7U, 40U})
    for (const CellWidth width : {CellWidth::kNarrow, CellWidth::kWide})
      for (const int n_threads : {1, 3}) {
        const std::vector<std::uint32_t> rows = every(step);
        const auto expected = dense_histogram(x.dense, width, pairs, rows);
        std::vector<std::int64_t> words(expected.size(), 77);
        columns.hold(rows.data(), std::ssize(rows));
        (columns.has_few_rows() ? are_few : are_many) = true;
        sum_columns(Parallel(n_threads), x.sparse, columns.lines(), width,
                    columns.pairs(pairs.data()), words.data());
        complete(x.sparse, width, sum_of(pairs, rows), words);
        CHECK(words == expected);
      }
  CHECK(are_few);
  CHECK(are_many);
}

TEST_CASE("a child's histogram is its parent's without the other child's rows") {
  const Twins x = twins();
  const auto pairs = random_pairs(kRows, 9);
  const Parallel parallel(2);
  NodeColumns columns(x.sparse);
  for (const std::uint32_t step : {2U, 50U})
    for (const CellWidth width : {CellWidth::kNarrow, CellWidth::kWide}) {
      const std::vector<std::uint32_t> all = every(1), some = every(step);
      std::vector<std::uint32_t> others;
      for (const std::uint32_t row : all)
        if ((row - 1) % step != 0) others.push_back(row);
      std::vector<std::int64_t> words = dense_histogram(x.dense, width, pairs, all);
      columns.hold(some.data(), std::ssize(some));
      subtract_columns(parallel, x.sparse, columns.lines(), width, columns.pairs(pairs.data()),
                       words.data());
      complete(x.sparse, width, sum_of(pairs, others), words);
      CHECK(words == dense_histogram(x.dense, width, pairs, others));
    }
}

TEST_CASE("counts of sparse codes are those of dense ones") {
  const Twins x = twins();
  std::vector<std::int32_t> reps;
  for (std::int64_t i = 0; i < kRows; ++i) reps.push_back(static_cast<std::int32_t>(i % 4));
  NodeColumns columns(x.sparse);
  const HistogramBuilder builder(x.dense, CellWidth::kNarrow);
  for (const std::uint32_t step : {1U, 90U})
    for (const std::int32_t* repetitions :
         std::initializer_list<const std::int32_t*>{nullptr, reps.data()}) {
      const std::vector<std::uint32_t> rows = every(step);
      std::int64_t total = 0;
      for (const std::uint32_t row : rows) total += repetitions == nullptr ? 1 : reps[row];
      columns.hold(rows.data(), std::ssize(rows));
      const std::int32_t* held = columns.reps(repetitions);
      for (std::int32_t f = 0; f < x.dense.n_features; ++f) {
        const auto first =
            static_cast<std::size_t>(x.dense.cell_offset[static_cast<std::size_t>(f)]);
        const auto n =
            static_cast<std::size_t>(x.dense.mappers[static_cast<std::size_t>(f)].n_cells());
        std::vector<std::int64_t> expected(first + n), counts(n, 0);
        builder.count_feature(f, repetitions, rows.data(), std::ssize(rows), expected.data());
        count_column(columns.lines(), f, held, counts.data());
        complete_zero_count(x.sparse, f, total, counts.data());
        CHECK(std::equal(counts.begin(), counts.end(), expected.begin() + std::ptrdiff_t(first)));
      }
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

#include "gbengine/predict/dense_blocks.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "gbengine/base/error.hpp"
#include "gbengine/predict/predictor.hpp"
#include "isa_guard.hpp"
#include "random_trees.hpp"
#include "sparse_samples.hpp"

using namespace gbengine;

namespace {

template <typename Value>
void check_blocks(std::int64_t n_rows, std::int32_t n_cols, int n_threads) {
  const auto sample = sparse_sample<Value>(n_rows, n_cols, 0.2, 3);
  std::vector<int> seen(static_cast<std::size_t>(n_rows), 0);
  const Parallel parallel(n_threads);
  for_dense_blocks(parallel, sample.sparse(),
                   [&](const Parallel& one, const MatrixView& rows, std::int64_t first) {
                     CHECK(one.n_threads() == 1);
                     for (std::int64_t i = 0; i < rows.n_rows; ++i) {
                       ++seen[static_cast<std::size_t>(first + i)];
                       for (std::int32_t f = 0; f < n_cols; ++f) {
                         const double cell = rows.get(i, f),
                                      wanted = sample.dense().get(first + i, f);
                         CHECK((cell == wanted || (std::isnan(cell) && std::isnan(wanted))));
                       }
                     }
                   });
  for (const int n : seen) CHECK(n == 1);
}

}  // namespace

TEST_CASE("blocks hold every row once, whatever the block before held") {
  for (const std::int64_t n_rows : {0, 1, 2, 301})
    for (const int n_threads : {1, 3}) {
      check_blocks<float>(n_rows, 5, n_threads);
      check_blocks<double>(n_rows, 40, n_threads);
    }
}

TEST_CASE("every question about sparse rows has the answer for dense ones, bit for bit") {
  for_each_isa([] {
    for (const std::int64_t n_rows : {1, 90, 1000})
      for (const int n_threads : {1, 3}) {
        const Parallel parallel(n_threads);
        const Predictor predictor(
            test::random_model(20, 2, std::vector<int>(12, 15), test::TreeForm::kAny, 5));
        const auto sample = sparse_sample<double>(n_rows, 20, 0.2, 6);
        const auto n = static_cast<std::size_t>(n_rows);
        std::vector<double> dense(2 * n), thin(2 * n, 3.0);
        predictor.raw_scores(parallel, sample.dense(), dense.data());
        predictor.raw_scores(parallel, sample.sparse(), thin.data());
        CHECK(dense == thin);
        predictor.add_trees(parallel, sample.dense(), 2, 9, dense.data());
        predictor.add_trees(parallel, sample.sparse(), 2, 9, thin.data());
        CHECK(dense == thin);
        const auto n_trees = static_cast<std::size_t>(predictor.model().n_trees());
        std::vector<std::int32_t> leaves(n * n_trees), thin_leaves(n * n_trees);
        predictor.apply(parallel, sample.dense(), leaves.data());
        predictor.apply(parallel, sample.sparse(), thin_leaves.data());
        CHECK(leaves == thin_leaves);
        std::vector<double> values(n * n_trees), thin_values(n * n_trees);
        predictor.tree_values(parallel, sample.dense(), values.data());
        predictor.tree_values(parallel, sample.sparse(), thin_values.data());
        CHECK(values == thin_values);
      }
  });
}

TEST_CASE("a sparse table of another width is refused") {
  const Predictor predictor(test::random_model(20, 1, {4, 4}, test::TreeForm::kAny, 5));
  const auto sample = sparse_sample<double>(3, 19, 0.2, 6);
  std::vector<double> out(3);
  CHECK_THROWS_AS(predictor.raw_scores(Parallel(1), sample.sparse(), out.data()), ValueError);
}

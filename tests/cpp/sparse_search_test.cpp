#include "gbengine/learn/sparse_search.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "gbengine/learn/histogram_builder.hpp"
#include "sparse_twins.hpp"

using namespace gbengine;

namespace {

void check_same(const SplitInfo& a, const SplitInfo& b) {
  CHECK(a.feature == b.feature);
  CHECK(a.bin == b.bin);
  CHECK(a.gain == b.gain);
  CHECK(a.missing_goes_left == b.missing_goes_left);
  CHECK(a.left == b.left);
  CHECK(a.right == b.right);
}

}  // namespace

TEST_CASE("a node's split is that of the dense codes, with a histogram and without, for few rows") {
  const SparseTwins x(3000, 70, 0.05);
  const std::vector<double> y(3000, 0.0);
  const FixedWeights weights(Parallel(1), {y.data(), nullptr, 3000});
  const Parallel parallel(2);
  std::vector<std::int32_t> features;
  for (std::int32_t f = 0; f < 70; f += 1 + f % 2) features.push_back(f);
  for (const std::uint32_t step : {1U, 3U, 40U})
    for (const std::int64_t least : {1, 4, 30, 2000}) {
      const GrowerConfig config = twins_config(least);
      std::vector<std::uint32_t> rows;
      GradientSum sum;
      for (std::uint32_t row = 0; row < 3000; row += step) {
        rows.push_back(row);
        sum = sum + GradientSum{x.pairs[row].grad, x.pairs[row].hess};
      }
      const auto n = std::ssize(rows);
      SplitFinder dense(x.dense, config, CellWidth::kNarrow),
          thin(x.sparse, config, CellWidth::kNarrow);
      dense.start_tree({0.125, 0.5}, false);
      thin.start_tree({0.125, 0.5}, false);
      HistogramBuilder builder(x.dense, CellWidth::kNarrow);
      std::vector<std::int64_t> words(static_cast<std::size_t>(builder.n_words()));
      std::vector<std::int64_t> counts(words.size()), thin_words(words.size());
      builder.build(parallel, x.pairs.data(), rows.data(), n, words.data());
      SparseSearch search(x.sparse, config, weights, thin);
      search.hold(rows.data(), n);
      search.build(parallel, x.pairs.data(), thin_words.data());
      for (const bool is_counted : {false, true}) {
        const NodeSums sums{words.data(), is_counted ? counts.data() : nullptr, sum, n};
        SplitInfo expected = dense.find(parallel, features, {words.data(), nullptr, sum, n});
        if (is_counted && expected.is_valid())
          expected = dense.find_counted(features, sums, expected.feature, [&](std::int32_t f) {
            builder.count_feature(f, nullptr, rows.data(), n, counts.data());
          });
        for (std::int64_t* histogram : {thin_words.data(), static_cast<std::int64_t*>(nullptr)}) {
          const SplitInfo got =
              search.find(parallel, features, {histogram, x.pairs.data(), sum, n, is_counted});
          // Columns that could leave too few rows are passed over, so without counts there may be
          // no split where the dense codes still have one.
          if (is_counted || least == 1) check_same(got, expected);
        }
      }
    }
}

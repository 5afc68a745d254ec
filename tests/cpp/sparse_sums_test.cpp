#include "gbengine/learn/sparse_sums.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <vector>

#include "gbengine/learn/grower.hpp"
#include "gbengine/learn/pair_sums.hpp"
#include "sparse_twins.hpp"

using namespace gbengine;

namespace {

/// The sums are PairSums, or SparseSums if the codes of x are sparse.
template <typename Sums>
GrownTree grow(const BinnedMatrix& x, const std::vector<GradientPair>& pairs,
               const GrowerConfig& config, const double* weight, int n_threads) {
  const std::vector<double> y(static_cast<std::size_t>(x.n_rows), 0.0);
  const FixedWeights weights(Parallel(1), {y.data(), weight, x.n_rows});
  Sums sums(x, config, weights, false);
  sums.take_pairs(pairs.data(), {0.125, 0.5}, false);
  TreeGrower grower(x, config, weights, sums);
  const auto third = [&](std::uint32_t* rows) {
    std::int64_t n = 0;
    for (std::int64_t i = 0; i < x.n_rows; ++i)
      if (i % 3 != 0) rows[n++] = static_cast<std::uint32_t>(i);
    return n;
  };
  GrownTree grown;
  for (int tree = 0; tree < 2; ++tree)  // the second one in memory that the first one used
    grown = grower.grow(
        Parallel(n_threads),
        tree == 0 ? grower.partition().start_all() : grower.partition().start_sampled(third), tree);
  return grown;
}

void check_same(const GrownTree& a, const GrownTree& b) {
  CHECK(a.tree.n_nodes() > 1);
  CHECK(a.tree.feature == b.tree.feature);
  CHECK(a.tree.threshold == b.tree.threshold);
  CHECK(a.tree.value == b.tree.value);
  CHECK(a.tree.split_gain == b.tree.split_gain);
  CHECK(a.tree.missing_goes_left == b.tree.missing_goes_left);
  CHECK(a.tree.n_samples == b.tree.n_samples);
}

}  // namespace

TEST_CASE(
    "trees on sparse codes are those on dense ones, however many histograms there is room for") {
  // Of the second table's weighted rows a histogram, of wide cells, takes more than there may be.
  const SparseTwins tables[] = {{3000, 70, 0.05}, {300, 10000, 0.03}};
  for (const SparseTwins& x : tables) {
    std::vector<double> weight;
    for (std::int64_t i = 0; i < x.n_rows; ++i)
      weight.push_back(static_cast<double>(100'000 * (1 + i % 3)));
    for (const std::int64_t least : {1, 9})
      for (const GrowPolicy policy : {GrowPolicy::kLeafWise, GrowPolicy::kDepthWise})
        for (const double* weights : std::initializer_list<const double*>{nullptr, weight.data()}) {
          GrowerConfig config = twins_config(least);
          config.grow_policy = policy;
          const GrownTree expected = grow<PairSums>(x.dense, x.pairs, config, weights, 1);
          for (const int n_threads : {1, 3})
            check_same(grow<SparseSums>(x.sparse, x.pairs, config, weights, n_threads), expected);
        }
  }
}

// A table in bins twice, with dense and with sparse codes, and random gradients of its rows.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "gbengine/data/bin_table.hpp"
#include "gbengine/learn/grower_config.hpp"
#include "random_table.hpp"
#include "sparse_samples.hpp"

namespace gbengine {

inline GrowerConfig twins_config(std::int64_t min_samples_leaf) {
  GrowerConfig config{};
  config.max_leaf_nodes = 12;
  config.min_samples_leaf = min_samples_leaf;
  config.l2_regularization = 1.0;
  config.max_features_per_tree = config.max_features_per_level = config.max_features = 1.0;
  config.grow_policy = GrowPolicy::kLeafWise;
  return config;
}

struct SparseTwins {
  std::int64_t n_rows;
  BinnedMatrix dense, sparse;
  std::vector<GradientPair> pairs;

  SparseTwins(std::int64_t n, std::int32_t n_cols, double density) : n_rows(n) {
    const auto sample = sparse_sample<double>(n, n_cols, density, 11);
    const Parallel one(1);
    dense = bin_table(one, sample.dense(), nullptr, 255, {}, CodeForm::kDense);
    sparse = bin_table(one, sample.sparse(), nullptr, 255, {}, CodeForm::kSmallest);
    REQUIRE(sparse.sparse != nullptr);
    pairs = random_pairs(n, 12);
  }
};

}  // namespace gbengine

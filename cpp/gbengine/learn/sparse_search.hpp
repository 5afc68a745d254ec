// SparseSearch: the best split of a node over the columns of sparse codes.
//
// A column's cells come from the node's histogram if it has one; else they are summed when it is
// the column's turn and forgotten: of many columns a histogram may take more than the table does.
// Rows are counted only in columns that would be the best without. Called by SparseSums. Example:
//   SparseSearch search(x, config, weights, finder);
//   search.hold(row_idx, n);                    // or nullptr: all rows
//   search.build(parallel, pairs, words);       // if there is room for its histogram
//   SplitInfo best = search.find(parallel, features, {words, pairs, sum, count, false});
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/base/parallel.hpp"
#include "gbengine/learn/fixed_point.hpp"
#include "gbengine/learn/node_columns.hpp"
#include "gbengine/learn/split_finder.hpp"

namespace gbengine {

/// A node whose split is sought.
struct SparseNode {
  std::int64_t* words;        // its histogram without the zero cells, which find() sets; or nullptr
  const GradientPair* pairs;  // by row of the table
  GradientSum sum;
  std::int64_t count;  // rows (repetitions) in the node
  bool is_counted;     // whether min_samples_leaf is checked by counting
};

class SparseSearch {
 public:
  /// The arguments must outlive this.
  SparseSearch(const BinnedMatrix& x, const GrowerConfig& config, const FixedWeights& weights,
               const SplitFinder& finder);

  /// The rows that all below is about.
  void hold(const std::uint32_t* row_idx, std::int64_t n) { columns_.hold(row_idx, n); }
  /// Whether they are so few that a histogram would be mostly empty.
  bool holds_few_rows() const { return columns_.has_few_rows(); }

  /// Their histogram, without the zero cells.
  void build(const Parallel& parallel, const GradientPair* pairs, std::int64_t* words);
  /// Makes of a node's histogram that of its other child, if they are those of one child.
  void take_away(const Parallel& parallel, const GradientPair* pairs, std::int64_t* words);

  /// The rows need not be held if the node has a histogram and is not counted.
  SplitInfo find(const Parallel& parallel, std::span<const std::int32_t> features,
                 const SparseNode& node);

 private:
  /// By row of the held columns; nullptr if it is not needed, or (reps) each is 1.
  struct Values {
    const GradientPair* pairs;
    const std::int32_t* reps;
  };
  void seek(std::int32_t feature, const Values& values, const SparseNode& node,
            SplitInfo& best) const;

  const BinnedMatrix& x_;
  const GrowerConfig& config_;
  const FixedWeights& weights_;
  const SplitFinder& finder_;
  NodeColumns columns_;
  std::vector<std::uint8_t> is_idle_;  // by feature: no split of it could be allowed
};

}  // namespace gbengine

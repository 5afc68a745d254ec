// DenseSums: the histograms of a tree's nodes, of dense codes, whatever is summed in them.
//
// Of two children the smaller one's histogram is built, the larger one's is their parent's less
// that. A node keeps its histogram as long as it may be split. PairSums and VectorSums say what a
// histogram is made of and how it is searched. Example: pair_sums.hpp.
#pragma once

#include <cstdint>
#include <span>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/data/binned_matrix.hpp"
#include "gbengine/learn/fixed_point.hpp"
#include "gbengine/learn/histogram_builder.hpp"
#include "gbengine/learn/histogram_pool.hpp"
#include "gbengine/learn/tree_sums.hpp"

namespace gbengine {

/// A node whose split is sought, and what is known of its rows.
struct NodeCells {
  std::int32_t node_idx;
  std::int64_t* words;   // its histogram
  std::int64_t* counts;  // rows (repetitions) of each cell, or nullptr: checked later
  std::int64_t count;    // rows (repetitions) in the node
};

class DenseSums : public TreeSums {
 public:
  void add_root(const Parallel& parallel, RowList rows) final;
  void sum_children(const Parallel& parallel, std::int32_t parent, const NodeRows& smaller,
                    const NodeRows& larger) final;
  SplitInfo find(const Parallel& parallel, std::span<const std::int32_t> features,
                 const NodeRows& node) final;
  SplitInfo find_counted(const Parallel& parallel, std::span<const std::int32_t> features,
                         const NodeRows& node, std::int32_t first) final;

 protected:
  /// The arguments must outlive this object.
  DenseSums(const BinnedMatrix& x, const FixedWeights& weights, std::int64_t words_a_cell);

 private:
  virtual void build(const Parallel& parallel, RowList rows, std::int64_t* words) = 0;
  /// Makes of a node's histogram that of its other child, by the histogram of one.
  virtual void subtract(std::int64_t* words, const std::int64_t* child) const = 0;
  /// The sums of the root, whose histogram is there (nullptr: no rows).
  virtual void set_root(RowList rows, const std::int64_t* words) = 0;
  virtual SplitInfo search(const Parallel& parallel, std::span<const std::int32_t> features,
                           const NodeCells& node) const = 0;
  /// @param count sets node.counts at the cells of a feature
  virtual SplitInfo search_counted(const Parallel& parallel, std::span<const std::int32_t> features,
                                   const NodeCells& node, std::int32_t first,
                                   const CountFeature& count) const = 0;

  SplitInfo settled(std::int32_t node_idx, const SplitInfo& split);

  const BinnedMatrix& x_;
  const FixedWeights& weights_;
  HistogramBuilder counter_;
  HistogramPool pool_;
  AlignedBuffer<std::int64_t> counts_;  // made when first needed
};

}  // namespace gbengine

// SparseSums: the sums of trees that add to one output, a gradient pair a row, on sparse codes.
//
// Sparse codes are of many columns: a node's histogram may take more than the table does. So only
// as many nodes have one as there is room for, maybe none, and none that has few rows; the others
// are searched without (sparse_search.hpp). Example:
//   SparseSums sums(x, config, weights, /*is_const_hessian=*/true);
//   sums.take_gradients(parallel, float_pairs);
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "gbengine/learn/histogram_pool.hpp"
#include "gbengine/learn/pair_nodes.hpp"
#include "gbengine/learn/sparse_search.hpp"

namespace gbengine {

class SparseSums final : public PairNodes<TreeSums> {
 public:
  /// The arguments must outlive this object.
  SparseSums(const BinnedMatrix& x, const GrowerConfig& config, const FixedWeights& weights,
             bool is_const_hessian);

  void add_root(const Parallel& parallel, RowList rows) override;
  void sum_children(const Parallel& parallel, std::int32_t parent, const NodeRows& smaller,
                    const NodeRows& larger) override;
  SplitInfo find(const Parallel& parallel, std::span<const std::int32_t> features,
                 const NodeRows& node) override;
  SplitInfo find_counted(const Parallel& parallel, std::span<const std::int32_t> features,
                         const NodeRows& node, std::int32_t first) override;

 private:
  struct Keeper {  // a node that has a histogram, and whose split is found
    std::int32_t node_idx;
    double gain;
  };

  void hold(const NodeRows& node);
  SplitInfo search(const Parallel& parallel, std::span<const std::int32_t> features,
                   const NodeRows& node, bool is_counted);
  bool makes_room();
  void drop_keeper(std::int32_t node_idx);

  SparseSearch search_;
  HistogramPool pool_;
  std::size_t max_histograms_;
  std::vector<Keeper> keepers_;
  std::int32_t held_ = -1;  // the node whose rows search_ holds as they now are
};

}  // namespace gbengine

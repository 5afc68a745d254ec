// RowPartition: which rows are in which node, kept as one run of ascending row indices a node.
//
// Two buffers take turns: splitting a node reads its run in one and writes the children's runs at
// the same place in the other, so a split that turns out invalid is undone by forgetting it. The
// root of a tree on all rows has no list at all (rows 0 … n - 1). Example:
//   RowPartition partition(n_rows);
//   RowRun root = partition.start_all();
//   int64_t n_left = partition.split(parallel, root, rule);
//   RowRun left = partition.left_child(root, n_left);
#pragma once

#include <cstdint>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/base/category_set.hpp"
#include "gbengine/base/parallel.hpp"
#include "gbengine/data/binned_matrix.hpp"

namespace gbengine {

/// The rows of a node: places [begin, begin + size) of one of the two buffers.
struct RowRun {
  std::int64_t begin = 0;
  std::int64_t size = 0;
  std::int8_t buffer = 0;  // -1: no list, the rows are 0 … size - 1
};

/// Which rows of a node go left: those of some categories, if the feature is categorical.
struct SplitRule {
  std::int32_t feature;
  std::uint8_t bin;  // codes <= bin go left
  bool missing_goes_left;
  CategorySet left_codes = {};
};

class RowPartition {
 public:
  explicit RowPartition(std::int64_t n_rows);

  /// All rows in the root, or the given ones (`fill` writes at most n_rows ascending row indices
  /// to its argument and returns how many).
  RowRun start_all() const;
  template <typename Fill>
  RowRun start_sampled(Fill&& fill) {
    return {0, fill(buffers_[0].data()), 0};
  }

  /// Splits the rows of a node; returns how many go left. The node's own run stays as it is.
  std::int64_t split(const Parallel& parallel, const BinnedMatrix& x, const RowRun& node,
                     const SplitRule& rule);

  /// The runs that the latest split of `node` wrote.
  static RowRun left_child(const RowRun& node, std::int64_t n_left);
  static RowRun right_child(const RowRun& node, std::int64_t n_left);

  /// The row indices of a run, or nullptr for all rows.
  const std::uint32_t* rows(const RowRun& run) const {
    return run.buffer < 0 ? nullptr : buffers_[run.buffer].data() + run.begin;
  }

 private:
  const std::uint8_t* column_of(const BinnedMatrix& x, std::int32_t feature);

  std::int64_t n_rows_;
  AlignedBuffer<std::uint32_t> buffers_[2];
  AlignedBuffer<std::uint64_t> goes_left_;  // a bit a row of the node being split
  AlignedBuffer<std::uint8_t> column_;      // of sparse codes: all codes of the column that splits
};

}  // namespace gbengine

// CodedTable: a training table as columns of codes, from bins or from every distinct value.
//
// The two ways to see a column are one to all that grows trees of single decisions: codes in the
// order of the values, and a threshold between any two of them. Immutable, shared by any number of
// fits. Example:
//   CodedTable table(parallel, x, weight, /*max_bins=*/0);   // 0: every distinct value
//   CodeColumn column = table.column(f);
//   Cut cut = table.cut_between(f, /*low=*/3, /*high=*/7);   // codes <= cut.code go left
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "gbengine/base/parallel.hpp"
#include "gbengine/base/table_view.hpp"
#include "gbengine/data/binned_matrix.hpp"
#include "gbengine/data/code_column.hpp"
#include "gbengine/data/cut_grid.hpp"
#include "gbengine/data/rank_column.hpp"

namespace gbengine {

/// Rows of a code up to `code` go left: those whose value is at most `threshold`.
struct Cut {
  std::uint32_t code;
  double threshold;
};

class CodedTable {
 public:
  /// @param weight of the rows, for the bins' quantiles; nullptr: all the same
  /// @param max_bins 2 … 255, or 0: every distinct value has its code
  /// @param n_categories by column, 0 for numbers (category_codes.hpp); empty: all are numbers,
  /// as they are in a sparse table
  CodedTable(const Parallel& parallel, const TableView& x, const double* weight, int max_bins,
             std::span<const std::int32_t> n_categories = {});

  /// Of bins that were made before; both dense copies are there.
  explicit CodedTable(BinnedMatrix binned);

  std::int64_t n_rows() const { return n_rows_; }
  std::int32_t n_features() const { return static_cast<std::int32_t>(columns_.size()); }
  /// By column, 0 for numbers; empty if all are numbers.
  const std::vector<std::int32_t>& n_categories() const { return n_categories_; }
  bool is_exact() const { return binned_ == nullptr; }
  std::size_t n_bytes() const;

  const CodeColumn& column(std::int32_t feature) const {
    return columns_[static_cast<std::size_t>(feature)];
  }

  /// The bins with both copies of the codes, or nullptr if every value is kept.
  const BinnedMatrix* binned() const { return binned_.get(); }

  /// Where to part rows of code `low` from rows of code `high` > low when no row has a code
  /// between: half way between the values, or between the bins. high may be n_codes (missing).
  Cut cut_between(std::int32_t feature, std::uint32_t low, std::uint32_t high) const;

  /// A cut that leaves rows of code low on its left and of code high > low on its right, drawn
  /// evenly between the values by u in [0, 1).
  Cut cut_at_random(std::int32_t feature, std::uint32_t low, std::uint32_t high, double u) const {
    if (is_exact()) return cut_between_values(feature, low, high, u);
    const CutGrid& grid = grids_[static_cast<std::size_t>(feature)];
    if (!grid.is_there()) return cut_between_edges(feature, low, high, u);
    // Between the upper edge of the lowest bin and the lower edge of the highest; the point may
    // have been rounded beyond that.
    const double* points = column(feature).points;
    const double point = points[low] + u * (points[high - 1] - points[low]);
    const std::uint32_t code = std::clamp(grid.count_below(point), low, high - 1);
    return {code, points[code]};
  }

  /// How many codes lie at or below a threshold: those below the result go left.
  std::uint32_t codes_up_to(std::int32_t feature, double threshold) const;

 private:
  void rank_columns(const Parallel& parallel, const TableView& x,
                    std::span<const std::int32_t> n_categories);
  const std::vector<double>& thresholds(std::int32_t feature) const {
    return binned_->mappers[static_cast<std::size_t>(feature)].thresholds;
  }
  const std::vector<double>& values(std::int32_t feature) const {
    return ranked_[static_cast<std::size_t>(feature)].values;
  }
  void take_bins(BinnedMatrix binned);
  Cut cut_between_values(std::int32_t feature, std::uint32_t low, std::uint32_t high,
                         double u) const;
  Cut cut_between_edges(std::int32_t feature, std::uint32_t low, std::uint32_t high,
                        double u) const;

  std::int64_t n_rows_;
  std::vector<std::int32_t> n_categories_;
  std::unique_ptr<BinnedMatrix> binned_;
  std::vector<CutGrid> grids_;  // by column, of bins
  std::vector<RankedColumn> ranked_;
  std::vector<CodeColumn> columns_;
};

}  // namespace gbengine

// CutDraw: one cut of a column of a node, drawn at random (extra trees: Geurts, Ernst, Wehenkel,
// 2006).
//
// Of numbers, evenly between the node's lowest and highest value; of categories, some of those that
// the node shows. Missing rows go to a side drawn for them. Of few rows, the ranges of all columns
// are found together. A draw depends on the node's draws and the column alone. Example:
//   draw.start(view, rows, draws);                 // a new node
//   if (draw.draw(feature, monotonic, cut)) cuts.push_back(cut);
#pragma once

#include <cstdint>
#include <vector>

#include "gbengine/base/rng.hpp"
#include "gbengine/criterion/split_search.hpp"
#include "gbengine/data/coded_view.hpp"

namespace gbengine {

class CutDraw {
 public:
  /// @param reads_most_columns of a node, so that finding all ranges at once pays
  CutDraw(const CodedTable& table, bool reads_most_columns);

  /// The arguments must stay as they are until the next start.
  void start(const CodedView& view, const NodeRows& rows, const CounterRng::Draws& draws) {
    view_ = &view;
    rows_ = rows;
    draws_ = draws;
    has_ranges_ = false;
  }

  /// False if the node's rows are all the same in the column.
  bool draw(std::int32_t feature, int monotonic, DrawnCut& cut);

 private:
  /// Of the node's rows, in one column.
  struct Range {
    std::uint32_t low, high;  // low > high if all are missing
    bool has_missing;
  };

  Range range_of(std::int32_t feature);
  Range range_in_block(std::int32_t feature);
  Range find_range(const CodeColumn& column) const;
  bool draw_number(std::int32_t feature, DrawnCut& cut);
  bool draw_categories(std::int32_t feature, DrawnCut& cut);
  bool draw_missing_side(std::int32_t feature) const;

  bool reads_most_columns_;
  std::vector<std::uint8_t> missing_code_;  // by column, padded; only for codes of a byte
  std::vector<std::uint8_t> low_, high_, has_missing_;
  bool has_ranges_ = false;
  const CodedView* view_ = nullptr;
  NodeRows rows_{};
  CounterRng::Draws draws_{0};
};

}  // namespace gbengine

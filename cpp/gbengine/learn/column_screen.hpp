// ColumnScreen: what the best split of each column of a node can be at most.
//
// Called by the split finder, which then searches only the columns that can hold the node's best
// split. It is of dense codes with narrow cells, and of penalties that single precision can judge
// (may_screen); whoever asks for another table's bounds is told infinity. Example:
//   double at_least = screen.look(features, node, {0.0, true}, at_most);
#pragma once

#include <cstdint>
#include <span>

#include "gbengine/data/binned_matrix.hpp"
#include "gbengine/kernel/column_screen.hpp"

namespace gbengine {

class ColumnScreen {
 public:
  ColumnScreen(const BinnedMatrix& x, CellWidth width) : x_(x), width_(width) {}

  /// Sets at_most, as long as args.features, of columns of numbers and of categories; of args all
  /// but cell_offset and features are read.
  /// @return a total that some split of these columns reaches, or args.to_reach if that is more
  double look(std::span<const std::int32_t> features, ScreenArgs args,
              std::span<double> at_most) const;

 private:
  std::size_t end_of_numbers(std::span<const std::int32_t> features, std::size_t begin) const;

  const BinnedMatrix& x_;
  CellWidth width_;
};

}  // namespace gbengine

#include "gbengine/learn/column_screen.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

#include "gbengine/kernel/kernels.hpp"

namespace gbengine {

double ColumnScreen::look(std::span<const std::int32_t> features, ScreenArgs args,
                          std::span<double> at_most) const {
  assert(!x_.sparse && features.size() == at_most.size());
  std::fill(at_most.begin(), at_most.end(), std::numeric_limits<double>::infinity());
  if (width_ != CellWidth::kNarrow || !args.score.screens) return args.to_reach;
  args.cell_offset = x_.cell_offset.data();
  double at_least = args.to_reach;
  for (std::size_t begin = 0; begin < features.size();) {
    const std::size_t end = end_of_numbers(features, begin);
    args.features = features.data() + begin;
    args.n_features = static_cast<std::int32_t>(end - begin);
    if (args.rises) args.to_reach = at_least;
    if (end > begin)
      at_least = std::max(at_least, kernels().column_screen.numbers(args, &at_most[begin]));
    begin = std::max(end, begin + 1);
  }
  args.n_features = 1;
  for (std::size_t i = 0; i < features.size(); ++i) {
    if (!x_.mappers[static_cast<std::size_t>(features[i])].is_categorical()) continue;
    args.features = &features[i];
    at_most[i] = kernels().column_screen.categories(args);
  }
  return at_least;
}

/// Where the columns of numbers end that are looked through together; `begin` if there are none.
std::size_t ColumnScreen::end_of_numbers(std::span<const std::int32_t> features,
                                         std::size_t begin) const {
  std::int32_t n_cells = 0;
  std::size_t end = begin;
  for (; end < features.size(); ++end) {
    const auto f = static_cast<std::size_t>(features[end]);
    n_cells += x_.cell_offset[f + 1] - x_.cell_offset[f];
    if (x_.mappers[f].is_categorical() || n_cells > kScreenCells) break;
  }
  return end;
}

}  // namespace gbengine

#include "gbengine/learn/pair_sums.hpp"

#include "gbengine/kernel/kernels.hpp"

namespace gbengine {

PairSums::PairSums(const BinnedMatrix& x, const GrowerConfig& config, const FixedWeights& weights,
                   bool is_const_hessian)
    : PairNodes(x, config, weights, is_const_hessian, x, weights,
                static_cast<std::int64_t>(weights.cell_width())),
      width_(weights.cell_width()),
      n_first_cells_(x.cell_offset[1]),
      builder_(x, weights.cell_width()) {}

void PairSums::subtract(std::int64_t* words, const std::int64_t* child) const {
  kernels().histogram.subtract(words, child, builder_.n_words());
}

void PairSums::set_root(RowList, const std::int64_t* words) {
  GradientSum sum;
  // Any feature's cells hold every row once.
  for (std::int32_t cell = 0; words != nullptr && cell < n_first_cells_; ++cell) {
    sum = sum + (width_ == CellWidth::kWide
                     ? GradientSum{words[2 * cell], words[2 * cell + 1]}
                     : GradientSum{words[cell] >> 32, words[cell] & 0xffffffff});
  }
  set_root_sum(sum);
}

}  // namespace gbengine

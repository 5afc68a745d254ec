#include "gbengine/learn/vector_sums.hpp"

#include <algorithm>
#include <utility>

#include "gbengine/kernel/vector_histogram.hpp"

namespace gbengine {
namespace {

constexpr std::int64_t kGrain = 1 << 13;

VectorShape shape_of(std::int32_t n_outputs, bool is_const_hessian) {
  const std::int32_t n_hess = is_const_hessian ? 1 : n_outputs;
  const std::int32_t n_blocks = (n_outputs + n_hess + kVectorBlock - 1) / kVectorBlock;
  return {n_outputs, n_hess, n_blocks * kVectorBlock};
}

}  // namespace

VectorSums::VectorSums(const BinnedMatrix& x, const GrowerConfig& config,
                       const FixedWeights& weights, std::int32_t n_outputs, bool is_const_hessian)
    : DenseSums(x, weights,
                VectorHistogram::words_a_cell(weights.cell_width(),
                                              shape_of(n_outputs, is_const_hessian).stride)),
      x_(x),
      weights_(weights),
      is_const_hessian_(is_const_hessian),
      shape_(shape_of(n_outputs, is_const_hessian)),
      histogram_(x, weights.cell_width(), shape_.stride),
      finder_(x, config, weights.cell_width(), shape_),
      values_(static_cast<std::size_t>(x.n_rows * shape_.stride)) {
  std::fill(values_.begin(), values_.end(), 0);  // the padding stays so
}

/// Each output has its own scale; then the outputs of a row are put side by side.
void VectorSums::take_gradients(const Parallel& parallel, void* pairs) {
  const std::int64_t n = x_.n_rows;
  auto* const fixed_pairs = static_cast<GradientPair*>(pairs);
  std::vector<double> grad_unit, hess_unit;
  for (std::int32_t k = 0; k < shape_.n_outputs; ++k) {
    const FixedPoint fixed = quantise(parallel, weights_, fixed_pairs + k * n, n, is_const_hessian_,
                                      weights_.cell_width());
    grad_unit.push_back(fixed.grad_unit);
    if (k < shape_.n_hess) hess_unit.push_back(fixed.hess_unit);
  }
  parallel.for_rows(n, kGrain, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int32_t k = 0; k < shape_.n_outputs; ++k)
      for (std::int64_t i = begin; i < end; ++i) {
        std::int32_t* const row = values_.data() + i * shape_.stride;
        const GradientPair& pair = fixed_pairs[k * n + i];
        row[k] = pair.grad;
        if (k < shape_.n_hess) row[shape_.n_outputs + k] = pair.hess;
      }
  });
  finder_.take_units(std::move(grad_unit), std::move(hess_unit), hess_counts());
}

void VectorSums::append_sums(RowList rows) {
  const auto n_columns = static_cast<std::size_t>(shape_.n_columns());
  std::vector<std::int64_t> sums(n_columns, 0);
  for (std::int64_t i = 0; i < rows.n; ++i) {
    const std::int64_t row = rows.row_idx == nullptr ? i : std::int64_t{rows.row_idx[i]};
    const std::int32_t* const values = values_.data() + row * shape_.stride;
    for (std::size_t c = 0; c < n_columns; ++c) sums[c] += values[c];
  }
  sums_.insert(sums_.end(), sums.begin(), sums.end());
}

void VectorSums::set_root(RowList rows, const std::int64_t*) {
  sums_.clear();
  append_sums(rows);
}

void VectorSums::add_children(std::int32_t parent, const SplitInfo&, RowList left, RowList right) {
  const auto n_columns = static_cast<std::size_t>(shape_.n_columns());
  const bool left_is_smaller = left.n < right.n;
  append_sums(left_is_smaller ? left : right);
  for (std::size_t c = 0; c < n_columns; ++c) {
    const std::int64_t smaller = sums_[sums_.size() - n_columns];
    sums_.push_back(sums_of(parent)[c] - smaller);
  }
  if (!left_is_smaller)
    std::swap_ranges(sums_.end() - static_cast<std::ptrdiff_t>(n_columns), sums_.end(),
                     sums_.end() - 2 * static_cast<std::ptrdiff_t>(n_columns));
}

double VectorSums::hess_sum(std::int32_t node_idx) const {
  double sum = 0.0;
  for (std::int32_t k = 0; k < shape_.n_hess; ++k)
    sum += static_cast<double>(sums_of(node_idx)[shape_.n_outputs + k]) * finder_.hess_unit(k);
  return sum / shape_.n_hess;
}

void VectorSums::append_value(std::int32_t node_idx, std::vector<double>& value) const {
  for (std::int32_t k = 0; k < shape_.n_outputs; ++k)
    value.push_back(finder_.node_value(sums_of(node_idx), k));
}

}  // namespace gbengine

#include "gbengine/ensemble/row_losses.hpp"

#include <algorithm>
#include <cmath>

#include "gbengine/base/block_values.hpp"
#include "gbengine/base/integer_scale.hpp"
#include "gbengine/kernel/kernels.hpp"
#include "gbengine/model/vote_model.hpp"

namespace gbengine {
namespace {

void wrong_classes(const Parallel& parallel, const Tree& tree, const TargetView& y,
                   std::int32_t n_classes, const std::vector<std::int32_t>& leaf, double* out) {
  std::vector<double> vote(static_cast<std::size_t>(tree.n_nodes()));
  const std::size_t width = tree.value.size() / vote.size();
  for (std::size_t node = 0; node < vote.size(); ++node)
    vote[node] = class_of(tree.value.data() + node * width, n_classes);
  parallel.for_rows(y.n_rows, kSumGrain, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t i = begin; i < end; ++i) {
      const auto node = static_cast<std::size_t>(leaf[static_cast<std::size_t>(i)]);
      out[i] = vote[node] == y.y[i] ? 0.0 : 1.0;
    }
  });
}

/// From distances over the largest distance to losses, in place.
void shape(RowLoss loss, std::int64_t n, double* d) {
  if (loss == RowLoss::kSquare)
    for (std::int64_t i = 0; i < n; ++i) d[i] *= d[i];
  if (loss != RowLoss::kExponential) return;
  for (std::int64_t i = 0; i < n; ++i) d[i] = -d[i];
  kernels().math.exp(d, d, n);
  for (std::int64_t i = 0; i < n; ++i) d[i] = std::max(1.0 - d[i], 0.0);
}

void distances(const Parallel& parallel, RowLoss loss, const Tree& tree, const TargetView& y,
               const std::vector<std::int32_t>& leaf, double* out) {
  parallel.for_rows(y.n_rows, kSumGrain, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t i = begin; i < end; ++i) {
      const auto node = static_cast<std::size_t>(leaf[static_cast<std::size_t>(i)]);
      out[i] = std::abs(tree.value[node] - y.y[i]);
    }
  });
  const double largest =
      largest_magnitude(parallel, y.n_rows, [&](std::int64_t i) { return out[i]; });
  if (largest == 0.0) return;
  parallel.for_rows(y.n_rows, kSumGrain, [&](std::int64_t begin, std::int64_t end, int) {
    for_blocks(begin, end, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t i = first; i < last; ++i) out[i] /= largest;
      shape(loss, last - first, out + first);
    });
  });
}

}  // namespace

void row_losses(const Parallel& parallel, RowLoss loss, const Tree& tree, const TargetView& y,
                std::int32_t n_classes, const std::vector<std::int32_t>& leaf, double* out) {
  if (loss == RowLoss::kWrongClass)
    wrong_classes(parallel, tree, y, n_classes, leaf, out);
  else
    distances(parallel, loss, tree, y, leaf, out);
}

}  // namespace gbengine

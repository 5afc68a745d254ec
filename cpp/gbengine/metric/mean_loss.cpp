#include "gbengine/metric/mean_loss.hpp"

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/base/finite.hpp"
#include "gbengine/base/weighted_mean.hpp"

namespace gbengine {

double mean_loss(const Parallel& parallel, const Labels& labels, const BlockValues& loss) {
  constexpr std::int64_t kGrain = 16 * kBlockRows;
  AlignedBuffer<double> losses(static_cast<std::size_t>(labels.n_rows));
  parallel.for_rows(labels.n_rows, kGrain, [&](std::int64_t begin, std::int64_t end, int) {
    for_blocks(begin, end, [&](std::int64_t first, std::int64_t last) {
      double* out = losses.data() + first;
      loss(first, last, out);
      for (std::int64_t i = 0; i < last - first; ++i) out[i] = finite(out[i]);
    });
  });
  return weighted_mean(parallel, labels.weight, labels.n_rows, values_of(losses.data()));
}

}  // namespace gbengine

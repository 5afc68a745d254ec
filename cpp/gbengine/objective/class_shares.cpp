#include "gbengine/objective/class_shares.hpp"

#include <algorithm>

#include "gbengine/base/error.hpp"
#include "gbengine/base/integer_scale.hpp"

namespace gbengine {

std::vector<double> class_shares(const Parallel& parallel, const Labels& labels, int n_classes) {
  if (labels.offset != nullptr)
    throw ValueError("base_score must be given beside offsets: this loss finds no best one");
  const IntegerWeights weights(parallel, labels.weight, labels.n_rows);
  const auto n = static_cast<std::size_t>(n_classes);
  // Integers add up to the same in any order, so a table a part is enough.
  const std::int64_t n_parts = std::min<std::int64_t>(parallel.n_threads(), 64);
  std::vector<std::vector<Int128>> sums(static_cast<std::size_t>(n_parts));
  parallel.for_each(n_parts, [&](std::int64_t part, int) {
    std::vector<Int128> sum(n, 0);
    const std::int64_t end = labels.n_rows * (part + 1) / n_parts;
    for (std::int64_t i = labels.n_rows * part / n_parts; i < end; ++i)
      sum[static_cast<std::size_t>(labels.y[i])] += weights[i];
    sums[static_cast<std::size_t>(part)] = std::move(sum);
  });
  Int128 total = 0;
  std::vector<Int128> of_class(n, 0);
  for (const auto& sum : sums) {
    for (std::size_t k = 0; k < n; ++k) {
      of_class[k] += sum[k];
      total += sum[k];
    }
  }
  std::vector<double> shares(n);
  for (std::size_t k = 0; k < n; ++k)
    shares[k] =
        std::max(kLeastShare, static_cast<double>(of_class[k]) / static_cast<double>(total));
  return shares;
}

}  // namespace gbengine

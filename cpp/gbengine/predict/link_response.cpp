#include "gbengine/predict/link_response.hpp"

#include <algorithm>

#include "gbengine/kernel/kernels.hpp"

namespace gbengine {
namespace {

constexpr std::int64_t kValuesOfTask = 1 << 14;

void respond_logit(const double* raw, std::int64_t n_rows, double* out) {
  constexpr std::int64_t kBlock = 256;
  double minus_raw[kBlock], negative[kBlock], positive[kBlock];
  for (std::int64_t first = 0; first < n_rows; first += kBlock) {
    const std::int64_t n = std::min(kBlock, n_rows - first);
    for (std::int64_t i = 0; i < n; ++i) minus_raw[i] = -raw[first + i];
    kernels().math.logistic(raw + first, positive, n);
    kernels().math.logistic(minus_raw, negative, n);  // 1 - positive would lose its digits near 0
    for (std::int64_t i = 0; i < n; ++i) {
      out[2 * (first + i)] = negative[i];
      out[2 * (first + i) + 1] = positive[i];
    }
  }
}

void respond_softmax(const double* raw, std::int64_t n_rows, std::int32_t n_outputs, double* out) {
  for (std::int64_t r = 0; r < n_rows; ++r) {
    const double* row = raw + r * n_outputs;
    const double largest = *std::max_element(row, row + n_outputs);
    for (std::int32_t k = 0; k < n_outputs; ++k) out[r * n_outputs + k] = row[k] - largest;
  }
  kernels().math.exp(out, out, n_rows * n_outputs);
  for (std::int64_t r = 0; r < n_rows; ++r) {
    double* row = out + r * n_outputs;
    double sum = 0.0;
    for (std::int32_t k = 0; k < n_outputs; ++k) sum += row[k];
    for (std::int32_t k = 0; k < n_outputs; ++k) row[k] /= sum;
  }
}

}  // namespace

void link_response(Link link, const Parallel& parallel, const double* raw, std::int64_t n_rows,
                   std::int32_t n_outputs, double* out) {
  const std::int64_t grain = std::max<std::int64_t>(kValuesOfTask / n_outputs, 1);
  parallel.for_rows(n_rows, grain, [&](std::int64_t begin, std::int64_t end, int) {
    const double* from = raw + begin * n_outputs;
    const std::int64_t n = (end - begin) * n_outputs;
    switch (link) {
      case Link::kIdentity:
        if (raw != out) std::copy(from, from + n, out + begin * n_outputs);
        break;
      case Link::kLog:
        kernels().math.exp(from, out + begin * n_outputs, n);
        break;
      case Link::kLogit:
        respond_logit(from, end - begin, out + 2 * begin);
        break;
      case Link::kSoftmax:
        respond_softmax(from, end - begin, n_outputs, out + begin * n_outputs);
        break;
    }
  });
}

}  // namespace gbengine

#include "gbengine/learn/histogram_builder.hpp"

#include <algorithm>
#include <cassert>

#include "gbengine/kernel/kernels.hpp"

namespace gbengine {
namespace {

std::int64_t n_blocks_of(std::int32_t n_features) {
  return (n_features + kFeatureBlock - 1) / kFeatureBlock;
}

/// Sums weight_of(i) by code_of(i), i < n. Rows in turn add to different counters: few codes would
/// make each addition wait for the last. All weights together are below 2^32.
template <typename CodeOf, typename WeightOf>
void count_codes(std::int64_t n, std::int64_t n_codes, std::int64_t* counts, CodeOf code_of,
                 WeightOf weight_of) {
  constexpr std::int64_t kTurns = 4;
  std::uint32_t counters[kTurns][256];
  for (auto& counter : counters) std::fill_n(counter, n_codes, 0u);
  std::int64_t i = 0;
  for (; i + kTurns <= n; i += kTurns)
    for (std::int64_t turn = 0; turn < kTurns; ++turn)
      counters[turn][code_of(i + turn)] += weight_of(i + turn);
  for (; i < n; ++i) counters[0][code_of(i)] += weight_of(i);
  for (std::int64_t code = 0; code < n_codes; ++code) {
    counts[code] = 0;
    for (const auto& counter : counters) counts[code] += counter[code];
  }
}

}  // namespace

/// Blocks of features and pieces of the rows are disjoint tasks; the pieces are joined at the end.
void HistogramBuilder::build(const Parallel& parallel, const GradientPair* pairs,
                             const std::uint32_t* row_idx, std::int64_t n, std::int64_t* words) {
  assert(!x_.sparse);
  const std::int64_t updates = n * x_.n_features;  // half a nanosecond each
  const Parallel threads = parallel.worth(updates / 2);
  const std::int64_t n_blocks = n_blocks_of(x_.n_features);
  const std::int64_t n_pieces = pieces_.start(threads, n_blocks, updates, n_words());

  const auto kernel = width_ == CellWidth::kNarrow ? kernels().histogram.build_narrow
                                                   : kernels().histogram.build_wide;
  const auto first_word = [&](std::int32_t f) {
    return std::int64_t{x_.cell_offset[static_cast<std::size_t>(f)]} * static_cast<int>(width_);
  };
  threads.for_each(n_blocks * n_pieces, [&](std::int64_t task, int) {
    const std::int64_t piece = task % n_pieces, block = task / n_pieces;
    const auto f_begin = static_cast<std::int32_t>(block * kFeatureBlock);
    const std::int32_t f_end = std::min(f_begin + kFeatureBlock, x_.n_features);
    std::int64_t* to = pieces_.words(piece, words);
    std::fill(to + first_word(f_begin), to + first_word(f_end), std::int64_t{0});
    const std::int64_t begin = n * piece / n_pieces, end = n * (piece + 1) / n_pieces;
    kernel({x_.row_codes.data(), x_.row_stride, row_idx == nullptr ? nullptr : row_idx + begin,
            begin, end - begin, pairs, x_.cell_offset.data(), f_begin, f_end, to});
  });
  pieces_.join(words, [&](std::int64_t* whole, const std::int64_t* piece) {
    kernels().histogram.add(whole, piece, n_words());
  });
}

void HistogramBuilder::count_feature(std::int32_t feature, const std::int32_t* reps,
                                     const std::uint32_t* row_idx, std::int64_t n,
                                     std::int64_t* counts) const {
  assert(!x_.sparse);
  const std::uint8_t* codes = x_.column(feature);
  const std::int64_t first = x_.cell_offset[static_cast<std::size_t>(feature)];
  const std::int64_t end = x_.cell_offset[static_cast<std::size_t>(feature) + 1];
  const auto row_at = [&](std::int64_t i) {
    return row_idx == nullptr ? static_cast<std::uint32_t>(i) : row_idx[i];
  };
  if (reps == nullptr) {
    count_codes(
        n, end - first, counts + first, [&](std::int64_t i) { return codes[row_at(i)]; },
        [](std::int64_t) { return std::uint32_t{1}; });
  } else {
    count_codes(
        n, end - first, counts + first, [&](std::int64_t i) { return codes[row_at(i)]; },
        [&](std::int64_t i) { return static_cast<std::uint32_t>(reps[row_at(i)]); });
  }
}

}  // namespace gbengine

#include "gbengine/learn/vector_histogram.hpp"

#include <algorithm>
#include <cassert>

#include "gbengine/data/bin_mapper.hpp"
#include "gbengine/kernel/kernels.hpp"

namespace gbengine {
namespace {

/// The cells of a block of features stay in the second cache while the rows pass.
constexpr std::int64_t kBlockBytes = 256 << 10;

}  // namespace

VectorHistogram::VectorHistogram(const BinnedMatrix& x, CellWidth width, std::int32_t stride)
    : x_(x), width_(width), stride_(stride), n_bytes_(n_bytes_of(width)) {
  assert(!x.sparse && stride % kVectorBlock == 0);
}

/// Blocks of features and pieces of the rows are disjoint tasks; the pieces are joined at the end.
void VectorHistogram::build(const Parallel& parallel, const std::int32_t* values, RowList rows,
                            std::int64_t* words) {
  const std::int64_t updates = rows.n * x_.n_features * (stride_ / kVectorBlock);
  const Parallel threads = parallel.worth(updates / 2);
  const std::int64_t feature_bytes = (kMaxBins + 1) * stride_ * n_bytes_;
  const std::int64_t most = std::max<std::int64_t>(kBlockBytes / feature_bytes, 1);
  const std::int64_t n_blocks = (x_.n_features + most - 1) / most;
  const auto block = static_cast<std::int32_t>((x_.n_features + n_blocks - 1) / n_blocks);
  const std::int64_t n_pieces = pieces_.start(threads, n_blocks, updates, n_words());

  const auto kernel = width_ == CellWidth::kNarrow ? kernels().vector_histogram.build_narrow
                                                   : kernels().vector_histogram.build_wide;
  const auto first_word = [&](std::int32_t f) {
    return std::int64_t{x_.cell_offset[static_cast<std::size_t>(f)]} * stride_ * n_bytes_ / 8;
  };
  threads.for_each(n_blocks * n_pieces, [&](std::int64_t task, int) {
    const std::int64_t piece = task % n_pieces;
    const auto f_begin = static_cast<std::int32_t>(task / n_pieces * block);
    const std::int32_t f_end = std::min(f_begin + block, x_.n_features);
    std::int64_t* to = pieces_.words(piece, words);
    std::fill(to + first_word(f_begin), to + first_word(f_end), std::int64_t{0});
    const std::int64_t begin = rows.n * piece / n_pieces, end = rows.n * (piece + 1) / n_pieces;
    kernel({x_.row_codes.data(), x_.row_stride,
            rows.row_idx == nullptr ? nullptr : rows.row_idx + begin, begin, end - begin, values,
            stride_, x_.cell_offset.data(), f_begin, f_end, to});
  });
  pieces_.join(words, [&](std::int64_t* whole, const std::int64_t* piece) { add(whole, piece); });
}

void VectorHistogram::add(std::int64_t* words, const std::int64_t* piece) const {
  if (width_ == CellWidth::kWide) return kernels().histogram.add(words, piece, n_words());
  kernels().vector_histogram.add_narrow(reinterpret_cast<std::int32_t*>(words),
                                        reinterpret_cast<const std::int32_t*>(piece), n_sums());
}

void VectorHistogram::subtract(std::int64_t* words, const std::int64_t* child) const {
  if (width_ == CellWidth::kWide) return kernels().histogram.subtract(words, child, n_words());
  kernels().vector_histogram.subtract_narrow(reinterpret_cast<std::int32_t*>(words),
                                             reinterpret_cast<const std::int32_t*>(child),
                                             n_sums());
}

}  // namespace gbengine

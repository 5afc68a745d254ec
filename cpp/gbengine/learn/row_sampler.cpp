#include "gbengine/learn/row_sampler.hpp"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "gbengine/base/rng.hpp"

namespace gbengine {
namespace {

constexpr std::int64_t kPieceRows = 1 << 15;

}  // namespace

RowSampler::RowSampler(std::uint64_t seed, double fraction, std::vector<std::uint32_t> place)
    : seed_(seed),
      fraction_(fraction),
      place_(std::move(place)),
      left_out_(draws_all() ? 0 : place_.size()) {}

std::int64_t RowSampler::draw(const Parallel& parallel, std::int64_t tree_idx,
                              std::uint32_t* drawn) {
  const CounterRng rng(seed_, RngPurpose::kRowSample);
  const auto n_rows = static_cast<std::int64_t>(place_.size());
  const std::int64_t n_pieces = (n_rows + kPieceRows - 1) / kPieceRows;
  std::vector<std::int64_t> n_drawn(static_cast<std::size_t>(n_pieces));
  // Each piece fills its own stretch of both lists; the stretches are then moved together.
  parallel.for_rows(n_rows, kPieceRows, [&](std::int64_t begin, std::int64_t end, int) {
    std::uint32_t* in = drawn + begin;
    std::uint32_t* out = left_out_.data() + begin;
    for (std::int64_t row = begin; row < end; ++row) {
      const bool is_drawn = rng.uniform(static_cast<std::uint64_t>(tree_idx),
                                        place_[static_cast<std::size_t>(row)]) < fraction_;
      std::uint32_t*& list = is_drawn ? in : out;
      *list++ = static_cast<std::uint32_t>(row);
    }
    n_drawn[static_cast<std::size_t>(begin / kPieceRows)] = in - (drawn + begin);
  });
  std::int64_t n = 0;
  n_left_out_ = 0;
  for (std::int64_t begin = 0; begin < n_rows; begin += kPieceRows) {
    const std::int64_t n_in = n_drawn[static_cast<std::size_t>(begin / kPieceRows)];
    const std::int64_t n_out = std::min(kPieceRows, n_rows - begin) - n_in;
    std::memmove(drawn + n, drawn + begin, static_cast<std::size_t>(n_in) * sizeof *drawn);
    std::memmove(left_out_.data() + n_left_out_, left_out_.data() + begin,
                 static_cast<std::size_t>(n_out) * sizeof *drawn);
    n += n_in;
    n_left_out_ += n_out;
  }
  return n;
}

}  // namespace gbengine

#include "gbengine/learn/sparse_histogram.hpp"

#include <algorithm>
#include <cstring>

namespace gbengine {
namespace {

constexpr std::int64_t kFeatureGrain = 16;

/// What is left of `whole` for one of the cells.
std::int64_t rest(const std::int64_t* words, std::int64_t n_cells, std::int64_t stride,
                  std::int64_t cell, std::int64_t whole) {
  for (std::int64_t i = 0; i < n_cells; ++i) whole -= words[i * stride];
  return whole + words[cell * stride];
}

std::int64_t n_cells_of(const BinnedMatrix& x, std::int32_t feature) {
  return x.mappers[static_cast<std::size_t>(feature)].n_cells();
}

/// Calls visit(feature, its first word) for all features, maybe on many threads.
template <typename Visit>
void for_each_column(const Parallel& parallel, const BinnedMatrix& x, const CodedLines& lines,
                     CellWidth width, std::int64_t* words, Visit visit) {
  parallel.worth(lines.n_cells())
      .for_rows(x.n_features, kFeatureGrain, [&](std::int64_t begin, std::int64_t end, int) {
        for (auto f = static_cast<std::int32_t>(begin); f < end; ++f)
          visit(f, words + std::int64_t{x.cell_offset[static_cast<std::size_t>(f)]} *
                               static_cast<int>(width));
      });
}

}  // namespace

void add_column(const CodedLines& lines, std::int32_t feature, CellWidth width,
                const GradientPair* pairs, int sign, std::int64_t* words) {
  const auto f = static_cast<std::size_t>(feature);
  if (width == CellWidth::kNarrow)
    lines.for_each(f, [&](std::size_t row, std::uint8_t code) {
      std::int64_t word;
      std::memcpy(&word, pairs + row, sizeof word);
      words[code] += sign * word;
    });
  else
    lines.for_each(f, [&](std::size_t row, std::uint8_t code) {
      words[2 * code] += sign * std::int64_t{pairs[row].grad};
      words[2 * code + 1] += sign * std::int64_t{pairs[row].hess};
    });
}

void sum_columns(const Parallel& parallel, const BinnedMatrix& x, const CodedLines& lines,
                 CellWidth width, const GradientPair* pairs, std::int64_t* words) {
  for_each_column(parallel, x, lines, width, words, [&](std::int32_t f, std::int64_t* cells) {
    std::fill_n(cells, n_cells_of(x, f) * static_cast<int>(width), std::int64_t{0});
    add_column(lines, f, width, pairs, 1, cells);
  });
}

void subtract_columns(const Parallel& parallel, const BinnedMatrix& x, const CodedLines& lines,
                      CellWidth width, const GradientPair* pairs, std::int64_t* words) {
  for_each_column(parallel, x, lines, width, words, [&](std::int32_t f, std::int64_t* cells) {
    add_column(lines, f, width, pairs, -1, cells);
  });
}

void count_column(const CodedLines& lines, std::int32_t feature, const std::int32_t* reps,
                  std::int64_t* counts) {
  lines.for_each(static_cast<std::size_t>(feature), [&](std::size_t row, std::uint8_t code) {
    counts[code] += reps == nullptr ? 1 : reps[row];
  });
}

GradientSum complete_zero_cell(const BinnedMatrix& x, std::int32_t feature, CellWidth width,
                               GradientSum node, std::int64_t* words) {
  const std::int64_t n_cells = n_cells_of(x, feature);
  const std::int64_t zero = x.sparse->zero_code[static_cast<std::size_t>(feature)];
  if (width == CellWidth::kNarrow) {
    const std::int64_t whole = node.grad * (std::int64_t{1} << 32) + node.hess;
    std::int64_t& word = words[zero];
    word = rest(words, n_cells, 1, zero, whole);
    return node - GradientSum{word >> 32, word & 0xffffffff};
  }
  words[2 * zero] = rest(words, n_cells, 2, zero, node.grad);
  words[2 * zero + 1] = rest(words + 1, n_cells, 2, zero, node.hess);
  return node - GradientSum{words[2 * zero], words[2 * zero + 1]};
}

std::int64_t complete_zero_count(const BinnedMatrix& x, std::int32_t feature,
                                 std::int64_t node_count, std::int64_t* counts) {
  const std::int64_t zero = x.sparse->zero_code[static_cast<std::size_t>(feature)];
  counts[zero] = rest(counts, n_cells_of(x, feature), 1, zero, node_count);
  return node_count - counts[zero];
}

}  // namespace gbengine

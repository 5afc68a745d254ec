// The source of WalkKernels, compiled once for each instruction set.
//
// Plain scalar code: a gather instruction fetches its elements one by one as well, and measured no
// faster. A walk that is done stays where it is until the other seven are.
#pragma once

#include <cstdint>

#include "gbengine/kernel/walk.hpp"

namespace gbengine::GBENGINE_ISA_NAMESPACE {
namespace {

constexpr int kWalksAtOnce = 8;

template <typename T>
inline std::int32_t next_node(const WalkNode<T>* nodes, std::int32_t at, const T* row,
                              std::int64_t col_stride) {
  const WalkNode<T>& node = nodes[at];
  const T x = row[static_cast<std::int64_t>(node.feature & ~kMissingGoesRight) * col_stride];
  const bool missing_right = (x != x) & ((node.feature & kMissingGoesRight) != 0);
  return node.left + static_cast<std::int32_t>((x > node.threshold) | missing_right);
}

template <typename T>
inline std::int32_t find_leaf(const WalkNode<T>* nodes, const T* row, std::int64_t col_stride) {
  std::int32_t at = 0, next = 0;
  while ((next = next_node(nodes, at, row, col_stride)) != at) at = next;
  return at;
}

template <typename T>
void add_rows(const WalkForest<T>& forest, std::int32_t tree_begin, std::int32_t tree_end,
              const WalkRows<T>& x, double* out) {
  for (std::int32_t t = tree_begin; t < tree_end; ++t) {
    const WalkNode<T>* nodes = forest.nodes + forest.tree_begin[t];
    const double* value = forest.value + forest.tree_begin[t];
    double* sum = out + forest.tree_output[t];
    std::int64_t i = 0;
    for (; i + kWalksAtOnce <= x.n_rows; i += kWalksAtOnce) {
      const T* row = x.values + i * x.row_stride;
      std::int32_t at[kWalksAtOnce] = {};
      std::int32_t moved;
      do {
        moved = 0;
        for (int k = 0; k < kWalksAtOnce; ++k) {
          const std::int32_t next = next_node(nodes, at[k], row + k * x.row_stride, x.col_stride);
          moved |= next ^ at[k];
          at[k] = next;
        }
      } while (moved != 0);
      for (int k = 0; k < kWalksAtOnce; ++k) sum[(i + k) * forest.n_outputs] += value[at[k]];
    }
    for (; i < x.n_rows; ++i)
      sum[i * forest.n_outputs] +=
          value[find_leaf(nodes, x.values + i * x.row_stride, x.col_stride)];
  }
}

template <typename T>
inline void add_row(const WalkForest<T>& forest, std::int32_t tree_begin, std::int32_t tree_end,
                    const T* row, std::int64_t col_stride, double* sums) {
  std::int32_t t = tree_begin;
  for (; t + kWalksAtOnce <= tree_end; t += kWalksAtOnce) {
    std::int32_t at[kWalksAtOnce] = {};
    std::int32_t moved;
    do {
      moved = 0;
      for (int k = 0; k < kWalksAtOnce; ++k) {
        const WalkNode<T>* nodes = forest.nodes + forest.tree_begin[t + k];
        const std::int32_t next = next_node(nodes, at[k], row, col_stride);
        moved |= next ^ at[k];
        at[k] = next;
      }
    } while (moved != 0);
    for (int k = 0; k < kWalksAtOnce; ++k)
      sums[forest.tree_output[t + k]] += forest.value[forest.tree_begin[t + k] + at[k]];
  }
  for (; t < tree_end; ++t)
    sums[forest.tree_output[t]] +=
        forest.value[forest.tree_begin[t] +
                     find_leaf(forest.nodes + forest.tree_begin[t], row, col_stride)];
}

template <typename T>
void add_few_rows(const WalkForest<T>& forest, std::int32_t tree_begin, std::int32_t tree_end,
                  const WalkRows<T>& x, double* out) {
  for (std::int64_t i = 0; i < x.n_rows; ++i)
    add_row(forest, tree_begin, tree_end, x.values + i * x.row_stride, x.col_stride,
            out + i * forest.n_outputs);
}

constexpr WalkKernels kWalkKernels{add_rows<float>, add_rows<double>, add_few_rows<float>,
                                   add_few_rows<double>};

}  // namespace
}  // namespace gbengine::GBENGINE_ISA_NAMESPACE

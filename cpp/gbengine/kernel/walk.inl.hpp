// The source of WalkKernels, compiled once for each instruction set.
//
// Plain scalar code: a gather instruction fetches its elements one by one as well, and measured no
// faster. A step has no branch that depends on a value; that a leaf is found is one, once a walk.
// Where a block of rows has no missing values, it is spared the question; so is a forest that has
// no category sets. One that has looks one up at every node: which sort a node is, nobody can
// guess.
#pragma once

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <cstdint>

#include "gbengine/kernel/walk.hpp"

namespace gbengine::GBENGINE_ISA_NAMESPACE {
namespace {

constexpr int kWalksAtOnce = 8;
constexpr std::int64_t kLineBytes = 64;
/// A tree is fetched ahead as a whole if there are more rows than this share of its nodes.
constexpr std::int64_t kNodesPerRow = 16;

template <typename Node>
inline bool is_leaf(const Node& node) {
  return (node.word >> (8 * sizeof(node.word) - 1)) != 0;
}

/// The distance of the left child, or a leaf's number.
template <typename Node>
inline std::int64_t offset_of(const Node& node, int feature_bits) {
  return static_cast<std::int64_t>((node.word << 2) >> (2 + feature_bits));
}

/// How a node's word and threshold are to be read.
struct NodeFormat {
  int feature_bits;
  const std::uint64_t* sets;
};

/// The bit of a category set that speaks for a value; of NaN the first. In intrinsics where there
/// are any: compilers make jumps of it.
inline std::uint32_t category_bit(float x) {
#if defined(__SSE2__)
  const __m128 above = _mm_max_ss(_mm_set_ss(x), _mm_setzero_ps());
  return static_cast<std::uint32_t>(_mm_cvttss_si32(_mm_min_ss(above, _mm_set_ss(255.0F))));
#else
  const float above = x > 0.0F ? x : 0.0F;
  return static_cast<std::uint32_t>(above < 255.0F ? above : 255.0F);
#endif
}
inline std::uint32_t category_bit(double x) {
#if defined(__SSE2__)
  const __m128d above = _mm_max_sd(_mm_set_sd(x), _mm_setzero_pd());
  return static_cast<std::uint32_t>(_mm_cvttsd_si32(_mm_min_sd(above, _mm_set_sd(255.0))));
#else
  const double above = x > 0.0 ? x : 0.0;
  return static_cast<std::uint32_t>(above < 255.0 ? above : 255.0);
#endif
}

/// 1 if a node's set lacks a value; anything for a node that has none.
template <typename Node, typename T>
inline std::int64_t is_outside(const Node& node, const std::uint64_t* sets, std::int64_t has_set,
                               T x) {
  decltype(node.word) number;
  static_assert(sizeof number == sizeof node.threshold);
  __builtin_memcpy(&number, &node.threshold, sizeof number);
  const std::int64_t set = static_cast<std::int64_t>(number) & -has_set;
  const std::uint32_t bit = category_bit(x);
  return static_cast<std::int64_t>(~(sets[set * kWalkSetWords + bit / 64] >> (bit % 64)) & 1);
}

/// 0 or 1: whether a row goes right. Without missing values one comparison says it.
template <bool kMayMiss, bool kHasSets, typename Node, typename T>
inline std::int64_t goes_right(const Node& node, const T* row, std::int64_t col_stride,
                               NodeFormat format) {
  using Word = decltype(node.word);
  const Word column = node.word & ((Word{1} << format.feature_bits) - 1);
  const auto feature = static_cast<std::int64_t>(kHasSets ? column >> 1 : column);
  const auto x = static_cast<decltype(node.threshold)>(row[feature * col_stride]);
  std::int64_t right = x > node.threshold;
  if constexpr (kHasSets) {
    const auto has_set = static_cast<std::int64_t>(column & 1);
    right ^= (right ^ is_outside(node, format.sets, has_set, x)) & -has_set;
  }
  if constexpr (kMayMiss) {
    const auto if_missing = static_cast<std::int64_t>((node.word >> (8 * sizeof(Word) - 2)) & 1);
    const std::int64_t is_missing = x != x;
    if constexpr (kHasSets)
      right ^= (right ^ if_missing) & -is_missing;
    else
      right |= if_missing & is_missing;
  }
  return right;
}

/// The walks under way: a node and a row each.
template <typename Node, typename T>
struct WalkLanes {
  const Node* at[kWalksAtOnce];
  const T* row[kWalksAtOnce];
  std::int64_t row_idx[kWalksAtOnce];
};

/// Every row through one tree; calls sink(row, leaf), as leaves are found.
template <bool kMayMiss, bool kHasSets, typename Node, typename T, typename Sink>
inline void run_walks(const Node* tree, const WalkRows<T>& x, NodeFormat format, Sink& sink) {
  WalkLanes<Node, T> lanes;
  std::int64_t next = 0;
  const auto begin = [&](int k) {
    lanes.at[k] = tree;
    lanes.row[k] = x.values + next * x.row_stride;
    lanes.row_idx[k] = next++;
  };
  const auto step = [&](int k, const Node& node) {
    lanes.at[k] += offset_of(node, format.feature_bits) +
                   goes_right<kMayMiss, kHasSets>(node, lanes.row[k], x.col_stride, format);
  };
  int n_lanes = 0;
  while (n_lanes < kWalksAtOnce && next < x.n_rows) begin(n_lanes++);
  while (next < x.n_rows)  // all places are taken, and the compiler knows their number
    for (int k = 0; k < kWalksAtOnce; ++k) {
      const Node node = *lanes.at[k];
      if (!is_leaf(node)) {
        step(k, node);
      } else if (next < x.n_rows) {
        sink(lanes.row_idx[k], offset_of(node, format.feature_bits));
        begin(k);
      }
    }
  for (int k = 0; n_lanes > 0; k = k + 1 < n_lanes ? k + 1 : 0) {
    const Node node = *lanes.at[k];
    if (!is_leaf(node)) {
      step(k, node);
      continue;
    }
    sink(lanes.row_idx[k], offset_of(node, format.feature_bits));
    --n_lanes;
    lanes.at[k] = lanes.at[n_lanes];
    lanes.row[k] = lanes.row[n_lanes];
    lanes.row_idx[k] = lanes.row_idx[n_lanes];
  }
}

inline void fetch_ahead(const void* data, std::int64_t n_bytes) {
  const char* bytes = static_cast<const char*>(data);
  for (std::int64_t i = 0; i < n_bytes; i += kLineBytes) __builtin_prefetch(bytes + i);
  __builtin_prefetch(bytes + n_bytes - 1);
}

inline void add_values(const double* value, std::int32_t leaf_width, double* sums) {
  for (std::int32_t k = 0; k < leaf_width; ++k) sums[k] += value[k];
}

/// Adds the one value of a leaf.
struct AddOne {
  const double* value;
  double* sums;
  std::int64_t n_outputs;

  void operator()(std::int64_t i, std::int64_t leaf) { sums[i * n_outputs] += value[leaf]; }
  void flush() {}
};

/// Adds the values of a leaf some walks later: where a leaf has many, they lie in memory that is
/// far away, and are asked for as soon as the leaf is known.
class AddLate {
 public:
  AddLate(const double* value, double* sums, std::int32_t width)
      : value_(value), sums_(sums), width_(width) {}

  void operator()(std::int64_t i, std::int64_t leaf) {
    const double* found = value_ + leaf * width_;
    fetch_ahead(found, width_ * 8);
    const std::int64_t slot = n_found_ % kDelay;
    if (n_found_ >= kDelay) add(slot);
    found_[slot] = found;
    sums_of_row_[slot] = sums_ + i * width_;
    ++n_found_;
  }
  void flush() {
    const std::int64_t n = n_found_ < kDelay ? n_found_ : kDelay;
    for (std::int64_t slot = 0; slot < n; ++slot) add(slot);
  }

 private:
  static constexpr std::int64_t kDelay = 8;

  void add(std::int64_t slot) { add_values(found_[slot], width_, sums_of_row_[slot]); }

  const double* value_;
  double* sums_;
  std::int32_t width_;
  std::int64_t n_found_ = 0;
  const double* found_[kDelay];
  double* sums_of_row_[kDelay];
};

template <bool kHasSets, typename Node, typename T, typename Sink>
inline void walk_rows(const Node* tree, const WalkRows<T>& x, NodeFormat format, Sink&& sink) {
  if (x.may_miss)
    run_walks<true, kHasSets>(tree, x, format, sink);
  else
    run_walks<false, kHasSets>(tree, x, format, sink);
}

template <bool kHasSets, typename Node, typename T, typename Sink>
inline void add_tree(const Node* tree, const WalkRows<T>& x, NodeFormat format, Sink&& sink) {
  walk_rows<kHasSets>(tree, x, format, sink);
  sink.flush();
}

template <bool kHasSets, typename Node, typename T>
void add_rows(const WalkForest<Node>& forest, std::int32_t tree_begin, std::int32_t tree_end,
              const WalkRows<T>& x, double* out) {
  const NodeFormat format{forest.feature_bits, forest.sets};
  const std::int32_t width = forest.leaf_width;
  for (std::int32_t t = tree_begin; t < tree_end; ++t) {
    const std::int64_t begin = forest.tree_begin[t], n_nodes = forest.tree_begin[t + 1] - begin;
    const Node* tree = forest.nodes + begin;
    const double* value = forest.value + begin * width;
    double* sums = out + forest.tree_output[t];
    const bool fetches = x.n_rows > n_nodes / kNodesPerRow;
    if (fetches) fetch_ahead(tree, n_nodes * static_cast<std::int64_t>(sizeof(Node)));
    if (fetches && width == 1) fetch_ahead(value, n_nodes * 8);
    if (width == 1)
      add_tree<kHasSets>(tree, x, format, AddOne{value, sums, forest.n_outputs});
    else
      add_tree<kHasSets>(tree, x, format, AddLate(value, sums, width));
  }
}

/// One row through n <= kWalksAtOnce trees, in step: a walk that is done waits for the others, so
/// that no branch depends on a value. Places left over repeat the last tree.
template <bool kMayMiss, bool kHasSets, typename Node, typename T>
inline void walk_trees(const WalkForest<Node>& forest, std::int32_t first, int n, const T* row,
                       std::int64_t col_stride, std::int64_t* leaves) {
  const NodeFormat format{forest.feature_bits, forest.sets};
  const Node* at[kWalksAtOnce];
  for (int k = 0; k < kWalksAtOnce; ++k)
    at[k] = forest.nodes + forest.tree_begin[first + (k < n ? k : n - 1)];
  std::int64_t moved;
  do {
    moved = 0;
#pragma GCC unroll 8  // as it is for thresholds, without being asked
    for (int k = 0; k < kWalksAtOnce; ++k) {
      const Node node = *at[k];
      const std::int64_t stays = is_leaf(node);
      const std::int64_t step =
          (stays - 1) & (offset_of(node, forest.feature_bits) +
                         goes_right<kMayMiss, kHasSets>(node, row, col_stride, format));
      at[k] += step;
      moved |= step;
    }
  } while (moved != 0);
  for (int k = 0; k < n; ++k) leaves[k] = offset_of(*at[k], forest.feature_bits);
}

/// Calls visit(row, tree, leaf) in tree order, row by row.
template <bool kHasSets, typename Node, typename T, typename Visit>
inline void visit_few_rows(const WalkForest<Node>& forest, std::int32_t tree_begin,
                           std::int32_t tree_end, const WalkRows<T>& x, Visit&& visit) {
  std::int64_t leaves[kWalksAtOnce];
  for (std::int64_t i = 0; i < x.n_rows; ++i)
    for (std::int32_t first = tree_begin; first < tree_end; first += kWalksAtOnce) {
      const T* row = x.values + i * x.row_stride;
      const int n = tree_end - first < kWalksAtOnce ? tree_end - first : kWalksAtOnce;
      if (x.may_miss)
        walk_trees<true, kHasSets>(forest, first, n, row, x.col_stride, leaves);
      else
        walk_trees<false, kHasSets>(forest, first, n, row, x.col_stride, leaves);
      for (int k = 0; k < n; ++k) visit(i, first + k, leaves[k]);
    }
}

template <bool kHasSets, typename Node, typename T>
void add_few_rows(const WalkForest<Node>& forest, std::int32_t tree_begin, std::int32_t tree_end,
                  const WalkRows<T>& x, double* out) {
  const std::int32_t width = forest.leaf_width;
  visit_few_rows<kHasSets>(forest, tree_begin, tree_end, x,
                           [&](std::int64_t i, std::int64_t t, std::int64_t leaf) {
                             add_values(forest.value + (forest.tree_begin[t] + leaf) * width, width,
                                        out + i * forest.n_outputs + forest.tree_output[t]);
                           });
}

template <bool kHasSets, typename Node, typename T>
void find_leaves(const WalkForest<Node>& forest, std::int32_t n_trees, const WalkRows<T>& x,
                 std::int32_t* out) {
  for (std::int32_t t = 0; t < n_trees; ++t) {
    const auto store = [=](std::int64_t i, std::int64_t leaf) {
      out[i * n_trees + t] = static_cast<std::int32_t>(leaf);
    };
    walk_rows<kHasSets>(forest.nodes + forest.tree_begin[t], x,
                        NodeFormat{forest.feature_bits, forest.sets}, store);
  }
}

template <bool kHasSets, typename Node, typename T>
void find_leaves_of_few(const WalkForest<Node>& forest, std::int32_t n_trees, const WalkRows<T>& x,
                        std::int32_t* out) {
  visit_few_rows<kHasSets>(forest, 0, n_trees, x,
                           [&](std::int64_t i, std::int64_t t, std::int64_t leaf) {
                             out[i * n_trees + t] = static_cast<std::int32_t>(leaf);
                           });
}

template <typename T>
bool has_missing(const T* values, std::int64_t n, std::int64_t stride) {
  int found = 0;
  if (stride == 1)  // vectors
    for (std::int64_t i = 0; i < n; ++i) found |= values[i] != values[i];
  else
    for (std::int64_t i = 0; i < n; ++i) found |= values[i * stride] != values[i * stride];
  return found != 0;
}

template <bool kHasSets, typename Node, typename T>
constexpr WalkFunctions<Node, T> kWalkFunctions{
    add_rows<kHasSets, Node, T>, add_few_rows<kHasSets, Node, T>, find_leaves<kHasSets, Node, T>,
    find_leaves_of_few<kHasSets, Node, T>};

template <typename Node, typename T>
constexpr WalkVariants<Node, T> kWalkVariants{kWalkFunctions<false, Node, T>,
                                              kWalkFunctions<true, Node, T>};

constexpr WalkKernels kWalkKernels{
    kWalkVariants<NarrowWalkNode, float>, kWalkVariants<WideWalkNode, float>,
    kWalkVariants<WideWalkNode, double>, has_missing<float>, has_missing<double>};

}  // namespace
}  // namespace gbengine::GBENGINE_ISA_NAMESPACE

#include "gbengine/predict/packed_walk.hpp"

#include <algorithm>
#include <cstdlib>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/kernel/kernels.hpp"
#include "gbengine/predict/lazy_table.hpp"
#include "gbengine/predict/walk_table.hpp"

namespace gbengine {
namespace {

/// Rows that go through one tree before the next does: a large tree comes into the cache once for
/// all of them, while their values pass by in order (100 trees of 14,000 leaves, one thread: 14 µs
/// a row in blocks of 512, 3.4 of 8192, 3.0 of 32768).
constexpr std::int64_t kMinBlockRows = 1 << 10;
constexpr std::int64_t kMaxBlockRows = 1 << 15;
/// Yet no more than stay in the last-level cache from tree to tree.
constexpr std::int64_t kBlockBytes = 4 << 20;
/// Below this, walking a row through eight trees beats walking eight rows through a tree.
constexpr std::int64_t kFewRows = 8;
/// Trees times rows that are worth a thread of their own, about 100 µs.
constexpr std::int64_t kTaskWalks = 1 << 12;
/// Looking at all of a row first pays if it has no more values than this many for each tree.
constexpr std::int64_t kValuesPerTree = 8;
/// And copying it from trees on, if there are as many rows.
constexpr std::int64_t kCopyTrees = 8;
constexpr std::int64_t kCopiedRows = 64;
constexpr std::int64_t kMaxCopyBytes = 16 << 20;

bool has_missing(const float* values, std::int64_t n, std::int64_t stride) {
  return kernels().walk.has_missing_f32(values, n, stride);
}
bool has_missing(const double* values, std::int64_t n, std::int64_t stride) {
  return kernels().walk.has_missing_f64(values, n, stride);
}

/// Along the rows or the columns, whichever lie closer together.
template <typename T>
bool has_missing(const MatrixView& x) {
  const bool by_row = std::abs(x.col_stride) < std::abs(x.row_stride);
  const std::int64_t n_runs = by_row ? x.n_rows : x.n_cols, length = by_row ? x.n_cols : x.n_rows;
  const std::int64_t run_stride = by_row ? x.row_stride : x.col_stride;
  const std::int64_t stride = by_row ? x.col_stride : x.row_stride;
  for (std::int64_t i = 0; i < n_runs; ++i)
    if (has_missing(x.row<T>(0) + i * run_stride, length, stride)) return true;
  return false;
}

bool is_worth_a_pass(const MatrixView& x, std::int64_t n_trees) {
  return x.n_cols <= kValuesPerTree * n_trees;
}

/// Rows of a column-major table, whose values lie far apart, in a block of their own.
template <typename T>
MatrixView copy_by_row(const MatrixView& x, AlignedBuffer<T>& block) {
  block = AlignedBuffer<T>(static_cast<std::size_t>(x.n_rows * x.n_cols));
  for (std::int64_t first = 0; first < x.n_rows; first += kCopiedRows) {
    const std::int64_t end = std::min(first + kCopiedRows, x.n_rows);
    for (std::int32_t col = 0; col < x.n_cols; ++col) {
      const T* from = x.column<T>(col);
      T* to = block.data() + col;
      for (std::int64_t i = first; i < end; ++i) to[i * x.n_cols] = from[i * x.row_stride];
    }
  }
  return MatrixView::of(block.data(), x.n_rows, x.n_cols, x.n_cols, 1);
}

/// Calls walk(rows) with a block of rows as the kernel takes them.
template <typename T, typename Walk>
void with_rows(const MatrixView& x, std::int64_t n_trees, Walk&& walk) {
  const bool looks = is_worth_a_pass(x, n_trees);
  AlignedBuffer<T> block;
  const std::int64_t bytes = x.n_rows * x.n_cols * static_cast<std::int64_t>(sizeof(T));
  const bool copies = looks && n_trees >= kCopyTrees && x.n_rows >= kCopiedRows &&
                      bytes <= kMaxCopyBytes && std::abs(x.row_stride) < std::abs(x.col_stride);
  const MatrixView rows = copies ? copy_by_row(x, block) : x;
  walk(WalkRows<T>{rows.row<T>(0), rows.n_rows, rows.row_stride, rows.col_stride,
                   !looks || has_missing<T>(rows)});
}

/// Calls walk(first row, rows) for blocks of x, on all threads.
/// @param out_bytes what a row writes to
template <typename T, typename Walk>
void for_blocks(const Parallel& parallel, const MatrixView& x, std::int64_t n_trees,
                std::int64_t out_bytes, Walk&& walk) {
  const std::int64_t row_bytes = x.n_cols * static_cast<std::int64_t>(sizeof(T)) + out_bytes;
  const std::int64_t most = std::clamp(kBlockBytes / row_bytes, kMinBlockRows, kMaxBlockRows);
  const std::int64_t least = kTaskWalks / n_trees + kFewRows;
  const std::int64_t fair = x.n_rows / (2 * parallel.n_threads()) + 1;
  parallel.for_rows(x.n_rows, std::max(least, std::min(most, fair)),
                    [&](std::int64_t begin, std::int64_t end, int) {
                      with_rows<T>(x.rows(begin, end), n_trees,
                                   [&](const WalkRows<T>& rows) { walk(begin, rows); });
                    });
}

class PackedWalk final : public WalkEngine {
 public:
  explicit PackedWalk(const EnsembleModel& model)
      : model_(model), is_narrow_(NarrowWalkTable::can_hold(model)) {}

  void add_trees(const Parallel& parallel, const MatrixView& x, std::int32_t tree_begin,
                 std::int32_t tree_end, double* out) const override {
    if (tree_begin == tree_end) return;
    dispatch(parallel, x,
             [&]<typename Node, typename T>(const WalkForest<Node>& forest,
                                            const WalkFunctions<Node, T>& kernel) {
               const auto add = x.n_rows < kFewRows ? kernel.add_few_rows : kernel.add_rows;
               for_blocks<T>(parallel, x, tree_end - tree_begin,
                             model_.n_outputs * std::int64_t{sizeof(double)},
                             [&](std::int64_t begin, const WalkRows<T>& rows) {
                               add(forest, tree_begin, tree_end, rows,
                                   out + begin * model_.n_outputs);
                             });
             });
  }

  void find_leaves(const Parallel& parallel, const MatrixView& x,
                   std::int32_t* out) const override {
    const std::int32_t n_trees = model_.n_trees();
    if (n_trees == 0) return;
    dispatch(parallel, x,
             [&]<typename Node, typename T>(const WalkForest<Node>& forest,
                                            const WalkFunctions<Node, T>& kernel) {
               const auto find =
                   x.n_rows < kFewRows ? kernel.find_leaves_of_few : kernel.find_leaves;
               for_blocks<T>(parallel, x, n_trees, n_trees * std::int64_t{sizeof(std::int32_t)},
                             [&](std::int64_t begin, const WalkRows<T>& rows) {
                               find(forest, n_trees, rows, out + begin * n_trees);
                             });
             });
  }

 private:
  /// Calls run(forest, kernel functions) with what suits the table's number type.
  template <typename Run>
  void dispatch(const Parallel& parallel, const MatrixView& x, Run&& run) const {
    const WalkKernels& kernel = kernels().walk;
    if (x.dtype == DType::kFloat32 && is_narrow_) {
      const auto& table = narrow_.get([&] { return NarrowWalkTable(parallel, model_); });
      run(table.forest(model_), variant(kernel.narrow_f32));
      return;
    }
    const auto& table = wide_.get([&] { return WideWalkTable(parallel, model_); });
    if (x.dtype == DType::kFloat32)
      run(table.forest(model_), variant(kernel.wide_f32));
    else
      run(table.forest(model_), variant(kernel.wide_f64));
  }

  template <typename Node, typename T>
  const WalkFunctions<Node, T>& variant(const WalkVariants<Node, T>& variants) const {
    return model_.nodes.category_sets.empty() ? variants.thresholds : variants.sets;
  }

  const EnsembleModel& model_;
  bool is_narrow_;
  LazyTable<NarrowWalkTable> narrow_;
  LazyTable<WideWalkTable> wide_;
};

}  // namespace

bool can_run_packed_walk(const EnsembleModel&) {
  return true;
}

std::unique_ptr<const WalkEngine> make_packed_walk(const EnsembleModel& model) {
  return std::make_unique<PackedWalk>(model);
}

}  // namespace gbengine

#include "gbengine/predict/bit_vector_engine.hpp"

#include <algorithm>
#include <span>
#include <vector>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/kernel/kernels.hpp"
#include "gbengine/predict/bit_vector_table.hpp"
#include "gbengine/predict/lazy_table.hpp"
#include "gbengine/predict/row_groups.hpp"

namespace gbengine {
namespace {

/// Bytes of a block's values: they stay in the first-level cache, with one tree's tests.
constexpr std::int64_t kBlockBytes = 16 << 10;
/// Tests times rows that are worth a thread of their own, about 100 µs.
constexpr std::int64_t kTaskTests = std::int64_t{1} << 21;

class BitVectorEngine final : public PredictEngine {
 public:
  explicit BitVectorEngine(const EnsembleModel& model)
      : model_(model), n_outputs_(model.n_outputs) {}

  void add_trees(const Parallel& parallel, const MatrixView& x, std::int32_t tree_begin,
                 std::int32_t tree_end, double* out) const override {
    if (x.n_rows == 0 || tree_begin == tree_end) return;
    if (x.dtype == DType::kFloat32)
      add_typed(table_f32_, parallel, x, tree_begin, tree_end, out);
    else
      add_typed(table_f64_, parallel, x, tree_begin, tree_end, out);
  }

 private:
  template <typename T>
  void add_typed(const LazyTable<BitVectorTable<T>>& lazy, const Parallel& parallel,
                 const MatrixView& x, std::int32_t tree_begin, std::int32_t tree_end,
                 double* out) const {
    const BitVectorTable<T>& table = lazy.get([&] { return BitVectorTable<T>(model_); });
    const std::vector<SlotColumn> columns = table.columns_of(tree_begin, tree_end);
    const std::vector<std::int32_t> categories = table.category_slots_of(columns);
    const std::int64_t row_bytes =
        static_cast<std::int64_t>(table.n_slots() * sizeof(T)) + n_outputs_ * 8;
    const std::int64_t block_rows =
        kRowsPerGroup * std::clamp<std::int64_t>(kBlockBytes / (row_bytes * kRowsPerGroup), 1, 8);
    const std::int64_t n_tests = table.n_tests(tree_begin, tree_end) + tree_end - tree_begin;
    const std::int64_t n_blocks_of_task = kTaskTests / (n_tests * block_rows) + 1;
    parallel.for_rows(
        x.n_rows, n_blocks_of_task * block_rows, [&](std::int64_t begin, std::int64_t end, int) {
          const std::int64_t n_rows = (std::min(block_rows, end - begin) + kRowsPerGroup - 1) /
                                      kRowsPerGroup * kRowsPerGroup;
          AlignedBuffer<T> groups(static_cast<std::size_t>(n_rows) * table.n_slots());
          AlignedBuffer<double> sums(
              n_outputs_ == 1 ? 0 : static_cast<std::size_t>(n_rows * n_outputs_));
          for (std::int64_t first = begin; first < end; first += block_rows)
            add_block(table, x, first, std::min(first + block_rows, end), columns, categories,
                      tree_begin, tree_end, groups.data(), sums.data(), out + first * n_outputs_);
        });
  }

  template <typename T>
  void add_block(const BitVectorTable<T>& table, const MatrixView& x, std::int64_t begin,
                 std::int64_t end, std::span<const SlotColumn> columns,
                 std::span<const std::int32_t> categories, std::int32_t tree_begin,
                 std::int32_t tree_end, T* groups, double* sums, double* out) const {
    copy_to_groups(x, begin, end, columns, table.n_slots(), groups);
    make_codes(end - begin, categories, table.n_slots(), groups);
    const RowGroups<T> rows{groups, static_cast<std::int64_t>(table.n_slots()) * kRowsPerGroup,
                            kRowsPerGroup, end - begin};
    if (n_outputs_ == 1) {
      run_kernel(table, rows, tree_begin, tree_end, out);
      return;
    }
    for_each_sum(end - begin,
                 [&](std::int64_t sum, std::int64_t place) { sums[sum] = out[place]; });
    run_kernel(table, rows, tree_begin, tree_end, sums);
    for_each_sum(end - begin,
                 [&](std::int64_t sum, std::int64_t place) { out[place] = sums[sum]; });
  }

  template <typename T>
  static void run_kernel(const BitVectorTable<T>& table, const RowGroups<T>& rows,
                         std::int32_t tree_begin, std::int32_t tree_end, double* sums) {
    const BitVectorKernels& all = kernels().bit_vector;
    const BitVectorFunctions& kernel = table.has_sets() ? all.sets : all.thresholds;
    if constexpr (sizeof(T) == sizeof(float))
      kernel.add_f32(table.forest(), tree_begin, tree_end, rows, sums);
    else
      kernel.add_f64(table.forest(), tree_begin, tree_end, rows, sums);
  }

  /// Calls visit(place in the kernel's sums, place in row-major out).
  template <typename Visit>
  void for_each_sum(std::int64_t n_rows, Visit&& visit) const {
    for (std::int64_t r = 0; r < n_rows; ++r) {
      const std::int64_t first = r / kRowsPerGroup * kRowsPerGroup * n_outputs_ + r % kRowsPerGroup;
      for (std::int64_t k = 0; k < n_outputs_; ++k)
        visit(first + k * kRowsPerGroup, r * n_outputs_ + k);
    }
  }

  const EnsembleModel& model_;
  std::int64_t n_outputs_;
  LazyTable<BitVectorTable<float>> table_f32_;
  LazyTable<BitVectorTable<double>> table_f64_;
};

}  // namespace

bool can_run_bit_vector(const EnsembleModel& model) {
  if (model.leaf_width != 1) return false;
  const std::int64_t limit = kMaxMeanLeafTests * model.n_trees();
  std::int64_t n_tests = 0;
  for (std::size_t t = 0; t < model.tree_output.size() && n_tests <= limit; ++t) {
    TreeShape shape = shape_of(model, t);
    const std::vector<std::uint8_t> has_set = set_nodes(model, shape);
    shape.has_set = has_set;
    n_tests += count_leaf_tests(shape);
  }
  return n_tests <= limit;
}

std::unique_ptr<const PredictEngine> make_bit_vector_engine(const EnsembleModel& model) {
  return std::make_unique<BitVectorEngine>(model);
}

}  // namespace gbengine

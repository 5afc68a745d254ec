#include "gbengine/learn/category_split.hpp"

#include <algorithm>

#include "gbengine/kernel/kernels.hpp"
#include "gbengine/learn/category_groups.hpp"

namespace gbengine {
namespace {

/// The cells of one output, as CategoryGroups wants them.
template <CellWidth kWidth>
class PairCells {
 public:
  using Word = std::int64_t;
  using Result = ScanResult;

  PairCells(const ScanArgs& args, double smooth) : args_(args), smooth_(smooth) {}

  int n_bins() const { return args_.n_bins; }
  std::int64_t node_count() const { return args_.node_count; }
  double node_hess() const { return static_cast<double>(args_.node.hess); }
  const std::int64_t* counts() const { return args_.counts; }
  static constexpr int n_words() { return static_cast<int>(kWidth); }
  const Word* cell(int code) const { return args_.cells + code * n_words(); }

  static bool is_zero(const Word* words) {
    const GradientSum sum = sum_at(words);
    return sum.grad == 0 && sum.hess == 0;
  }
  static double hess_of(const Word* words) { return static_cast<double>(sum_at(words).hess); }

  void note(int group, const Word* words) {
    const GradientSum sum = sum_at(words);
    grad_[group] = static_cast<double>(sum.grad);
    hess_[group] = static_cast<double>(sum.hess);
  }

  void set_keys(CategoryGroup* groups, int n, int pool_code) {
    const ScoreParams& unit = args_.score;
    const double node_grad = static_cast<double>(args_.node.grad) * unit.grad_unit;
    const double node_hess = static_cast<double>(args_.node.hess) * unit.hess_unit;
    const double pull = smooth_ * node_grad / node_hess;
    for (int i = 0; i < n; ++i)
      grad_[i] = (grad_[i] * unit.grad_unit + pull) / (hess_[i] * unit.hess_unit + smooth_);
    // Only the pool can be without hessian: who stands alone has some.
    if (pool_code >= 0 && !(hess_[n - 1] * unit.hess_unit + smooth_ > 0))
      grad_[n - 1] = node_grad / node_hess;
    for (int i = 0; i < n; ++i) groups[i].key = grad_[i];
  }

  Word* pool() { return pool_; }
  Word* scratch() { return cells_; }

  Result scan(int n, const std::int64_t* counts, std::int64_t loose_count) const {
    ScanArgs args = args_;
    args.cells = cells_;
    args.n_bins = n;
    args.loose_count = loose_count;
    args.counts = counts;
    if constexpr (kWidth == CellWidth::kWide) return kernels().split_scan.wide(args);
    return kernels().split_scan.narrow(args);
  }

  bool left_is_heavier(const Result& found) const {
    return found.left.hess >= args_.node.hess - found.left.hess;
  }

 private:
  static GradientSum sum_at(const Word* words) {
    if constexpr (kWidth == CellWidth::kWide) return {words[0], words[1]};
    return {words[0] >> 32, words[0] & 0xffffffff};
  }

  const ScanArgs& args_;
  double smooth_;
  double grad_[kMaxGroups + 1];  // of the groups in the order they were found
  double hess_[kMaxGroups + 1];
  Word pool_[static_cast<int>(kWidth)] = {};
  Word cells_[(kMaxGroups + 1) * static_cast<int>(kWidth)];
};

constexpr ScanResult kNoSplit{-1.0, -1, 0, 0, {0, 0}};

template <CellWidth kWidth>
CategorySplit find_among(const ScanArgs& args, const CategoryRules& rules) {
  PairCells<kWidth> cells(args, rules.smooth);
  const auto split = CategoryGroups(cells, rules).find(args.to_beat, kNoSplit);
  return {split.found, split.left};
}

}  // namespace

CategorySplit find_category_split(CellWidth width, const ScanArgs& args,
                                  const CategoryRules& rules) {
  // Without hessian, integer or real, there is no mean step, and no split either.
  if (!(static_cast<double>(args.node.hess) * args.score.hess_unit > 0)) return {kNoSplit, {}};
  if (width == CellWidth::kWide) return find_among<CellWidth::kWide>(args, rules);
  return find_among<CellWidth::kNarrow>(args, rules);
}

}  // namespace gbengine

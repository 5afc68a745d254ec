#include "gbengine/learn/category_split.hpp"

#include <algorithm>

#include "gbengine/kernel/kernels.hpp"
#include "gbengine/learn/category_order.hpp"

namespace gbengine {
namespace {

/// Up to so many groups, each is tried alone against the rest.
constexpr int kMaxOneAgainstRest = 4;

/// The groups of one feature in one node, and the scans over them.
template <CellWidth kWidth>
class GroupedCells {
 public:
  GroupedCells(const ScanArgs& args, const CategoryRules& rules) : args_(args), rules_(rules) {
    collect();
  }

  CategorySplit find() {
    CategorySplit best{{-1.0, -1, 0, 0, {0, 0}}, {}};
    int left_begin = 0, left_end = 0;
    if (n_ <= kMaxOneAgainstRest) {
      std::sort(groups_, groups_ + n_, [](auto& a, auto& b) { return a.code < b.code; });
      for (int i = 0; i < n_; ++i) {
        const ScanResult found = scan_one_against_rest(i);
        if (!(found.total > best.found.total)) continue;
        best.found = found;
        left_begin = found.bin == 0 ? i : 0;
        left_end = found.bin == 0 ? i + 1 : n_;  // the second cell too: all but the missing
      }
    } else {
      set_keys();
      sort_ends(groups_, n_, middle_begin(), middle_begin() + n_middle());
      best.found = scan_in_order();
      left_end = prefix_of(best.found.bin);
    }
    if (best.found.total > args_.to_beat)
      best.left = codes_of(left_begin, left_end, best.found.left.hess);
    return best;
  }

 private:
  static constexpr int kWords = static_cast<int>(kWidth);

  static GradientSum sum_at(const std::int64_t* words) {
    if constexpr (kWidth == CellWidth::kWide) return {words[0], words[1]};
    return {words[0] >> 32, words[0] & 0xffffffff};
  }
  GradientSum cell(int code) const { return sum_at(args_.cells + code * kWords); }
  static bool is_zero(GradientSum sum) { return sum.grad == 0 && sum.hess == 0; }

  /// Parts the categories of the node into those that stand alone and those that share a group.
  /// Without branches: which is which is anybody's guess.
  void collect() {
    const double n_rows = static_cast<double>(args_.node_count);
    const double least =
        static_cast<double>(rules_.min_samples) * static_cast<double>(args_.node.hess);
    int n_rare = 0;
    for (int code = 0; code < args_.n_bins; ++code) {
      const GradientSum sum = cell(code);
      const bool is_seen = !is_zero(sum);
      const bool is_rare = static_cast<double>(sum.hess) * n_rows < least;
      groups_[n_].code = code;
      grad_[n_] = static_cast<double>(sum.grad);
      hess_[n_] = static_cast<double>(sum.hess);
      n_ += is_seen & !is_rare;
      rare_[n_rare] = static_cast<std::uint8_t>(code);
      n_rare += is_seen & is_rare;
      if (args_.counts != nullptr && !is_seen) loose_count_ += args_.counts[code];
    }
    n_rare_ = n_rare;
    if (n_rare > 0) make_pool();
  }

  /// The pool has the code of its lowest category, and comes last for now.
  void make_pool() {
    for (int i = 0; i < n_rare_; ++i) {
      for (int w = 0; w < kWords; ++w) pool_[w] += args_.cells[rare_[i] * kWords + w];
      if (args_.counts != nullptr) pool_count_ += args_.counts[rare_[i]];
    }
    const GradientSum sum = sum_at(pool_);
    pool_code_ = rare_[0];
    groups_[n_].code = pool_code_;
    grad_[n_] = static_cast<double>(sum.grad);
    hess_[n_] = static_cast<double>(sum.hess);
    ++n_;
  }

  void set_keys() {
    const ScoreParams& unit = args_.score;
    const double node_grad = static_cast<double>(args_.node.grad) * unit.grad_unit;
    const double node_hess = static_cast<double>(args_.node.hess) * unit.hess_unit;
    const double pull = rules_.smooth * node_grad / node_hess;
    for (int i = 0; i < n_; ++i)
      grad_[i] = (grad_[i] * unit.grad_unit + pull) / (hess_[i] * unit.hess_unit + rules_.smooth);
    // Only the pool can be without hessian: who stands alone has some.
    if (pool_code_ >= 0 && !(hess_[n_ - 1] * unit.hess_unit + rules_.smooth > 0))
      grad_[n_ - 1] = node_grad / node_hess;
    for (int i = 0; i < n_; ++i) groups_[i].key = grad_[i];
  }

  void add_to_cell(int at, int code) {
    const bool is_pool = code == pool_code_;
    const std::int64_t* from = is_pool ? pool_ : args_.cells + code * kWords;
    for (int w = 0; w < kWords; ++w) cells_[at * kWords + w] += from[w];
    if (args_.counts != nullptr) counts_[at] += is_pool ? pool_count_ : args_.counts[code];
  }

  /// Scans the first n of the scratch cells, and the feature's own missing cell behind them.
  ScanResult scan(int n) {
    for (int w = 0; w < kWords; ++w)
      cells_[n * kWords + w] = args_.cells[args_.n_bins * kWords + w];
    ScanArgs args = args_;
    args.cells = cells_;
    args.n_bins = n;
    args.loose_count = loose_count_;
    if (args_.counts != nullptr) {
      counts_[n] = args_.counts[args_.n_bins];
      args.counts = counts_;
    }
    if constexpr (kWidth == CellWidth::kWide) return kernels().split_scan.wide(args);
    return kernels().split_scan.narrow(args);
  }

  void clear(int n) {
    std::fill_n(cells_, n * kWords, 0);
    if (args_.counts != nullptr) std::fill_n(counts_, n, 0);
  }

  ScanResult scan_one_against_rest(int alone) {
    clear(2);
    for (int i = 0; i < n_; ++i) add_to_cell(i == alone ? 0 : 1, groups_[i].code);
    return scan(2);
  }

  /// The groups in the middle, more than max_threshold from both ends, and at least one (if there
  /// is one): the scan sees them as one cell, on whose sides are then the last allowed splits.
  int middle_begin() const { return std::min(rules_.max_threshold, n_ - 1); }
  int n_middle() const {
    return static_cast<int>(std::max<std::int64_t>(n_ - 2 * std::int64_t{rules_.max_threshold}, 1));
  }

  ScanResult scan_in_order() {
    const int n_cells = n_ - n_middle() + 1;
    const int begin = middle_begin(), end = begin + n_middle();
    clear(n_cells);
    for (int i = 0; i < begin; ++i) add_to_cell(i, groups_[i].code);
    for (int i = begin; i < end; ++i) add_to_cell(begin, groups_[i].code);
    for (int i = end; i < n_; ++i) add_to_cell(i - end + begin + 1, groups_[i].code);
    return scan(n_cells);
  }

  /// The number of groups up to a scratch cell.
  int prefix_of(int bin) const { return bin < rules_.max_threshold ? bin + 1 : bin + n_middle(); }

  /// The codes of some groups, and of what the node does not show if they are the heavier side.
  CategorySet codes_of(int begin, int end, std::int64_t left_hess) const {
    CategorySet codes;
    for (int i = begin; i < end; ++i) {
      codes.insert(static_cast<std::uint32_t>(groups_[i].code));
      for (int k = 0; groups_[i].code == pool_code_ && k < n_rare_; ++k) codes.insert(rare_[k]);
    }
    if (left_hess >= args_.node.hess - left_hess)
      for (int code = 0; code < args_.n_bins; ++code)
        if (is_zero(cell(code))) codes.insert(static_cast<std::uint32_t>(code));
    const auto last = static_cast<std::uint32_t>(args_.n_bins - 1);
    if (codes.contains(last)) codes.insert_from(last);
    return codes;
  }

  const ScanArgs& args_;
  const CategoryRules& rules_;
  // One place more than there are groups: collecting writes to where the next one would be.
  CategoryGroup groups_[kMaxGroups + 1];
  double grad_[kMaxGroups + 1];  // of the groups in the order they were found
  double hess_[kMaxGroups + 1];
  int n_ = 0;
  std::uint8_t rare_[kMaxGroups + 1];
  int n_rare_ = 0;
  int pool_code_ = -1;
  std::int64_t pool_[kWords] = {};
  std::int64_t pool_count_ = 0;
  std::int64_t loose_count_ = 0;  // rows whose category's sums are zero
  std::int64_t cells_[(kMaxGroups + 1) * kWords];
  std::int64_t counts_[kMaxGroups + 1];
};

}  // namespace

CategorySplit find_category_split(CellWidth width, const ScanArgs& args,
                                  const CategoryRules& rules) {
  // Without hessian, integer or real, there is no mean step, and no split either.
  if (!(static_cast<double>(args.node.hess) * args.score.hess_unit > 0))
    return {{-1.0, -1, 0, 0, {0, 0}}, {}};
  if (width == CellWidth::kWide) return GroupedCells<CellWidth::kWide>(args, rules).find();
  return GroupedCells<CellWidth::kNarrow>(args, rules).find();
}

}  // namespace gbengine

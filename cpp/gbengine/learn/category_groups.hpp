// CategoryGroups: the groups of one categorical feature in one node, and the search over them.
//
// What a group sums to, how groups are ordered and how a scan judges them is left to Cells, of one
// output (category_split.cpp) or of several (vector_category.cpp):
//   Word, Result                          of sums and of scans; Result has `total` and `bin`
//   n_bins(), node_count(), node_hess()   of the node; counts(): rows by cell, or nullptr
//   n_words(), cell(code)                 the words of a cell
//   is_zero(words), hess_of(words)        of some cell, or sum of cells
//   note(i, words)                        remembers the sums of group i, those last found
//   set_keys(groups, n, pool_code)        which order the groups
//   pool(), scratch()                     room for the words of a cell, and of 256 cells
//   scan(n, counts, loose_count)          over the first n scratch cells and the missing one behind
//   left_is_heavier(result)
#pragma once

#include <algorithm>
#include <cstdint>

#include "gbengine/base/category_set.hpp"
#include "gbengine/learn/category_order.hpp"
#include "gbengine/learn/category_split.hpp"

namespace gbengine {

template <typename Cells>
class CategoryGroups {
 public:
  using Word = typename Cells::Word;
  using Result = typename Cells::Result;

  struct Split {
    Result found;
    CategorySet left;
  };

  CategoryGroups(Cells& cells, const CategoryRules& rules) : cells_(cells), rules_(rules) {
    collect();
  }

  /// @param none what a scan gives that finds nothing
  Split find(double total_to_beat, const Result& none) {
    Split best{none, {}};
    int left_begin = 0, left_end = 0;
    if (n_ <= kMaxOneAgainstRest) {
      std::sort(groups_, groups_ + n_, [](auto& a, auto& b) { return a.code < b.code; });
      for (int i = 0; i < n_; ++i) {
        const Result found = scan_one_against_rest(i);
        if (!(found.total > best.found.total)) continue;
        best.found = found;
        left_begin = found.bin == 0 ? i : 0;
        left_end = found.bin == 0 ? i + 1 : n_;  // the second cell too: all but the missing
      }
    } else {
      cells_.set_keys(groups_, n_, pool_code_);
      sort_ends(groups_, n_, middle_begin(), middle_begin() + n_middle());
      best.found = scan_in_order();
      left_end = prefix_of(best.found.bin);
    }
    if (best.found.total > total_to_beat)
      best.left = codes_of(left_begin, left_end, cells_.left_is_heavier(best.found));
    return best;
  }

 private:
  /// Up to so many groups, each is tried alone against the rest.
  static constexpr int kMaxOneAgainstRest = 4;

  /// Parts the categories of the node into those that stand alone and those that share a group.
  /// Without branches: which is which is anybody's guess.
  void collect() {
    const double n_rows = static_cast<double>(cells_.node_count());
    const double least = static_cast<double>(rules_.min_samples) * cells_.node_hess();
    int n_rare = 0;
    for (int code = 0; code < cells_.n_bins(); ++code) {
      const Word* words = cells_.cell(code);
      const bool is_seen = !cells_.is_zero(words);
      const bool is_rare = cells_.hess_of(words) * n_rows < least;
      groups_[n_].code = code;
      cells_.note(n_, words);
      n_ += is_seen & !is_rare;
      rare_[n_rare] = static_cast<std::uint8_t>(code);
      n_rare += is_seen & is_rare;
      if (cells_.counts() != nullptr && !is_seen) loose_count_ += cells_.counts()[code];
    }
    n_rare_ = n_rare;
    if (n_rare > 0) make_pool();
  }

  /// The pool has the code of its lowest category, and comes last for now.
  void make_pool() {
    for (int i = 0; i < n_rare_; ++i) {
      for (int w = 0; w < cells_.n_words(); ++w) cells_.pool()[w] += cells_.cell(rare_[i])[w];
      if (cells_.counts() != nullptr) pool_count_ += cells_.counts()[rare_[i]];
    }
    pool_code_ = rare_[0];
    groups_[n_].code = pool_code_;
    cells_.note(n_, cells_.pool());
    ++n_;
  }

  void add_to_cell(int at, int code) {
    const bool is_pool = code == pool_code_;
    const Word* from = is_pool ? cells_.pool() : cells_.cell(code);
    Word* to = cells_.scratch() + at * cells_.n_words();
    for (int w = 0; w < cells_.n_words(); ++w) to[w] += from[w];
    if (cells_.counts() != nullptr) counts_[at] += is_pool ? pool_count_ : cells_.counts()[code];
  }

  /// Scans the first n of the scratch cells, and the feature's own missing cell behind them.
  Result scan(int n) {
    const Word* missing = cells_.cell(cells_.n_bins());
    std::copy_n(missing, cells_.n_words(), cells_.scratch() + n * cells_.n_words());
    if (cells_.counts() == nullptr) return cells_.scan(n, nullptr, loose_count_);
    counts_[n] = cells_.counts()[cells_.n_bins()];
    return cells_.scan(n, counts_, loose_count_);
  }

  void clear(int n) {
    std::fill_n(cells_.scratch(), n * cells_.n_words(), Word{0});
    if (cells_.counts() != nullptr) std::fill_n(counts_, n, 0);
  }

  Result scan_one_against_rest(int alone) {
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

  Result scan_in_order() {
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
  CategorySet codes_of(int begin, int end, bool is_heavier) const {
    CategorySet codes;
    for (int i = begin; i < end; ++i) {
      codes.insert(static_cast<std::uint32_t>(groups_[i].code));
      for (int k = 0; groups_[i].code == pool_code_ && k < n_rare_; ++k) codes.insert(rare_[k]);
    }
    if (is_heavier)
      for (int code = 0; code < cells_.n_bins(); ++code)
        if (cells_.is_zero(cells_.cell(code))) codes.insert(static_cast<std::uint32_t>(code));
    const auto last = static_cast<std::uint32_t>(cells_.n_bins() - 1);
    if (codes.contains(last)) codes.insert_from(last);
    return codes;
  }

  Cells& cells_;
  const CategoryRules& rules_;
  // One place more than there are groups: collecting writes to where the next one would be.
  CategoryGroup groups_[kMaxGroups + 1];
  int n_ = 0;
  std::uint8_t rare_[kMaxGroups + 1];
  int n_rare_ = 0;
  int pool_code_ = -1;
  std::int64_t pool_count_ = 0;
  std::int64_t loose_count_ = 0;  // rows whose category's sums are zero
  std::int64_t counts_[kMaxGroups + 1];
};

}  // namespace gbengine

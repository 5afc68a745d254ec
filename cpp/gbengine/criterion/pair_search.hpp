// PairSearch: split search where a node is two integers: one sum and the weight.
//
// One number, or one class of two. A column's rows are first brought together by code, in cells
// where there are rows enough for them and by sorting otherwise; then one pass over the groups
// scores a split after each. A criterion supplies Kind, which knows what the two integers mean:
//   double score(double a, double w) const;
//   NodeFacts facts(const NodeRows&, const std::uint32_t* counts, Pair sum, bool wants_impurity,
//                   double* value) const;
//   double value_of(double mean) const;   // of a mean a / w
//   double improvement_unit() const;
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>

#include "gbengine/base/aligned_buffer.hpp"
#include "gbengine/criterion/code_order.hpp"
#include "gbengine/criterion/split_search.hpp"
#include "gbengine/criterion/targets.hpp"

namespace gbengine {

struct Pair {
  std::int64_t a = 0, w = 0;
  Pair& operator+=(const Pair& other) {
    a += other.a;
    w += other.w;
    return *this;
  }
  friend Pair operator-(const Pair& x, const Pair& y) { return {x.a - y.a, x.w - y.w}; }
  friend Pair operator+(Pair x, const Pair& y) { return x += y; }
};

template <typename Kind>
class PairSearch final : public SplitSearch {
 public:
  PairSearch(const Targets& targets, const SplitRules& rules, const SearchSize& size)
      : targets_(targets),
        rules_(rules),
        kind_(targets),
        counts_rows_(!targets.weights_count && rules.min_samples_leaf > 1),
        by_row_(static_cast<std::size_t>(targets.n_rows)),
        pairs_(static_cast<std::size_t>(size.max_rows)),
        codes_(static_cast<std::size_t>(size.max_rows)),
        order_(size.max_rows),
        n_cells_(std::max(kFewCells, std::min(kCellsPerRow * size.max_rows, size.max_cells))),
        cells_(static_cast<std::size_t>(n_cells_)),
        cell_rows_(counts_rows_ ? static_cast<std::size_t>(n_cells_) : 0),
        groups_(static_cast<std::size_t>(size.max_rows) + 1) {
    std::fill(cells_.begin(), cells_.end(), Pair{});
    std::fill(cell_rows_.begin(), cell_rows_.end(), 0U);
  }

  void start_tree(const std::uint32_t* counts, std::int64_t min_weight_leaf) override {
    counts_ = counts;
    min_weight_leaf_ = min_weight_leaf;
    const bool is_classes = targets_.is_classes();
    for (std::int64_t i = 0; i < targets_.n_rows; ++i) {
      const std::int64_t count = counts == nullptr ? 1 : counts[i];
      const std::int64_t w = targets_.weight_of(i) * count;
      const std::int64_t a = is_classes ? targets_.slot[static_cast<std::size_t>(i)] * w
                                        : targets_.weighted_value(i, 0) * count;
      by_row_[static_cast<std::size_t>(i)] = {a, w};
    }
  }

  void sum(const NodeRows& rows, std::int64_t* sums) const override {
    Pair total;
    for (std::int64_t i = 0; i < rows.n; ++i) total += by_row_[rows.rows[i]];
    sums[0] = total.a;
    sums[1] = total.w;
  }

  NodeFacts open(const NodeRows& rows, const std::int64_t* sums, bool may_split,
                 double* value) override {
    node_ = rows;
    total_ = {sums[0], sums[1]};
    const NodeFacts facts = kind_.facts(rows, counts_, total_, rules_.wants_impurity, value);
    *value = std::clamp(*value, kind_.value_of(bounds_.low), kind_.value_of(bounds_.high));
    if (may_split && !facts.is_pure)
      for (std::int64_t i = 0; i < rows.n; ++i)
        pairs_[static_cast<std::size_t>(i)] = by_row_[rows.rows[i]];
    return facts;
  }

  void set_bounds(const MeanBounds& bounds) override { bounds_ = bounds; }

  bool seek(const CodedTable& table, std::int32_t feature, int monotonic,
            SplitCandidate& best) override {
    gather_groups(table.column(feature));
    const bool has_missing = missing_.w > 0;
    if (n_groups_ == 0 || (n_groups_ == 1 && !has_missing)) return false;
    Best found;
    if (!has_missing && monotonic == 0 && rules_.min_samples_leaf <= 1 && min_weight_leaf_ <= 0)
      scan_plain(found);
    else
      scan_all(monotonic, found);
    if (!(found.score > best.score)) return true;
    const auto at = static_cast<std::size_t>(found.group);
    const std::uint32_t next =
        found.group + 1 < n_groups_ ? groups_[at + 1].code : table.column(feature).n_codes;
    take(found.left, found.score, feature, table.cut_between(feature, groups_[at].code, next),
         found.missing_goes_left, has_missing, best);
    return true;
  }

  CodeRange read(const CodedTable& table, std::int32_t feature) override {
    const CodeColumn& column = table.column(feature);
    missing_code_ = column.n_codes;
    return column.visit(node_.n, [&](const auto& codes) {
      return column.has_missing ? read_with_missing(codes) : read_all(codes);
    });
  }

  void try_cut(const Cut& cut, bool missing_goes_left, std::int32_t feature, int monotonic,
               SplitCandidate& best) override {
    Pair left;
    std::int64_t n_left = 0;
    for (std::int64_t i = 0; i < node_.n; ++i) {
      // All bits set for a row that goes left.
      const std::int64_t mask = -std::int64_t{codes_[static_cast<std::size_t>(i)] <= cut.code};
      const Pair& pair = pairs_[static_cast<std::size_t>(i)];
      left.a += pair.a & mask;
      left.w += pair.w & mask;
      n_left -= mask;
    }
    const bool has_missing = n_missing_ > 0;
    if (has_missing && missing_goes_left) {
      left += missing_;
      n_left += n_missing_;
    }
    if (!is_allowed(left, n_left, monotonic)) return;
    const double score = score_of(left);
    if (!(score > best.score)) return;
    take(left, score, feature, cut, has_missing && missing_goes_left, has_missing, best);
  }

  const std::int64_t* best_left() const override { return best_left_; }
  double improvement_unit() const override { return kind_.improvement_unit(); }

 private:
  static constexpr std::int64_t kFewCells = 257;   // bins, and the missing one
  static constexpr std::int64_t kCellsPerRow = 4;  // more cells than that, and sorting is faster
  static constexpr std::int64_t kManyRows = 512;   // enough that most of few cells are taken

  struct Group {
    Pair sum;
    std::uint32_t code;
    std::uint32_t n_rows;  // only if rows are counted
  };

  struct Best {
    double score = -std::numeric_limits<double>::infinity();
    std::int64_t group = -1;  // the last that goes left
    Pair left;
    bool missing_goes_left = false;
  };

  std::int64_t count(const Pair& sum, std::int64_t n_rows) const {
    return targets_.weights_count ? sum.w : n_rows;
  }

  double score_of(const Pair& left) const {
    const Pair right = total_ - left;
    return kind_.score(static_cast<double>(left.a), static_cast<double>(left.w)) +
           kind_.score(static_cast<double>(right.a), static_cast<double>(right.w));
  }

  static double mean_of(const Pair& sum) {
    return static_cast<double>(sum.a) / static_cast<double>(sum.w);
  }

  bool is_allowed(const Pair& left, std::int64_t n_left, int monotonic) const {
    const Pair right = total_ - left;
    if (std::min(left.w, right.w) < std::max<std::int64_t>(min_weight_leaf_, 1)) return false;
    if (rules_.min_samples_leaf > 1) {  // else rows may not have been counted
      const std::int64_t left_count = count(left, n_left);
      if (std::min(left_count, count(total_, node_.n) - left_count) < rules_.min_samples_leaf)
        return false;
    }
    if (monotonic == 0) return true;
    const double left_mean = mean_of(left), right_mean = mean_of(right);
    return (right_mean - left_mean) * monotonic >= 0 &&
           std::min(left_mean, right_mean) >= bounds_.low &&
           std::max(left_mean, right_mean) <= bounds_.high;
  }

  void take(const Pair& left, double score, std::int32_t feature, const Cut& cut,
            bool missing_goes_left, bool saw_missing, SplitCandidate& best) {
    best_left_[0] = left.a;
    best_left_[1] = left.w;
    best = {
        score, feature, cut, missing_goes_left, saw_missing, mean_of(left), mean_of(total_ - left)};
  }

  // --- codes of a column, for single cuts ---

  template <typename Codes>
  CodeRange read_all(const Codes& codes) {
    std::uint32_t low = missing_code_, high = 0;
    for (std::int64_t i = 0; i < node_.n; ++i) {
      const std::uint32_t code = codes[node_.rows[i]];
      codes_[static_cast<std::size_t>(i)] = code;
      low = std::min(low, code);
      high = std::max(high, code);
    }
    n_missing_ = 0;
    return {low, high, false};
  }

  template <typename Codes>
  CodeRange read_with_missing(const Codes& codes) {
    std::uint32_t low = missing_code_, high = 0;
    missing_ = {};
    n_missing_ = 0;
    for (std::int64_t i = 0; i < node_.n; ++i) {
      const std::uint32_t code = codes[node_.rows[i]];
      codes_[static_cast<std::size_t>(i)] = code;
      if (code == missing_code_) {
        missing_ += pairs_[static_cast<std::size_t>(i)];
        ++n_missing_;
      } else {
        low = std::min(low, code);
        high = std::max(high, code);
      }
    }
    if (low == missing_code_) return {1, 0, true};
    return {low, high, n_missing_ > 0};
  }

  // --- groups ---

  void gather_groups(const CodeColumn& column) {
    missing_ = {};
    n_missing_ = 0;
    n_groups_ = 0;
    const std::int64_t n_cells = std::int64_t{column.n_codes} + 1;
    if (n_cells > kFewCells && n_cells > kCellsPerRow * node_.n) {
      gather_by_order(column);
    } else {
      column.visit(node_.n, [&](const auto& codes) { gather_by_cells(codes, n_cells); });
    }
  }

  void gather_by_order(const CodeColumn& column) {
    const auto items = order_.sort(column, node_.rows, node_.n);
    for (std::size_t i = 0; i < items.size();) {
      const std::uint32_t code = items[i].code;
      Pair sum;
      const std::size_t begin = i;
      for (; i < items.size() && items[i].code == code; ++i) sum += pairs_[items[i].at];
      add_group(column.n_codes, code, sum, static_cast<std::uint32_t>(i - begin));
    }
  }

  void add_group(std::uint32_t missing_code, std::uint32_t code, const Pair& sum,
                 std::uint32_t n_rows) {
    if (code == missing_code) {
      missing_ = sum;
      n_missing_ = n_rows;
    } else {
      groups_[static_cast<std::size_t>(n_groups_++)] = {sum, code, n_rows};
    }
  }

  template <typename Codes>
  void gather_by_cells(const Codes& codes, std::int64_t n_cells) {
    if (n_cells <= kFewCells && node_.n < kManyRows && !counts_rows_) {
      gather_by_marked_cells(codes, static_cast<std::uint32_t>(n_cells - 1));
      return;
    }
    for (std::int64_t i = 0; i < node_.n; ++i) {
      const std::size_t code = codes[node_.rows[i]];
      cells_[code] += pairs_[static_cast<std::size_t>(i)];
      if (counts_rows_) ++cell_rows_[code];
    }
    const auto missing_code = static_cast<std::uint32_t>(n_cells - 1);
    for (std::uint32_t code = 0; code <= missing_code; ++code) {
      if (cells_[code].w == 0) continue;
      std::uint32_t n_rows = 0;
      if (counts_rows_) n_rows = std::exchange(cell_rows_[code], 0);
      add_group(missing_code, code, std::exchange(cells_[code], Pair{}), n_rows);
    }
  }

  /// Few rows in few cells: a bit for each cell that was touched saves looking at the others.
  template <typename Codes>
  void gather_by_marked_cells(const Codes& codes, std::uint32_t missing_code) {
    std::uint64_t marks[(kFewCells + 63) / 64] = {};
    for (std::int64_t i = 0; i < node_.n; ++i) {
      const std::size_t code = codes[node_.rows[i]];
      cells_[code] += pairs_[static_cast<std::size_t>(i)];
      marks[code / 64] |= std::uint64_t{1} << (code % 64);
    }
    for (std::uint32_t word = 0; word < std::size(marks); ++word)
      for (std::uint64_t left = marks[word]; left != 0; left &= left - 1) {
        const std::uint32_t code = word * 64 + static_cast<std::uint32_t>(std::countr_zero(left));
        add_group(missing_code, code, std::exchange(cells_[code], Pair{}), 0);
      }
  }

  // --- splits ---

  /// No missing rows, no rules.
  void scan_plain(Best& found) const {
    Pair left;
    for (std::int64_t g = 0; g + 1 < n_groups_; ++g) {
      left += groups_[static_cast<std::size_t>(g)].sum;
      const double score = score_of(left);
      if (score > found.score) {
        found.score = score;
        found.group = g;
        found.left = left;
      }
    }
  }

  void scan_all(int monotonic, Best& found) const {
    Pair left;
    std::int64_t n_left = 0;
    const bool has_missing = missing_.w > 0;
    for (std::int64_t g = 0; g < n_groups_; ++g) {
      left += groups_[static_cast<std::size_t>(g)].sum;
      n_left += groups_[static_cast<std::size_t>(g)].n_rows;
      const bool is_last = g + 1 == n_groups_;
      if (!is_last || has_missing) try_group(g, left, n_left, false, monotonic, found);
      if (!is_last && has_missing)
        try_group(g, left + missing_, n_left + n_missing_, true, monotonic, found);
    }
  }

  void try_group(std::int64_t g, const Pair& left, std::int64_t n_left, bool missing_goes_left,
                 int monotonic, Best& found) const {
    if (!is_allowed(left, n_left, monotonic)) return;
    const double score = score_of(left);
    if (score > found.score) found = {score, g, left, missing_goes_left};
  }

  const Targets& targets_;
  SplitRules rules_;
  std::int64_t min_weight_leaf_ = 0;
  Kind kind_;
  bool counts_rows_;

  const std::uint32_t* counts_ = nullptr;
  AlignedBuffer<Pair> by_row_;  // of the tree
  AlignedBuffer<Pair> pairs_;   // of the node
  AlignedBuffer<std::uint32_t> codes_;
  std::uint32_t missing_code_ = 0;
  NodeRows node_{};
  Pair total_;
  MeanBounds bounds_;
  std::int64_t best_left_[2] = {};

  CodeOrder order_;
  std::int64_t n_cells_;
  AlignedBuffer<Pair> cells_;  // zero between searches
  AlignedBuffer<std::uint32_t> cell_rows_;
  AlignedBuffer<Group> groups_;
  std::int64_t n_groups_ = 0;
  Pair missing_;
  std::int64_t n_missing_ = 0;
};

}  // namespace gbengine

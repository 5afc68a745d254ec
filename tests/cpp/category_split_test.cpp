#include "gbengine/learn/category_split.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "gbengine/learn/category_order.hpp"
#include "isa_guard.hpp"

using namespace gbengine;

namespace {

struct Column {
  std::vector<GradientSum> cells;  // the missing one last
  std::vector<std::int64_t> counts;
  GradientSum node;
  std::int64_t node_count = 0;
};

Column random_column(int n_bins, bool has_missing, std::mt19937& random) {
  Column column;
  for (int b = 0; b <= n_bins; ++b) {
    const bool is_missing = b == n_bins;
    const bool is_empty = is_missing ? !has_missing : random() % 4 == 0;
    const std::int64_t hess = is_empty ? 0 : 1 + random() % (random() % 3 == 0 ? 4 : 90);
    const std::int64_t grad = is_empty ? 0 : static_cast<std::int64_t>(random() % 401) - 200;
    column.cells.push_back({grad, hess});
    // Rows that weigh nothing are in some empty cells too.
    column.counts.push_back(is_empty ? (random() % 3 == 0 ? random() % 9 : 0) : hess);
    column.node = column.node + column.cells.back();
    column.node_count += column.counts.back();
  }
  return column;
}

double score(GradientSum sum, const ScoreParams& p) {
  const double g = static_cast<double>(sum.grad) * p.grad_unit;
  return g * g / (static_cast<double>(sum.hess) * p.hess_unit + p.l2);
}

struct Way {
  double total = -1.0;
  std::vector<bool> left;  // by bin
  bool missing_goes_left = false;
};

/// The rule of docs/training.md, one way after the other.
class NaiveSearch {
 public:
  NaiveSearch(const Column& column, const ScanArgs& args, const CategoryRules& rules)
      : column_(column), args_(args), n_bins_(static_cast<std::size_t>(args.n_bins)) {
    std::vector<std::vector<std::size_t>> groups(1);
    for (std::size_t b = 0; b < n_bins_; ++b) {
      if (is_zero(column.cells[b])) continue;
      const bool is_rare =
          static_cast<double>(column.cells[b].hess) * static_cast<double>(args.node_count) <
          static_cast<double>(rules.min_samples) * static_cast<double>(args.node.hess);
      if (is_rare)
        groups[0].push_back(b);
      else
        groups.push_back({b});
    }
    if (groups[0].empty()) groups.erase(groups.begin());
    std::sort(groups.begin(), groups.end());
    if (groups.size() <= 4) {
      for (const auto& group : groups) try_all({{group}}, groups);
    } else {
      std::stable_sort(groups.begin(), groups.end(), [&](const auto& a, const auto& b) {
        return key(a, rules.smooth) < key(b, rules.smooth);
      });
      const auto n = static_cast<std::int64_t>(groups.size());
      std::vector<std::vector<std::vector<std::size_t>>> prefixes;
      for (std::int64_t k = 1; k < n; ++k)
        if (k <= rules.max_threshold || n - k <= rules.max_threshold)
          prefixes.push_back({groups.begin(), groups.begin() + k});
      try_all(prefixes, groups);
    }
  }

  const Way& best() const { return best_; }

 private:
  static bool is_zero(GradientSum sum) { return sum == GradientSum{0, 0}; }

  double key(const std::vector<std::size_t>& group, double smooth) const {
    GradientSum sum;
    for (std::size_t b : group) sum = sum + column_.cells[b];
    const double h = static_cast<double>(sum.hess) * args_.score.hess_unit;
    const double g_node = static_cast<double>(args_.node.grad) * args_.score.grad_unit;
    const double h_node = static_cast<double>(args_.node.hess) * args_.score.hess_unit;
    if (h + smooth == 0) return g_node / h_node;
    return (static_cast<double>(sum.grad) * args_.score.grad_unit + smooth * g_node / h_node) /
           (h + smooth);
  }

  void try_all(std::vector<std::vector<std::vector<std::size_t>>> lefts,
               const std::vector<std::vector<std::size_t>>& all) {
    const bool has_missing = !is_zero(column_.cells[n_bins_]);
    for (bool missing_left : {false, true}) {
      if (missing_left && !has_missing) break;
      for (const auto& left : lefts) try_one(left, has_missing, missing_left);
      if (has_missing && !missing_left) try_one(all, true, false);
    }
  }

  void try_one(const std::vector<std::vector<std::size_t>>& groups, bool has_missing,
               bool missing_left) {
    Way way;
    way.left.assign(n_bins_, false);
    GradientSum left = missing_left ? column_.cells[n_bins_] : GradientSum{0, 0};
    for (const auto& group : groups)
      for (std::size_t b : group) {
        way.left[b] = true;
        left = left + column_.cells[b];
      }
    const GradientSum right = args_.node - left;
    const bool left_is_heavier = left.hess >= right.hess;
    way.missing_goes_left = has_missing ? missing_left : left_is_heavier;
    std::int64_t n_left = way.missing_goes_left ? column_.counts[n_bins_] : 0;
    for (std::size_t b = 0; b < n_bins_; ++b) {
      if (is_zero(column_.cells[b])) way.left[b] = left_is_heavier;
      if (way.left[b]) n_left += column_.counts[b];
    }
    const double lighter = static_cast<double>(std::min(left.hess, right.hess));
    if (lighter < std::max(args_.min_hess, 1.0)) return;
    if (args_.counts != nullptr && std::min(n_left, args_.node_count - n_left) < args_.min_count)
      return;
    way.total = score(left, args_.score) + score(right, args_.score);
    if (way.total > best_.total) best_ = way;
  }

  const Column& column_;
  const ScanArgs& args_;
  std::size_t n_bins_;
  Way best_;
};

std::vector<std::int64_t> words_of(const Column& column, CellWidth width) {
  std::vector<std::int64_t> words;
  for (const GradientSum& cell : column.cells) {
    if (width == CellWidth::kNarrow) {
      words.push_back(cell.grad * (std::int64_t{1} << 32) + cell.hess);
    } else {
      words.push_back(cell.grad);
      words.push_back(cell.hess);
    }
  }
  return words;
}

/// All of the set's bits: those from the last bin on are that bin's.
CategorySet set_of(const std::vector<bool>& left) {
  CategorySet set;
  for (std::uint32_t b = 0; b < left.size(); ++b)
    if (left[b]) set.insert(b);
  if (!left.empty() && left.back()) set.insert_from(static_cast<std::uint32_t>(left.size()));
  return set;
}

void check_equal(const Column& column, ScanArgs args, const CategoryRules& rules) {
  const NaiveSearch naive(column, args, rules);
  for (CellWidth width : {CellWidth::kNarrow, CellWidth::kWide}) {
    const auto words = words_of(column, width);
    args.cells = words.data();
    const CategorySplit got = find_category_split(width, args, rules);
    CHECK(got.found.total == naive.best().total);
    if (!(naive.best().total > -1.0)) continue;
    CHECK(got.left == set_of(naive.best().left));
    if (got.found.has_missing)
      CHECK((got.found.missing_goes_left != 0) == naive.best().missing_goes_left);
  }
}

}  // namespace

TEST_CASE("the search equals the rule for all numbers of categories, with and without counts") {
  const CategoryRules all_rules[] = {{10.0, 32, 10}, {0.0, 32, 1},   {1.0, 1, 1},
                                     {3.0, 4, 1},    {1.0, 255, 40}, {0.5, 2'000'000'000, 3}};
  for_each_isa([&] {
    std::mt19937 random(5);
    for (int n_bins : {1, 2, 3, 4, 5, 6, 9, 20, 64, 66, 100, 254, 255})
      for (bool has_missing : {false, true})
        for (const CategoryRules& rules : all_rules)
          for (bool is_counted : {false, true}) {
            const Column column = random_column(n_bins, has_missing, random);
            const ScanArgs args{nullptr,
                                is_counted ? column.counts.data() : nullptr,
                                n_bins,
                                column.node,
                                column.node_count,
                                static_cast<double>(random() % 60),
                                static_cast<std::int64_t>(random() % 60),
                                {0.125, 0.5, 0, 1, 0}};
            check_equal(column, args, rules);
          }
  });
}

TEST_CASE("a node without hessian or without categories has no split") {
  const std::vector<std::int64_t> words(4, 0);
  const ScanArgs args{words.data(), nullptr, 3, {0, 0}, 5, 0, 1, {1, 1, 0, 0, 0}};
  CHECK(find_category_split(CellWidth::kNarrow, args, {0.0, 32, 1}).found.total == -1.0);
  const ScanArgs all_missing{words.data(), nullptr, 3, {4, 9}, 5, 0, 1, {1, 1, 0, 0, 0}};
  CHECK(find_category_split(CellWidth::kNarrow, all_missing, {0.0, 32, 1}).found.total == -1.0);
}

TEST_CASE("categories that the node does not show follow the heavier side, left on a tie") {
  for (std::int64_t left_hess : {7, 8, 9}) {
    const Column column{{{-9, left_hess}, {0, 0}, {9, 8}, {0, 0}, {0, 0}}, {}, {0, 8 + left_hess}};
    const auto words = words_of(column, CellWidth::kNarrow);
    const ScanArgs args{words.data(), nullptr, 4, column.node, 20, 0, 1, {1, 1, 0, 0, 0}};
    const CategorySplit split = find_category_split(CellWidth::kNarrow, args, {1.0, 32, 1});
    const bool is_left = left_hess >= 8;
    CHECK(split.left == set_of({true, is_left, false, is_left}));
  }
}

TEST_CASE("both ends of an order are as sorting all would have them") {
  std::mt19937 random(2);
  std::normal_distribution<double> normal;
  for (int kind = 0; kind < 8; ++kind)
    for (int n : {1, 2, 12, 13, 14, 65, 255})
      for (int most : {1, 7, 32, 300}) {
        std::vector<CategoryGroup> groups;
        for (int i = 0; i < n; ++i) {
          const double x = normal(random);
          const double keys[] = {x,
                                 std::exp(40 * x),
                                 std::round(x),
                                 0.0 * x,  // both zeros
                                 std::ldexp(x > 0 ? 1.0 : -1.0, 4 * i),
                                 x * 1e308,
                                 x > 0 ? std::numeric_limits<double>::infinity() : x,
                                 i == 0 ? 1e300 : x};
          groups.push_back({keys[kind], (i * 37 + 11) % 257});
        }
        std::vector<CategoryGroup> sorted = groups;
        std::sort(sorted.begin(), sorted.end());
        const int begin = std::min(most, n), end = std::max(n - most, begin);
        sort_ends(groups.data(), n, begin, end);
        std::sort(groups.begin() + begin, groups.begin() + end);
        for (int i = 0; i < n; ++i)
          CHECK(groups[static_cast<std::size_t>(i)].code ==
                sorted[static_cast<std::size_t>(i)].code);
      }
}

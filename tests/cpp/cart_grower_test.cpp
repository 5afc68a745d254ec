#include "gbengine/learn/cart_grower.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "cart_samples.hpp"
#include "naive_split.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

/// A training set and what to grow on it.
struct Problem {
  std::string criterion;
  SampleTable table;
  std::vector<std::int32_t> n_classes;
  std::vector<double> y, weight;
  CartConfig config;
  std::vector<std::uint32_t> counts;  // empty: every row once
  std::vector<std::int32_t> columns;
  int max_bins = 0;
};

Problem make_problem(const std::string& criterion, std::int64_t n_rows, std::int32_t n_cols,
                     unsigned seed, Weights weights = Weights::kNone) {
  Problem p;
  p.criterion = criterion;
  p.table = sample_table(n_rows, n_cols, seed);
  p.config = free_growth(n_cols);
  if (is_class_criterion(criterion)) p.n_classes = {seed % 2 == 0 ? 2 : 3};
  p.y = sample_targets(p.table, p.n_classes, 1, seed);
  p.weight = sample_weights(n_rows, weights, seed);
  for (std::int32_t f = 0; f < n_cols; ++f) p.columns.push_back(f);
  return p;
}

std::vector<std::uint32_t> random_counts(std::int64_t n_rows, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::uint32_t> counts(static_cast<std::size_t>(n_rows));
  for (auto& count : counts) count = random() % 3;
  return counts;
}

struct Grown {
  CartTree tree;
  std::vector<std::uint32_t> rows;
};

Targets targets_of(const Problem& p) {
  return make_targets(Parallel(1), {p.y.data(), p.table.n_rows, 1}, p.n_classes, pointer(p.weight),
                      std::max<std::int64_t>(3 * p.table.n_rows, 10'000));
}

Grown grow(const Problem& p, int n_threads = 1) {
  const CodedTable table = p.table.coded(p.max_bins);
  const Targets targets = targets_of(p);
  const Parallel parallel(n_threads);
  CartGrower grower(parallel, table, targets, p.config, find_criterion(p.criterion),
                    p.table.n_rows);
  std::vector<std::uint32_t> rows = all_rows(p.table.n_rows);
  if (!p.counts.empty()) std::erase_if(rows, [&](std::uint32_t row) { return p.counts[row] == 0; });
  const std::uint32_t* counts = p.counts.empty() ? nullptr : p.counts.data();
  (void)grower.grow(parallel, {rows, counts, p.columns, 8});  // a tree does not see the one before
  CartTree tree = grower.grow(parallel, {rows, counts, p.columns, 9});
  return {std::move(tree), grower.rows()};
}

bool same_tree(const CartTree& a, const CartTree& b) {
  bool same = a.n_nodes() == b.n_nodes();
  for_each_field([&](const char*, const auto& x, const auto& y) { same &= x == y; }, a.nodes,
                 b.nodes);
  return same;
}

std::vector<std::string> criterion_names() {
  std::vector<std::string> names;
  for (const CriterionRow& row : criterion_registry()) names.emplace_back(row.name);
  return names;
}

double predict(const Tree& tree, const std::vector<double>& x) {
  std::size_t node = 0;
  while (tree.left_child[node] != kNoChild) {
    const double value = x[static_cast<std::size_t>(tree.feature[node])];
    const bool left =
        std::isnan(value) ? tree.missing_goes_left[node] != 0 : value <= tree.threshold[node];
    node = static_cast<std::size_t>(tree.left_child[node]) + (left ? 0 : 1);
  }
  return tree.value[node];
}

/// Walks a tree beside the naive scan: what each node is, and why it was split there or not at all.
void check_against_naive(const Problem& p) {
  const Grown grown = grow(p);
  const Targets targets = targets_of(p);
  const auto min_weight =
      static_cast<std::int64_t>(std::ceil(p.config.min_weight_leaf / targets.weight_unit));
  const NaiveNode naive{p.criterion, &targets, p.counts.empty() ? nullptr : p.counts.data(),
                        p.config.min_samples_leaf, min_weight};
  const Tree& tree = grown.tree.nodes;
  std::vector<std::int32_t> depth(tree.feature.size(), 0);
  double total = 0.0;
  for (std::size_t i = 0; i < tree.feature.size(); ++i) {
    CAPTURE(i);
    const RowSpan span = grown.tree.rows[i];
    const std::vector<std::uint32_t> rows(grown.rows.begin() + span.begin,
                                          grown.rows.begin() + span.begin + span.size);
    const auto weight = static_cast<double>(naive.weight(rows));
    if (i == 0) total = weight;
    CHECK(tree.n_samples[i] == span.size);
    CHECK(tree.hess_sum[i] == doctest::Approx(weight * targets.weight_unit).epsilon(1e-12));
    const double impurity = naive.impurity(rows);
    CHECK(tree.impurity[i] == doctest::Approx(impurity).epsilon(1e-8));
    const auto value = naive.value(rows);
    for (std::size_t k = 0; k < value.size(); ++k)
      CHECK(tree.value[i * value.size() + k] == doctest::Approx(value[k]).epsilon(1e-9));

    double most = -1.0;
    for (const std::int32_t f : p.columns)
      for (const NaiveSplit& split : naive.splits(p.table, f, rows, 0))
        most = std::max(most, split.improvement);
    const auto n = targets.weights_count ? weight : static_cast<double>(span.size);
    const bool may_split = impurity > 1e-12 && most > -1.0 &&
                           n >= static_cast<double>(p.config.min_samples_split) &&
                           (p.config.max_depth == 0 || depth[i] < p.config.max_depth) &&
                           most * weight / total + 1e-12 >= p.config.min_impurity_decrease;
    REQUIRE((tree.left_child[i] != kNoChild) == may_split);
    if (!may_split) continue;
    CHECK(std::abs(tree.split_gain[i] - most * weight / total) <= 1e-9);
    const auto left = static_cast<std::size_t>(tree.left_child[i]);
    depth[left] = depth[left + 1] = depth[i] + 1;
    const auto left_rows = naive.left_rows(p.table, tree.feature[i], rows, tree.threshold[i],
                                           tree.missing_goes_left[i] != 0);
    const RowSpan of_left = grown.tree.rows[left];
    REQUIRE(static_cast<std::int64_t>(left_rows.size()) == of_left.size);
    CHECK(std::equal(left_rows.begin(), left_rows.end(), grown.rows.begin() + of_left.begin));
    if (!naive.has_missing(p.table, tree.feature[i], rows)) {
      const auto left_weight = static_cast<double>(naive.weight(left_rows));
      if (left_weight != doctest::Approx(weight - left_weight))  // else rounding decides
        CHECK((tree.missing_goes_left[i] != 0) == (left_weight > weight - left_weight));
    }
  }
}

}  // namespace

TEST_CASE("CartGrower: every node and split is the naive scan's") {
  unsigned seed = 20;
  for (const std::string& criterion : criterion_names())
    for (const Weights weights : {Weights::kNone, Weights::kWhole, Weights::kFractional})
      for (const bool is_drawn : {false, true})
        for (int rules = 0; rules < 4; ++rules) {
          Problem p = make_problem(criterion, 60, 5, ++seed, weights);
          if (is_drawn) p.counts = random_counts(60, seed);
          if (rules == 1) p.config.min_samples_leaf = 4, p.config.max_depth = 3;
          if (rules == 2) p.config.min_samples_split = 12, p.config.min_weight_leaf = 2.5;
          if (rules == 3) p.config.min_impurity_decrease = 0.02, p.columns = {0, 2, 4};
          CAPTURE(criterion);
          CAPTURE(seed);
          CAPTURE(static_cast<int>(weights));
          CAPTURE(is_drawn);
          CAPTURE(rules);
          check_against_naive(p);
        }
}

TEST_CASE("CartGrower: the same tree for any number of threads") {
  for (const std::string& criterion : criterion_names())
    for (int kind = 0; kind < 5; ++kind) {
      CAPTURE(criterion);
      CAPTURE(kind);
      Problem p = make_problem(criterion, 13'000, 8, 40 + static_cast<unsigned>(kind));
      p.config.min_samples_leaf = 5;
      if (criterion == "absolute_error") p.config.max_depth = 6;  // costs the most
      if (kind >= 1) p.config.max_features = 3, p.counts = random_counts(15'000, 1);
      if (kind == 2) p.config.random_cuts = true;
      if (kind == 3) p.config.max_leaf_nodes = 40;
      if (kind == 4) p.max_bins = 60;
      const Grown one = grow(p, 1);
      CHECK(one.tree.n_nodes() > 50);
      for (const int n_threads : {2, 5}) {
        const Grown more = grow(p, n_threads);
        CHECK(same_tree(one.tree, more.tree));
        CHECK(one.rows == more.rows);
      }
    }
}

TEST_CASE("CartGrower: the order of the rows does not matter") {
  for (const std::string& criterion : criterion_names()) {
    CAPTURE(criterion);
    Problem p = make_problem(criterion, 800, 5, 5, Weights::kFractional);
    p.config.max_features = 2;
    Problem shuffled = p;
    std::vector<std::uint32_t> order = all_rows(800);
    std::shuffle(order.begin(), order.end(), std::mt19937(3));
    shuffled.table = p.table.rows(order);
    for (std::size_t i = 0; i < 800; ++i) {
      shuffled.y[i] = p.y[order[i]];
      shuffled.weight[i] = p.weight[order[i]];
    }
    CHECK(same_tree(grow(p).tree, grow(shuffled).tree));
  }
}

TEST_CASE("CartGrower: a whole weight k is k rows") {
  for (const std::string& criterion : criterion_names()) {
    CAPTURE(criterion);
    Problem weighted = make_problem(criterion, 300, 5, 6, Weights::kWhole);
    weighted.config.min_samples_leaf = 3;
    weighted.config.min_samples_split = 10;
    Problem repeated = weighted;
    std::vector<std::uint32_t> which;
    for (std::uint32_t row = 0; row < 300; ++row)
      which.insert(which.end(), static_cast<std::size_t>(weighted.weight[row]), row);
    repeated.table = weighted.table.rows(which);
    repeated.y.clear();
    repeated.weight.clear();
    for (const std::uint32_t row : which) repeated.y.push_back(weighted.y[row]);
    CartTree a = grow(weighted).tree, b = grow(repeated).tree;
    a.nodes.n_samples.clear();  // rows, not copies
    b.nodes.n_samples.clear();
    CHECK(same_tree(a, b));
  }
}

TEST_CASE("CartGrower: of few leaves the ones that gain most are split first") {
  for (const std::string& criterion : criterion_names())
    for (const std::int32_t max_leaf_nodes : {2, 3, 7, 20}) {
      CAPTURE(criterion);
      CAPTURE(max_leaf_nodes);
      Problem p = make_problem(criterion, 400, 5, 8);
      p.config.min_samples_leaf = 5;
      const CartTree full = grow(p).tree;
      std::vector<std::uint8_t> is_cut(full.nodes.feature.size(), 1);
      std::vector<std::size_t> open{0};
      for (std::int32_t n_leaves = 1; n_leaves < max_leaf_nodes; ++n_leaves) {
        const auto best = std::max_element(open.begin(), open.end(), [&](auto a, auto b) {
          return full.nodes.split_gain[a] < full.nodes.split_gain[b];
        });
        const std::size_t node = *best;
        open.erase(best);
        is_cut[node] = 0;
        const auto left = static_cast<std::size_t>(full.nodes.left_child[node]);
        for (const std::size_t child : {left, left + 1})
          if (full.nodes.left_child[child] != kNoChild) open.push_back(child);
      }
      p.config.max_leaf_nodes = max_leaf_nodes;
      const CartTree limited = grow(p).tree;
      CHECK(limited.n_nodes() == 2 * max_leaf_nodes - 1);
      CHECK(same_tree(limited, full.without_branches(is_cut)));
    }
}

TEST_CASE(
    "CartGrower: monotonic columns move the prediction one way only, wherever they are split") {
  for (const std::string criterion :
       {"gini", "entropy", "squared_error", "absolute_error", "poisson"})
    for (const int direction : {1, -1})
      for (unsigned seed = 50; seed < 60; seed += 2) {
        CAPTURE(criterion);
        CAPTURE(direction);
        CAPTURE(seed);
        Problem p = make_problem(criterion, 300, 2, seed,
                                 seed % 4 == 0 ? Weights::kNone : Weights::kFractional);
        std::mt19937 random(seed);
        for (std::size_t i = 0; i < 300; ++i)
          p.y[i] = p.n_classes.empty() ? static_cast<double>(random() % 80) / 8
                                       : static_cast<double>(random() % 2);
        p.config.monotonic = {static_cast<std::int8_t>(direction), 0};
        p.config.min_samples_leaf = 3;
        const Tree tree = grow(p).tree.nodes;
        REQUIRE(tree.n_nodes() > 9);
        for (double other = -1; other < 7; ++other) {
          double before = direction * -1e9;
          for (double x = -750; x < 900; x += 7) {
            const double now = predict(tree, {x, other});
            REQUIRE((now - before) * direction >= 0);
            before = now;
          }
        }
      }
}

TEST_CASE("CartGrower: columns are drawn until one of them can be split") {
  Problem p = make_problem("gini", 100, 10, 12);
  for (std::size_t i = 0; i < 100; ++i)
    for (std::size_t f = 0; f < 10; ++f)
      if (f != 5) p.table.x[i * 10 + f] = 1.0;
  p.config.max_features = 1;
  const CartTree tree = grow(p).tree;
  for (std::int32_t node = 0; node < tree.n_nodes(); ++node)
    if (tree.nodes.is_leaf(node))
      CHECK(tree.nodes.impurity[static_cast<std::size_t>(node)] < 0.7);
    else
      CHECK(tree.nodes.feature[static_cast<std::size_t>(node)] == 5);
  CHECK(tree.n_nodes() > 10);
}

TEST_CASE("CartGrower: values closer together than the unit are averaged, in any order") {
  for (const std::string criterion : {"squared_error", "absolute_error"})
    for (const auto& y : std::vector<std::vector<double>>{{1e30, 1.0, 2.0, -0.0, 0.0},
                                                          {1e30, 2.0, 1.0, 0.0, -0.0}}) {
      Problem p;
      p.criterion = criterion;
      p.table = {5, 1, {0, 1, 1, 2, 2}};
      p.y = y;
      p.config = free_growth(1);
      p.columns = {0};
      const Tree tree = grow(p).tree.nodes;
      REQUIRE(tree.n_nodes() == 3);  // all of 0, 1 and 2 are nothing beside 1e30
      CHECK(tree.value[1] == 1e30);
      CHECK(tree.value[2] == doctest::Approx(0.75));
      p.table.x = {0, 1, 1, 0, 0};
      p.y[0] = 0.0;
      const Tree zeros = grow(p).tree.nodes;
      REQUIRE(zeros.n_nodes() == 3);
      CHECK(zeros.value[1] == 0.0);
      CHECK_FALSE(std::signbit(zeros.value[1]));
      CHECK(zeros.value[2] == 1.5);
    }
}

TEST_CASE("CartGrower: no impurity is below 0, though the values hardly differ") {
  for (const std::string& criterion : criterion_names()) {
    if (is_class_criterion(criterion)) continue;
    Problem p = make_problem(criterion, 300, 5, 9, Weights::kFractional);
    for (const double unit : {0x1p-50, 1e-12, 1e-7}) {
      for (std::size_t i = 0; i < 300; ++i) p.y[i] = 0.3 * (1 + unit * static_cast<double>(i % 7));
      const Tree tree = grow(p).tree.nodes;
      CHECK(*std::min_element(tree.impurity.begin(), tree.impurity.end()) >= 0);
      CHECK(*std::min_element(tree.value.begin(), tree.value.end()) >= 0.3 * (1 - 1e-15));
      CHECK(*std::max_element(tree.value.begin(), tree.value.end()) <= 0.3 * (1 + 7 * unit));
    }
  }
}

TEST_CASE("CartGrower: the least weight of a leaf is true weight, whatever a count stands for") {
  Problem p = make_problem("gini", 200, 5, 4);
  p.config.min_weight_leaf = 20;
  const Tree plain = grow(p).tree.nodes;
  const CodedTable table = p.table.coded();
  const Targets targets = targets_of(p);
  const std::vector<std::uint32_t> counts(200, 1 << 20);
  CartGrower grower(Parallel(1), table, targets, p.config, find_criterion("gini"), 200);
  const CartTree scaled =
      grower.grow(Parallel(1), {all_rows(200), counts.data(), p.columns, 9, std::ldexp(1.0, -20)});
  CHECK(scaled.nodes.feature == plain.feature);
  CHECK(scaled.nodes.threshold == plain.threshold);
  CHECK(scaled.nodes.hess_sum == plain.hess_sum);
  CHECK(*std::min_element(plain.hess_sum.begin(), plain.hess_sum.end()) >= 20);
}

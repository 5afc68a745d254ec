#include "gbengine/predict/binned_walk.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <random>

#include "isa_guard.hpp"
#include "random_table.hpp"
#include "random_trees.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

BinnedTree random_binned_tree(const BinnedMatrix& x, int n_leaves, TreeForm form,
                              std::mt19937& random) {
  const Tree shape = random_tree(x.n_features, n_leaves, form, random);
  BinnedTree tree{shape.feature, shape.left_child, {}, shape.missing_goes_left, shape.value};
  for (const std::int32_t f : shape.feature) {
    const int n_bins = f < 0 ? 1 : x.mappers[static_cast<std::size_t>(f)].n_bins();
    // The last bin: every value goes left, missing ones may go right.
    tree.bin_threshold.push_back(
        static_cast<std::uint8_t>(random() % static_cast<unsigned>(n_bins)));
    if (f < 0 || !x.mappers[static_cast<std::size_t>(f)].is_categorical()) continue;
    tree.threshold.resize(shape.feature.size());
    tree.threshold[tree.bin_threshold.size() - 1] = static_cast<double>(tree.category_sets.size());
    CategorySet set;
    for (std::uint64_t& word : set.words()) word = std::uint64_t{random()} << 32 | random();
    tree.category_sets.push_back(set);
  }
  return tree;
}

double naive_value(const BinnedTree& tree, const BinnedMatrix& x, std::int64_t row,
                   std::int32_t at = 0) {
  const auto node = static_cast<std::size_t>(at);
  if (tree.feature[node] < 0) return tree.value[node];
  const int code = x.column(tree.feature[node])[row];
  const int missing = x.mappers[static_cast<std::size_t>(tree.feature[node])].missing_bin();
  bool left = code <= tree.bin_threshold[node];
  if (code == missing)
    left = tree.missing_goes_left[node] == 1;
  else if (x.mappers[static_cast<std::size_t>(tree.feature[node])].n_categories > 0)
    left = naive_contains(tree.category_sets[static_cast<std::size_t>(tree.threshold[node])], code);
  return naive_value(tree, x, row, tree.left_child[node] + (left ? 0 : 1));
}

std::vector<double> start_of(const BinnedMatrix& x) {
  std::vector<double> raw(static_cast<std::size_t>(x.n_rows));
  for (std::size_t i = 0; i < raw.size(); ++i) raw[i] = 0.01 * static_cast<double>(i);
  return raw;
}

void check_tree(const BinnedMatrix& x, const BinnedTree& tree,
                const std::vector<std::uint32_t>& rows) {
  std::vector<double> expected = start_of(x);
  for (std::int64_t i = 0; i < x.n_rows && rows.empty(); ++i)
    expected[static_cast<std::size_t>(i)] += naive_value(tree, x, i);
  for (const std::uint32_t row : rows) expected[row] += naive_value(tree, x, row);
  for_each_isa([&] {
    for (int n_threads : {1, 3}) {
      std::vector<double> raw = start_of(x);
      add_tree_binned(Parallel(n_threads), tree, x, rows, raw.data());
      CHECK(raw == expected);
    }
  });
}

std::vector<std::uint32_t> some_rows(std::int64_t n_rows, unsigned one_in, std::mt19937& random) {
  std::vector<std::uint32_t> rows;
  for (std::int64_t i = 0; i < n_rows; ++i)
    if (random() % one_in == 0) rows.push_back(static_cast<std::uint32_t>(i));
  std::shuffle(rows.begin(), rows.end(), random);
  return rows;
}

}  // namespace

TEST_CASE("adds the value of each row's leaf, to all rows or to those named") {
  std::mt19937 random(1);
  for (const bool has_missing : {false, true})
    for (const std::int64_t n_rows : {1, 15, 16, 17, 63, 64, 65, 500}) {
      CAPTURE(n_rows);
      const BinnedMatrix x =
          random_table(n_rows, {2, 255, 3, 40, 255, 1}, has_missing, static_cast<unsigned>(n_rows));
      for (const int n_leaves : {1, 2, 8, 31, 32, 33, 64, 65, 200}) {
        CAPTURE(n_leaves);
        const BinnedTree tree = random_binned_tree(x, n_leaves, TreeForm::kAny, random);
        check_tree(x, tree, {});
        check_tree(x, tree, {static_cast<std::uint32_t>(n_rows - 1)});
        const auto rows = some_rows(n_rows, 3, random);
        if (!rows.empty()) check_tree(x, tree, rows);
      }
    }
}

TEST_CASE("large and deep trees") {
  std::mt19937 random(2);
  const BinnedMatrix x = random_table(3000, {255, 255, 20, 255}, true, 2);
  const auto rows = some_rows(3000, 2, random);
  for (const TreeForm form : {TreeForm::kAny, TreeForm::kLeftChain, TreeForm::kRightChain})
    for (const int n_leaves : {100, 300, 1500}) {
      CAPTURE(n_leaves);
      const BinnedTree tree = random_binned_tree(x, n_leaves, form, random);
      check_tree(x, tree, {});
      check_tree(x, tree, rows);
    }
}

TEST_CASE("splits on categories, in small trees and in large ones") {
  std::mt19937 random(4);
  for (const bool has_missing : {false, true})
    for (const std::int64_t n_rows : {1, 17, 64, 500}) {
      CAPTURE(n_rows);
      const BinnedMatrix x =
          with_categories(random_table(n_rows, {255, 40, 3, 255, 64, 2, 1}, has_missing, 4));
      for (const int n_leaves : {2, 31, 64, 65, 200, 1500}) {
        CAPTURE(n_leaves);
        const BinnedTree tree = random_binned_tree(x, n_leaves, TreeForm::kAny, random);
        check_tree(x, tree, {});
        const auto rows = some_rows(n_rows, 3, random);
        if (!rows.empty()) check_tree(x, tree, rows);
      }
    }
}

TEST_CASE("rows shared out over threads") {
  std::mt19937 random(3);
  const BinnedMatrix x = random_table(150'000, {255, 20, 7}, true, 3);
  const BinnedTree tree = random_binned_tree(x, 31, TreeForm::kAny, random);
  check_tree(x, tree, {});
  check_tree(x, tree, some_rows(150'000, 2, random));
}

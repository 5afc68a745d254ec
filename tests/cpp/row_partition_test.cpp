#include "gbengine/learn/row_partition.hpp"

#include <doctest/doctest.h>

#include <random>
#include <vector>

#include "isa_guard.hpp"
#include "random_table.hpp"

using namespace gbengine;

namespace {

std::vector<std::uint32_t> rows_of(const RowPartition& partition, const RowRun& run) {
  std::vector<std::uint32_t> rows(static_cast<std::size_t>(run.size));
  const std::uint32_t* listed = partition.rows(run);
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i] = listed == nullptr ? static_cast<std::uint32_t>(i) : listed[i];
  return rows;
}

struct Sides {
  std::vector<std::uint32_t> left, right;
};

Sides naive_split(const BinnedMatrix& x, const std::vector<std::uint32_t>& rows,
                  const SplitRule& rule) {
  Sides sides;
  const int missing = x.mappers[static_cast<std::size_t>(rule.feature)].missing_bin();
  for (std::uint32_t row : rows) {
    const int code = x.column(rule.feature)[row];
    const bool is_in_set = rule.left_codes.contains(static_cast<std::uint32_t>(code));
    const bool is_categorical = x.mappers[static_cast<std::size_t>(rule.feature)].is_categorical();
    const bool left = code == missing  ? rule.missing_goes_left
                      : is_categorical ? is_in_set
                                       : code <= rule.bin;
    (left ? sides.left : sides.right).push_back(row);
  }
  return sides;
}

}  // namespace

TEST_CASE("splits keep the order of rows and equal the naive ones, level after level") {
  for_each_isa([] {
    for (std::int64_t n_rows : {1, 63, 64, 65, 1000, 100'000})
      for (int n_threads : {1, 2, 5}) {
        const BinnedMatrix x = random_table(n_rows, {2, 255, 9, 40}, true, 11);
        const Parallel parallel(n_threads);
        RowPartition partition(n_rows);
        RowRun node = partition.start_all();
        for (int level = 0; level < 12 && node.size > 0; ++level) {
          const int f = level % 4;
          const SplitRule rule{
              f,
              static_cast<std::uint8_t>(x.mappers[static_cast<std::size_t>(f)].n_bins() / 2 -
                                        (level > 3)),
              level % 3 == 0};
          const Sides expected = naive_split(x, rows_of(partition, node), rule);
          const std::int64_t n_left = partition.split(parallel, x, node, rule);
          const RowRun left = RowPartition::left_child(node, n_left);
          const RowRun right = RowPartition::right_child(node, n_left);
          CHECK(rows_of(partition, left) == expected.left);
          CHECK(rows_of(partition, right) == expected.right);
          node = level % 2 == 0 ? left : right;
        }
      }
  });
}

TEST_CASE("rows of a set of categories go left, level after level") {
  for_each_isa([] {
    std::mt19937 random(8);
    for (std::int64_t n_rows : {1, 63, 64, 65, 1000, 70'000})
      for (int n_threads : {1, 5}) {
        BinnedMatrix x = random_table(n_rows, {2, 255, 9, 254, 130}, true, 12);
        for (auto& mapper : x.mappers) mapper.n_categories = mapper.n_bins() + 3;
        RowPartition partition(n_rows);
        RowRun node = partition.start_all();
        for (int level = 0; level < 10 && node.size > 0; ++level) {
          const int f = level % 5;
          SplitRule rule{f, 0, level % 3 == 0, {}};
          for (auto& word : rule.left_codes.words())
            word = (std::uint64_t{random()} << 32) + random();
          const Sides expected = naive_split(x, rows_of(partition, node), rule);
          const std::int64_t n_left = partition.split(Parallel(n_threads), x, node, rule);
          const RowRun left = RowPartition::left_child(node, n_left);
          const RowRun right = RowPartition::right_child(node, n_left);
          CHECK(rows_of(partition, left) == expected.left);
          CHECK(rows_of(partition, right) == expected.right);
          node = level % 2 == 0 ? left : right;
        }
      }
  });
}

TEST_CASE("a split leaves the node's own rows as they were") {
  const BinnedMatrix x = random_table(500, {10, 10}, false, 2);
  const Parallel one(1);
  RowPartition partition(500);
  const RowRun root = partition.start_all();
  const std::int64_t n_left = partition.split(one, x, root, {0, 4, false});
  const RowRun child = RowPartition::left_child(root, n_left);
  const auto before = rows_of(partition, child);
  partition.split(one, x, child, {1, 2, false});
  CHECK(rows_of(partition, child) == before);
}

TEST_CASE("a sampled root holds the rows it was given") {
  const BinnedMatrix x = random_table(300, {10}, false, 2);
  RowPartition partition(300);
  const RowRun root = partition.start_sampled([](std::uint32_t* rows) {
    for (std::uint32_t i = 0; i < 100; ++i) rows[i] = 3 * i;
    return std::int64_t{100};
  });
  const auto rows = rows_of(partition, root);
  const Sides expected = naive_split(x, rows, {0, 3, false});
  const std::int64_t n_left = partition.split(Parallel(1), x, root, {0, 3, false});
  CHECK(rows_of(partition, RowPartition::left_child(root, n_left)) == expected.left);
  CHECK(rows_of(partition, RowPartition::right_child(root, n_left)) == expected.right);
}

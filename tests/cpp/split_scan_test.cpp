#include "gbengine/kernel/split_scan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "gbengine/kernel/kernels.hpp"
#include "isa_guard.hpp"

using namespace gbengine;

namespace {

struct Column {
  std::vector<GradientSum> cells;  // the last one holds the missing rows
  std::vector<std::int64_t> counts;
};

Column random_column(int n_bins, bool has_missing, std::mt19937& random) {
  Column column;
  for (int b = 0; b <= n_bins; ++b) {
    const bool empty = b == n_bins ? !has_missing : random() % 5 == 0;
    column.counts.push_back(empty ? 0 : 1 + random() % 30);
    column.cells.push_back(empty ? GradientSum{0, 0}
                                 : GradientSum{static_cast<std::int64_t>(random() % 2001) - 1000,
                                               static_cast<std::int64_t>(random() % 100)});
  }
  return column;
}

double naive_score(double g, double h, const ScoreParams& p) {
  const double t = std::max(std::abs(g) - p.l1, 0.0);
  if (h + p.l2 <= 0) return 0;
  if (p.max_delta_step == 0) return t * t / (h + p.l2);
  const double w = std::min(t / (h + p.l2), p.max_delta_step);
  return 2.0 * t * w - (h + p.l2) * w * w;
}

/// The definition: every direction, every bin, left to right, first best wins.
ScanResult naive_scan(const Column& column, const ScanArgs& args) {
  const auto n_bins = static_cast<std::size_t>(args.n_bins);
  const GradientSum missing = column.cells[n_bins];
  const bool has_missing = missing.grad != 0 || missing.hess != 0;
  ScanResult best{-1.0, -1, 0, has_missing, {0, 0}};
  for (int missing_left = 0; missing_left <= (has_missing ? 1 : 0); ++missing_left) {
    GradientSum left = missing_left != 0 ? missing : GradientSum{0, 0};
    std::int64_t present = 0;
    for (std::size_t b = 0; b < n_bins; ++b) {
      if (b + 1 == n_bins && !(has_missing && missing_left == 0)) break;
      left = left + column.cells[b];
      present += column.counts[b];
      const GradientSum right = args.node - left;
      const double hl = static_cast<double>(left.hess), hr = static_cast<double>(right.hess);
      if (left.hess <= 0 || right.hess <= 0 || hl < args.min_hess || hr < args.min_hess) continue;
      const bool with_left = has_missing ? missing_left != 0 : left.hess >= right.hess;
      const std::int64_t n_left = present + (with_left ? column.counts[n_bins] : 0) +
                                  (left.hess >= right.hess ? args.loose_count : 0);
      if (args.counts != nullptr && std::min(n_left, args.node_count - n_left) < args.min_count)
        continue;
      const double total = naive_score(static_cast<double>(left.grad) * args.score.grad_unit,
                                       hl * args.score.hess_unit, args.score) +
                           naive_score(static_cast<double>(right.grad) * args.score.grad_unit,
                                       hr * args.score.hess_unit, args.score);
      if (total > best.total)
        best = {total, static_cast<std::int32_t>(b), missing_left, has_missing, left};
    }
  }
  return best;
}

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

void check_equal(const Column& column, ScanArgs args, CellWidth width) {
  const auto words = words_of(column, width);
  args.cells = words.data();
  args.score.screens = may_screen(args.score);
  const ScanResult got = width == CellWidth::kNarrow ? kernels().split_scan.narrow(args)
                                                     : kernels().split_scan.wide(args);
  const ScanResult expected = naive_scan(column, args);
  CHECK(got.total == expected.total);
  CHECK(got.bin == expected.bin);
  CHECK(got.missing_goes_left == expected.missing_goes_left);
  CHECK(got.has_missing == expected.has_missing);
  CHECK(got.left == expected.left);
}

}  // namespace

TEST_CASE(
    "the scan equals the definition for all bin counts, penalties, widths, instruction sets") {
  const ScoreParams params[] = {{1, 1, 0, 0, 0},
                                {0.125, 0.5, 0, 1, 0},
                                {0.125, 0.5, 30, 0.5, 0},
                                {1, 1, 0, 1, 0.25},
                                {0.5, 1, 10, 0, 2}};
  for_each_isa([&] {
    std::mt19937 random(3);
    for (int n_bins : {1, 2, 3, 7, 8, 9, 64, 254, 255})
      for (bool has_missing : {false, true})
        for (const ScoreParams& score : params)
          for (bool counted : {false, true}) {
            const Column column = random_column(n_bins, has_missing, random);
            GradientSum node;
            std::int64_t node_count = 0;
            for (std::size_t b = 0; b < column.cells.size(); ++b) {
              node = node + column.cells[b];
              node_count += column.counts[b];
            }
            const auto loose_count = static_cast<std::int64_t>(random() % 2 * 15);
            node_count += loose_count;
            const ScanArgs args{nullptr,    counted ? column.counts.data() : nullptr,
                                n_bins,     node,
                                node_count, static_cast<double>(random() % 50),
                                20,         score,
                                -1.0,       loose_count};
            for (CellWidth width : {CellWidth::kNarrow, CellWidth::kWide})
              check_equal(column, args, width);
          }
  });
}

TEST_CASE("sums of any size, and totals that nearly tie, are decided as the definition decides") {
  for_each_isa([] {
    std::mt19937 random(7);
    for (int round = 0; round < 2000; ++round) {
      const int n_bins = 2 + static_cast<int>(random() % 254);
      Column column = random_column(n_bins, round % 3 == 0, random);
      // All cells' sums stay below 2^31; few bits make many equal totals, many bits near ones.
      const int grad_bits = static_cast<int>(random() % 22),
                hess_bits = static_cast<int>(random() % 22);
      GradientSum node;
      for (GradientSum& cell : column.cells) {
        const bool empty = cell == GradientSum{};
        cell = {static_cast<std::int64_t>(random() % (2u << grad_bits)) - (1 << grad_bits),
                static_cast<std::int64_t>(random() % (2u << hess_bits))};
        if (empty) cell = {};
        node = node + cell;
      }
      const double l2 =
          round % 2 == 0 ? 0.0 : std::ldexp(1.0, static_cast<int>(random() % 70) - 10);
      const ScanArgs args{nullptr,
                          nullptr,
                          n_bins,
                          node,
                          0,
                          static_cast<double>(node.hess) / (2.0 + random() % 50),
                          1,
                          {std::ldexp(1.0, static_cast<int>(random() % 40) - 30),
                           std::ldexp(1.0, static_cast<int>(random() % 40) - 30), 0, l2, 0}};
      check_equal(column, args, CellWidth::kNarrow);
    }
  });
}

TEST_CASE("a split that does not beat the given total may stay unfound, one that does may not") {
  for_each_isa([] {
    std::mt19937 random(8);
    for (int round = 0; round < 500; ++round) {
      const Column column = random_column(20 + round % 200, round % 2 == 0, random);
      GradientSum node;
      for (const GradientSum& cell : column.cells) node = node + cell;
      const auto words = words_of(column, CellWidth::kNarrow);
      ScanArgs args{words.data(), nullptr, 20 + round % 200, node, 0, 5, 1, {0.5, 0.25, 0, 1, 0}};
      const ScanResult expected = naive_scan(column, args);
      args.score.screens = true;
      args.to_beat = std::nextafter(expected.total, 0.0);
      const ScanResult found = kernels().split_scan.narrow(args);
      CHECK(found.total == expected.total);
      CHECK(found.bin == expected.bin);
      CHECK(found.left == expected.left);
      args.to_beat = expected.total * (1 + std::ldexp(1.0, -static_cast<int>(random() % 50)));
      CHECK_FALSE(kernels().split_scan.narrow(args).total > args.to_beat);
    }
  });
}

TEST_CASE("ties go to the lowest bin and to missing on the right") {
  for_each_isa([] {
    // Bin 1 is empty: splits after bins 0 and 1 are the same; no gradient differs with direction.
    const Column column{{{-8, 4}, {0, 0}, {8, 4}, {0, 2}}, {4, 0, 4, 2}};
    const ScanArgs args{nullptr, nullptr, 3, {0, 10}, 10, 0, 1, {1, 1, 0, 0, 0}};
    const auto words = words_of(column, CellWidth::kNarrow);
    ScanArgs with_cells = args;
    with_cells.cells = words.data();
    const ScanResult got = kernels().split_scan.narrow(with_cells);
    CHECK(got.bin == 0);
    CHECK(got.missing_goes_left == 0);
    check_equal(column, args, CellWidth::kWide);
  });
}

TEST_CASE("missing rows with zero sums are counted on the side they will take") {
  for_each_isa([] {
    const Column column{{{-8, 9}, {8, 4}, {0, 0}}, {5, 5, 7}};  // 7 rows rounded to nothing
    ScanArgs args{nullptr, column.counts.data(), 2, {0, 13}, 17, 0, 6, {1, 1, 0, 0, 0}};
    check_equal(column, args, CellWidth::kNarrow);  // right has 5 rows: no split
    args.min_count = 5;
    check_equal(column, args, CellWidth::kNarrow);
  });
}

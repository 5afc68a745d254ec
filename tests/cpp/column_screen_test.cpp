#include "gbengine/kernel/column_screen.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "gbengine/kernel/kernels.hpp"
#include "isa_guard.hpp"

using namespace gbengine;

namespace {

/// Columns whose cells all sum to the node, as those of a histogram do.
struct Node {
  std::vector<std::int64_t> cells;
  std::vector<std::int32_t> cell_offset = {0};
  std::vector<std::int32_t> features;
  GradientSum sum;
};

std::int64_t word_of(GradientSum sum) {
  return sum.grad * (std::int64_t{1} << 32) + sum.hess;
}
GradientSum sum_of(std::int64_t word) {
  return {word >> 32, word & 0xffffffff};
}

Node random_node(std::mt19937& random, int n_columns, int most_bins, int hess_bits) {
  Node node;
  std::vector<GradientSum> rows(200);
  for (GradientSum& row : rows) {
    row = {static_cast<std::int64_t>(random() % (2u << hess_bits)) - (1 << hess_bits),
           static_cast<std::int64_t>(random() % (1u << hess_bits))};
    node.sum = node.sum + row;
  }
  for (int f = 0; f < n_columns; ++f) {
    const int n_bins = 1 + static_cast<int>(random() % most_bins);
    const bool has_missing = random() % 3 == 0;
    std::vector<GradientSum> cells(static_cast<std::size_t>(n_bins) + 1);
    for (const GradientSum& row : rows) {
      auto& cell = cells[random() % (cells.size() - (has_missing ? 0 : 1))];
      cell = cell + row;
    }
    for (const GradientSum& cell : cells) node.cells.push_back(word_of(cell));
    node.cell_offset.push_back(static_cast<std::int32_t>(node.cells.size()));
    if (random() % 4 != 0) node.features.push_back(f);
  }
  return node;
}

double best_of(const Node& node, std::int32_t feature, double min_hess, const ScoreParams& score) {
  const std::int32_t first = node.cell_offset[static_cast<std::size_t>(feature)];
  const std::int32_t n_bins = node.cell_offset[static_cast<std::size_t>(feature) + 1] - first - 1;
  ScanArgs args{node.cells.data() + first, nullptr, n_bins, node.sum, 200, min_hess, 1, score};
  args.score.screens = false;
  return kernels().split_scan.narrow(args).total;
}

/// Of all ways to part the cells in two.
double best_parting(const Node& node, std::int32_t feature, double min_hess,
                    const ScoreParams& score) {
  const std::int32_t first = node.cell_offset[static_cast<std::size_t>(feature)];
  const std::int32_t n = node.cell_offset[static_cast<std::size_t>(feature) + 1] - first;
  double best = -1.0;
  for (std::uint32_t set = 0; set < (1u << n); ++set) {
    GradientSum left;
    for (std::int32_t c = 0; c < n; ++c)
      if ((set >> c & 1) != 0)
        left = left + sum_of(node.cells[static_cast<std::size_t>(first + c)]);
    const std::int64_t cells[] = {word_of(left), word_of(node.sum - left), 0};
    const ScanArgs args{cells, nullptr, 2, node.sum, 200, min_hess, 1, score};
    best = std::max(best, kernels().split_scan.narrow(args).total);
  }
  return best;
}

ScreenArgs args_of(const Node& node, double min_hess, ScoreParams score) {
  score.screens = true;
  return {node.cells.data(),
          node.cell_offset.data(),
          node.features.data(),
          static_cast<std::int32_t>(node.features.size()),
          node.sum,
          min_hess,
          score,
          0.0,
          true};
}

}  // namespace

TEST_CASE("columns of numbers: the bounds hold, and no column that matters is left out") {
  for_each_isa([] {
    std::mt19937 random(5);
    for (int round = 0; round < 600; ++round) {
      const Node node = random_node(random, 1 + static_cast<int>(random() % 12),
                                    round % 2 == 0 ? 70 : 5, 3 + static_cast<int>(random() % 18));
      const double min_hess = static_cast<double>(node.sum.hess) / (2.0 + random() % 40);
      const ScoreParams score{0.25, 0.5, 0, round % 3 == 0 ? 0.0 : 1.0 * (random() % 1000), 0};
      ScreenArgs args = args_of(node, min_hess, score);
      args.rises = round % 5 < 3;
      std::vector<double> best;
      for (const auto f : node.features) best.push_back(best_of(node, f, min_hess, score));
      const double best_of_all = best.empty() ? -1.0 : *std::max_element(best.begin(), best.end());
      if (round % 4 == 0) args.to_reach = best_of_all * (0.9 + 0.02 * (random() % 8));
      args.to_reach = std::max(args.to_reach, 0.0);
      std::vector<double> at_most(best.size(), 7.0);
      const double at_least = kernels().column_screen.numbers(args, at_most.data());
      CHECK(at_least <= std::max(best_of_all, 0.0));
      for (std::size_t i = 0; i < best.size(); ++i) {
        const double must = args.rises ? std::max(args.to_reach, best_of_all) : args.to_reach;
        if (best[i] >= must) CHECK(at_most[i] >= best[i]);
        if (at_most[i] >= 0) CHECK(at_most[i] <= best[i] * 1.00001);
        if (best[i] < must * 0.9999) CHECK((at_most[i] < must || args.rises));
      }
    }
  });
}

TEST_CASE("the columns that reach the result are few: those that nearly tie with the best") {
  for_each_isa([] {
    std::mt19937 random(6);
    for (int round = 0; round < 100; ++round) {
      const Node node = random_node(random, 12, 60, 16);
      const ScoreParams score{1, 1, 0, 1, 0};
      std::vector<double> at_most(node.features.size());
      const double at_least =
          kernels().column_screen.numbers(args_of(node, 1.0, score), at_most.data());
      for (std::size_t i = 0; i < at_most.size(); ++i) {
        const double best = best_of(node, node.features[i], 1.0, score);
        CHECK((at_most[i] >= at_least) == (best >= at_least * (1 - 0x1p-17)));
      }
    }
  });
}

TEST_CASE("columns of categories: no way to part them beats the bound") {
  for_each_isa([] {
    std::mt19937 random(7);
    for (int round = 0; round < 120; ++round) {
      const Node node = random_node(random, 2, 7, 2 + static_cast<int>(random() % 18));
      const ScoreParams score{0.25, 0.5, 0, round % 3 == 0 ? 0.0 : 1.0 * (random() % 5000), 0};
      for (const std::int32_t& f : node.features) {
        ScreenArgs args = args_of(node, 1.0, score);
        args.features = &f;
        args.n_features = 1;
        const double bound = kernels().column_screen.categories(args);
        CHECK(bound >= best_parting(node, f, 1.0, score));
      }
    }
  });
}

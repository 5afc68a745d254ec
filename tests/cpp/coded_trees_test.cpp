#include "gbengine/predict/coded_trees.hpp"

#include <doctest/doctest.h>

#include "random_trees.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

constexpr std::int64_t kRows = 400;
const std::vector<std::int32_t> kCategories{3, 0, 300, 0, 40};  // columns 1 and 3 are numbers

std::vector<double> random_rows(std::mt19937& random) {
  std::vector<double> x;
  for (std::int64_t i = 0; i < kRows; ++i)
    for (const std::int32_t n : kCategories)
      x.push_back(random() % 8 == 0 ? std::nan("")
                  : n == 0          ? std::normal_distribution<double>()(random)
                                    : static_cast<double>(random() % static_cast<unsigned>(n)));
  return x;
}

/// Trees as if grown on the table: thresholds are its edges, sets do not part what shares a code.
EnsembleModel model_on(const CodedTable& table, std::mt19937& random) {
  EnsembleModel model;
  model.n_features = table.n_features();
  model.n_categories = kCategories;
  model.base_score = {0.0};
  for (int t = 0; t < 5; ++t) {
    Tree tree = random_tree(table.n_features(), 60, TreeForm::kAny, random);
    for (std::size_t i = 0; i < tree.feature.size(); ++i) {
      const std::int32_t f = tree.feature[i];
      if (f == kLeafFeature) continue;
      const std::uint32_t n_codes = table.column(f).n_codes;
      if (!model.is_categorical(f)) {
        tree.threshold[i] = table.column(f).points[random() % (n_codes - 1)];
        continue;
      }
      CategorySet set;
      for (std::uint32_t code = 0; code + 1 < n_codes; ++code)
        if (random() % 2 == 0) set.insert(code);
      if (random() % 2 == 0) set.insert_from(n_codes - 1);
      tree.threshold[i] = static_cast<double>(tree.category_sets.size());
      tree.category_sets.push_back(set);
    }
    model.append(tree, 0);
  }
  validate(model);
  return model;
}

void check_table(int max_bins) {
  CAPTURE(max_bins);
  std::mt19937 random(7);
  const std::vector<double> x = random_rows(random);
  const auto n = static_cast<std::int32_t>(kCategories.size());
  const CodedTable table(Parallel(1), MatrixView::of(x.data(), kRows, n, n, 1), nullptr, max_bins,
                         kCategories);
  const EnsembleModel model = model_on(table, random);
  for (const std::int32_t first : {0, 2}) {
    const CodedTrees trees(model, table, first);
    for (std::uint32_t row = 0; row < kRows; ++row)
      for (std::int32_t t = first; t < model.n_trees(); ++t) {
        const std::int64_t root = model.tree_begin[static_cast<std::size_t>(t)];
        std::vector<double> cells(x.begin() + row * n, x.begin() + (row + 1) * n);
        CHECK(trees.leaf_of(t, row) == root + naive_leaf(model, t, 0, cells.data()));
        const std::uint32_t other = kRows - 1 - row;
        const auto changed = static_cast<std::int32_t>(row % kCategories.size());
        cells[static_cast<std::size_t>(changed)] =
            x[static_cast<std::size_t>(static_cast<std::int64_t>(other) * n + changed)];
        CHECK(trees.leaf_with(t, row, changed, other) ==
              root + naive_leaf(model, t, 0, cells.data()));
      }
  }
}

}  // namespace

TEST_CASE("trees over codes reach the leaves that they reach over values") {
  for (const int max_bins : {0, 16, 255}) check_table(max_bins);
}

#include "gbengine/ensemble/row_losses.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace gbengine;

namespace {

/// A root and its leaves 1 and 2, which hold `values`.
Tree leaves_of(std::size_t width, const std::vector<double>& values) {
  Tree tree;
  tree.feature = {0, kLeafFeature, kLeafFeature};
  tree.value.assign(width, 0.0);
  tree.value.insert(tree.value.end(), values.begin(), values.end());
  return tree;
}

std::vector<double> losses_of(RowLoss loss, const Tree& tree, const std::vector<double>& y,
                              std::int32_t n_classes, const std::vector<std::int32_t>& leaf) {
  std::vector<double> out(y.size(), -1.0);
  row_losses(Parallel(1), loss, tree, {y.data(), static_cast<std::int64_t>(y.size()), 1}, n_classes,
             leaf, out.data());
  return out;
}

}  // namespace

TEST_CASE("row_losses: 1 for a wrong class") {
  CHECK(losses_of(RowLoss::kWrongClass, leaves_of(1, {0.5, 0.6}), {0, 1, 0, 1}, 2, {1, 1, 2, 2}) ==
        std::vector<double>{0, 1, 1, 0});
  CHECK(losses_of(RowLoss::kWrongClass, leaves_of(3, {0.4, 0.4, 0.2, 0, 0, 1}), {0, 1, 1, 2}, 3,
                  {1, 1, 2, 2}) == std::vector<double>{0, 1, 1, 0});
  CHECK(losses_of(RowLoss::kWrongClass, leaves_of(1, {1.0, 1.0}), {0, 0}, 1, {1, 2}) ==
        std::vector<double>{0, 0});
}

TEST_CASE("row_losses: distances over the largest one") {
  const Tree tree = leaves_of(1, {10.0, -1.0});
  const std::vector<double> y{10.0, 12.0, 3.0, 1.0};
  const std::vector<std::int32_t> leaf{1, 1, 2, 2};
  CHECK(losses_of(RowLoss::kLinear, tree, y, 0, leaf) == std::vector<double>{0, 0.5, 1, 0.5});
  CHECK(losses_of(RowLoss::kSquare, tree, y, 0, leaf) == std::vector<double>{0, 0.25, 1, 0.25});
  const auto exponential = losses_of(RowLoss::kExponential, tree, y, 0, leaf);
  CHECK(exponential[0] == 0.0);
  CHECK(exponential[1] == doctest::Approx(1 - std::exp(-0.5)).epsilon(1e-15));
  CHECK(exponential[2] == doctest::Approx(1 - std::exp(-1.0)).epsilon(1e-15));
}

TEST_CASE("row_losses: a perfect tree has none, and tiny distances count in full") {
  const Tree tree = leaves_of(1, {10.0, 0.0});
  for (const RowLoss loss : {RowLoss::kLinear, RowLoss::kSquare, RowLoss::kExponential}) {
    CHECK(losses_of(loss, tree, {10.0, 0.0}, 0, {1, 2}) == std::vector<double>{0, 0});
    const auto tiny = losses_of(loss, tree, {10.0, 1e-310}, 0, {1, 2});
    CHECK(tiny[0] == 0.0);
    CHECK(tiny[1] > 0.6);
  }
}

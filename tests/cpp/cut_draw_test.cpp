#include "gbengine/learn/cut_draw.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "cart_samples.hpp"
#include "category_samples.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

std::vector<std::uint32_t> some_rows(std::int64_t n_all, std::size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::set<std::uint32_t> rows;
  while (rows.size() < n) rows.insert(static_cast<std::uint32_t>(random() % n_all));
  return {rows.begin(), rows.end()};
}

/// Every column's cut for a node; those that cannot be cut have no feature.
std::vector<DrawnCut> draw_all(const CodedTable& table, const CodedView& view, const NodeRows& rows,
                               std::uint64_t key, bool reads_most_columns) {
  const CounterRng rng(5, RngPurpose::kCartCut);
  CutDraw draw(table, reads_most_columns);
  draw.start(view, rows, rng.at(1, key));
  std::vector<DrawnCut> cuts;
  for (std::int32_t f = 0; f < table.n_features(); ++f) {
    DrawnCut cut{};
    if (!draw.draw(f, 0, cut)) cut.feature = -1;
    cuts.push_back(cut);
  }
  return cuts;
}

bool same_cut(const DrawnCut& a, const DrawnCut& b) {
  if (a.feature != b.feature || a.feature < 0) return a.feature == b.feature;
  return a.is_categorical == b.is_categorical && a.saw_missing == b.saw_missing &&
         a.missing_goes_left == b.missing_goes_left &&
         (a.is_categorical ? a.categories.left == b.categories.left : a.cut.code == b.cut.code);
}

}  // namespace

TEST_CASE("cut draw: a node's cuts are the same however its codes are read") {
  const SampleTable table = sample_table_with_categories(600, 12, 2);
  const CodedTable coded = coded_with_categories(table, 255);
  const CodedView whole(coded);
  for (const std::size_t n : {2, 3, 40, 300}) {
    const std::vector<std::uint32_t> rows = some_rows(600, n, static_cast<unsigned>(n));
    CodedView copy(coded);
    copy.copy_rows(rows.data(), static_cast<std::int64_t>(n));
    const std::vector<std::uint32_t> places = all_rows(static_cast<std::int64_t>(n));
    const auto size = static_cast<std::int64_t>(n);
    for (std::uint64_t key = 0; key < 20; ++key) {
      const auto wide = draw_all(coded, whole, {rows.data(), size}, key, true);
      const auto column_wise = draw_all(coded, whole, {rows.data(), size}, key, false);
      const auto copied = draw_all(coded, copy, {places.data(), size, rows.data()}, key, true);
      for (std::size_t f = 0; f < wide.size(); ++f) {
        CAPTURE(f);
        CHECK(same_cut(wide[f], column_wise[f]));
        CHECK(same_cut(wide[f], copied[f]));
      }
    }
  }
}

TEST_CASE("cut draw: both sides of every cut have rows, and constant columns have none") {
  const SampleTable table = sample_table_with_categories(300, 12, 4);
  for (const int max_bins : {255, 0}) {
    const CodedTable coded = coded_with_categories(table, max_bins);
    const CodedView view(coded);
    for (const std::size_t n : {2, 5, 60}) {
      const std::vector<std::uint32_t> rows = some_rows(300, n, static_cast<unsigned>(n) + 7);
      for (std::uint64_t key = 0; key < 20; ++key)
        for (const DrawnCut& cut :
             draw_all(coded, view, {rows.data(), static_cast<std::int64_t>(n)}, key, true)) {
          if (cut.feature < 0) continue;
          const CodeColumn& column = coded.column(cut.feature);
          std::size_t n_left = 0;
          with_side(cut.side(column), [&](const auto& goes_left) {
            column.visit([&](const auto* codes) {
              for (const std::uint32_t row : rows) n_left += goes_left(codes[row]) ? 1 : 0;
            });
          });
          CHECK(n_left > 0);
          CHECK(n_left < n);
        }
    }
  }
}

TEST_CASE("cut draw: every way to part three categories comes up about as often") {
  const SampleTable table{3, 1, {0, 1, 2}};
  const CodedTable coded(Parallel(1), table.view(), nullptr, 255, std::vector<std::int32_t>{3});
  const CodedView view(coded);
  const std::vector<std::uint32_t> rows = all_rows(3);
  std::map<std::uint64_t, int> times;
  for (std::uint64_t key = 0; key < 6000; ++key)
    ++times[draw_all(coded, view, {rows.data(), 3}, key, true)[0].categories.left.words()[0]];
  CHECK(times.size() == 6);
  for (const auto& [set, n] : times) CHECK(std::abs(n - 1000) < 200);
}

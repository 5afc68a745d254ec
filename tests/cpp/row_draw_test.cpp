#include "gbengine/learn/row_draw.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include "cart_samples.hpp"
#include "gbengine/base/error.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

using Counts = std::vector<std::uint32_t>;
using Content = std::vector<double>;

/// Rows with few different contents; y depends on the row's content alone.
struct Drawn {
  SampleTable table;
  std::vector<double> y, weight;

  Drawn rows(const std::vector<std::uint32_t>& which) const {
    Drawn out{table.rows(which), {}, {}};
    for (const std::uint32_t row : which) {
      out.y.push_back(y[row]);
      if (!weight.empty()) out.weight.push_back(weight[row]);
    }
    return out;
  }

  Counts counts(Sampling sampling, std::int64_t n_draws, std::uint64_t tree,
                int n_threads = 1) const {
    const CodedTable coded = table.coded();
    const RowDraw draw(Parallel(n_threads), coded, {y.data(), table.n_rows, 1}, pointer(weight),
                       {sampling, n_draws}, 7);
    Counts counts(y.size(), 99);
    draw.counts(tree, counts.data());
    return counts;
  }

  /// How often each content was drawn.
  std::map<Content, std::uint64_t> by_content(const Counts& counts) const {
    std::map<Content, std::uint64_t> sums;
    for (std::size_t i = 0; i < y.size(); ++i) {
      Content content{y[i]};
      for (std::int32_t f = 0; f < table.n_cols; ++f) {
        const double value = table.at(static_cast<std::int64_t>(i), f);
        content.push_back(std::isnan(value) ? -1e9 : value);
      }
      sums[content] += counts[i];
    }
    return sums;
  }
};

Drawn make_drawn(std::int64_t n_rows, Weights weights, unsigned seed) {
  std::mt19937 random(seed);
  Drawn drawn{{n_rows, 2, {}}, {}, {}};
  for (std::int64_t i = 0; i < n_rows; ++i) {
    const double a = random() % 5, b = random() % 4;
    drawn.table.x.insert(drawn.table.x.end(), {a, b == 3 ? kMissing : b});
    drawn.y.push_back(static_cast<double>(random() % 2));
  }
  drawn.weight = sample_weights(n_rows, weights, seed);
  return drawn;
}

std::uint64_t total(const Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

std::vector<std::uint32_t> shuffled(std::int64_t n, unsigned seed) {
  std::vector<std::uint32_t> order = all_rows(n);
  std::shuffle(order.begin(), order.end(), std::mt19937(seed));
  return order;
}

/// Pearson's statistic; its mean is the number of cells less one.
double chi_square(const std::vector<double>& seen, const std::vector<double>& expected) {
  double sum = 0.0;
  for (std::size_t i = 0; i < seen.size(); ++i)
    sum += (seen[i] - expected[i]) * (seen[i] - expected[i]) / expected[i];
  return sum;
}

/// Ten different rows, and how often each was drawn by many trees.
std::vector<double> frequencies(Sampling sampling, std::int64_t n_draws,
                                const std::vector<double>& weight, std::uint64_t n_trees) {
  Drawn drawn{{10, 1, {}}, std::vector<double>(10, 0.0), weight};
  for (int i = 0; i < 10; ++i) drawn.table.x.push_back(i * 1.5);
  const CodedTable coded = drawn.table.coded();
  const RowDraw draw(Parallel(1), coded, {drawn.y.data(), 10, 1}, pointer(weight),
                     {sampling, n_draws}, 3);
  std::vector<double> seen(10, 0.0);
  Counts counts(10);
  for (std::uint64_t tree = 0; tree < n_trees; ++tree) {
    draw.counts(tree, counts.data());
    for (std::size_t i = 0; i < 10; ++i) seen[i] += counts[i];
  }
  return seen;
}

std::vector<double> shares(std::vector<double> weight, double times) {
  const double sum = std::accumulate(weight.begin(), weight.end(), 0.0);
  for (double& w : weight) w *= times / sum;
  return weight;
}

constexpr double kChiSquare9 = 33.7;  // exceeded once in 10,000 times with 9 degrees of freedom

}  // namespace

TEST_CASE("content_order: every row once, equal rows together, by content alone") {
  const Drawn drawn = make_drawn(300, Weights::kNone, 1);
  const CodedTable coded = drawn.table.coded();
  const auto order = content_order(Parallel(1), coded, {drawn.y.data(), 300, 1}, nullptr);
  auto sorted = order;
  std::sort(sorted.begin(), sorted.end());
  CHECK(sorted == all_rows(300));
  CHECK(order == content_order(Parallel(5), coded, {drawn.y.data(), 300, 1}, nullptr));

  const auto contents = [](const Drawn& of, const std::vector<std::uint32_t>& rows) {
    std::vector<double> out;
    for (const auto row : rows) {
      for (std::int32_t f = 0; f < 2; ++f) {
        const double value = of.table.at(row, f);
        out.push_back(std::isnan(value) ? -1.0 : value);
      }
      out.push_back(of.y[row]);
    }
    return out;
  };
  const Drawn other = drawn.rows(shuffled(300, 2));
  const CodedTable other_coded = other.table.coded();
  CHECK(
      contents(drawn, order) ==
      contents(other, content_order(Parallel(1), other_coded, {other.y.data(), 300, 1}, nullptr)));
  const auto in_order = contents(drawn, order);
  std::size_t n_runs = 1;
  for (std::size_t i = 3; i < in_order.size(); i += 3)
    n_runs += std::equal(in_order.begin() + static_cast<std::ptrdiff_t>(i),
                         in_order.begin() + static_cast<std::ptrdiff_t>(i) + 3,
                         in_order.begin() + static_cast<std::ptrdiff_t>(i) - 3)
                  ? 0
                  : 1;
  CHECK(n_runs == drawn.by_content(Counts(300, 1)).size());
}

TEST_CASE("RowDraw: all rows once without sampling, else as many draws as asked for") {
  for (const Weights weights : {Weights::kNone, Weights::kWhole, Weights::kFractional}) {
    const Drawn drawn = make_drawn(100, weights, 3);
    CHECK(drawn.counts(Sampling::kAll, 0, 5) == Counts(100, 1));
    for (const std::int64_t n_draws : {1, 30, 100}) {
      for (const Sampling sampling : {Sampling::kWithReplacement, Sampling::kWithoutReplacement}) {
        const Counts counts = drawn.counts(sampling, n_draws, 5);
        CHECK(total(counts) == static_cast<std::uint64_t>(n_draws));
        CHECK(counts == drawn.counts(sampling, n_draws, 5, 5));
        if (n_draws == 30) CHECK(counts != drawn.counts(sampling, n_draws, 6));
      }
    }
    CHECK(total(drawn.counts(Sampling::kWithReplacement, 1000, 0)) == 1000);
  }
}

TEST_CASE("RowDraw: drawn once more from the order alone") {
  for (const Weights weights : {Weights::kNone, Weights::kWhole, Weights::kFractional})
    for (const Sampling sampling : {Sampling::kWithReplacement, Sampling::kWithoutReplacement}) {
      const Drawn drawn = make_drawn(100, weights, 3);
      const CodedTable coded = drawn.table.coded();
      const RowDraw first(Parallel(1), coded, {drawn.y.data(), 100, 1}, pointer(drawn.weight),
                          {sampling, 40}, 7);
      const RowDraw again(first.order(), pointer(drawn.weight), {sampling, 40}, 7);
      CHECK(again.max_rows() == 40);
      for (std::uint64_t tree = 0; tree < 5; ++tree) {
        Counts counts(100, 99);
        again.counts(tree, counts.data());
        CHECK(counts == drawn.counts(sampling, 40, tree));
      }
    }
  const DrawConfig config{Sampling::kWithReplacement, 2};
  CHECK_THROWS_WITH_AS(RowDraw({0, 1, 1}, nullptr, config, 0),
                       "order must name each of its 3 rows once; it has 1 twice", ValueError);
  CHECK_THROWS_WITH_AS(RowDraw({0, 3, 1}, nullptr, config, 0),
                       "order must name each of its 3 rows once; it has 3", ValueError);
}

TEST_CASE("RowDraw: without replacement no row comes more often than it weighs") {
  for (std::uint64_t tree = 0; tree < 20; ++tree) {
    const Drawn plain = make_drawn(80, Weights::kNone, 4),
                whole = make_drawn(80, Weights::kWhole, 4);
    const Drawn fractional = make_drawn(80, Weights::kFractional, 4);
    const Counts of_plain = plain.counts(Sampling::kWithoutReplacement, 60, tree);
    const Counts of_whole = whole.counts(Sampling::kWithoutReplacement, 130, tree);
    const Counts of_fractional = fractional.counts(Sampling::kWithoutReplacement, 60, tree);
    for (std::size_t i = 0; i < 80; ++i) {
      CHECK(of_plain[i] <= 1);
      CHECK(of_whole[i] <= whole.weight[i]);
      CHECK(of_fractional[i] <= 1);
    }
  }
  const Drawn drawn = make_drawn(20, Weights::kNone, 4);
  CHECK(drawn.counts(Sampling::kWithoutReplacement, 20, 0) == Counts(20, 1));
  CHECK_THROWS_WITH_AS(drawn.counts(Sampling::kWithoutReplacement, 21, 0),
                       "max_samples asks for 21 rows, drawn without replacement, of 20",
                       ValueError);
}

TEST_CASE("RowDraw: draws go by content, whatever the order of the rows") {
  for (const Weights weights : {Weights::kNone, Weights::kWhole, Weights::kFractional})
    for (const Sampling sampling : {Sampling::kWithReplacement, Sampling::kWithoutReplacement})
      for (std::uint64_t tree = 0; tree < 10; ++tree) {
        CAPTURE(static_cast<int>(weights));
        CAPTURE(static_cast<int>(sampling));
        const Drawn drawn = make_drawn(200, weights, 5);
        const Drawn other = drawn.rows(shuffled(200, static_cast<unsigned>(tree)));
        CHECK(drawn.by_content(drawn.counts(sampling, 90, tree)) ==
              other.by_content(other.counts(sampling, 90, tree)));
      }
}

TEST_CASE("RowDraw: a whole weight k is k rows") {
  const Drawn weighted = make_drawn(60, Weights::kWhole, 6);
  std::vector<std::uint32_t> which;
  for (std::uint32_t row = 0; row < 60; ++row)
    which.insert(which.end(), static_cast<std::size_t>(weighted.weight[row]), row);
  Drawn repeated = weighted.rows(which);
  repeated.weight.clear();
  for (const Sampling sampling : {Sampling::kWithReplacement, Sampling::kWithoutReplacement})
    for (std::uint64_t tree = 0; tree < 10; ++tree)
      CHECK(weighted.by_content(weighted.counts(sampling, 50, tree)) ==
            repeated.by_content(repeated.counts(sampling, 50, tree)));
}

TEST_CASE("RowDraw: every row is as likely as it weighs") {
  const std::vector<double> whole{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  std::vector<double> fractional;
  for (const double w : whole) fractional.push_back(w * 0.37);
  std::vector<double> skewed(10, 0.01);
  skewed[4] = 1000.5;
  skewed[7] = 5.25;
  for (const auto& weight : {whole, fractional, std::vector<double>(10, 1.0)}) {
    CHECK(chi_square(frequencies(Sampling::kWithReplacement, 10, weight, 3000),
                     shares(weight, 30'000)) < kChiSquare9);
    CHECK(chi_square(frequencies(Sampling::kWithoutReplacement, 1, weight, 30'000),
                     shares(weight, 30'000)) < kChiSquare9);
  }
  CHECK(chi_square(frequencies(Sampling::kWithReplacement, 10, {}, 3000),
                   std::vector<double>(10, 3000.0)) < kChiSquare9);
  // Of 4 draws without replacement each row has its share; the variance is below Pearson's.
  CHECK(chi_square(frequencies(Sampling::kWithoutReplacement, 4, {}, 5000),
                   std::vector<double>(10, 2000.0)) < kChiSquare9);
  CHECK(chi_square(frequencies(Sampling::kWithReplacement, 100, skewed, 30'000),
                   shares(skewed, 3'000'000)) < kChiSquare9);
}

TEST_CASE("RowDraw: weights of any size are ratios") {
  const std::vector<double> weight{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  const std::vector<double> plain = frequencies(Sampling::kWithReplacement, 10, weight, 200);
  for (const double scale : {0x1p-1000, 0x1p-40, 0x1p80, 0x1p1000}) {
    CAPTURE(scale);
    std::vector<double> scaled;
    for (const double w : weight) scaled.push_back(w * scale);
    const auto seen = frequencies(Sampling::kWithReplacement, 10, scaled, 3000);
    CHECK(chi_square(seen, shares(weight, 30'000)) < kChiSquare9);
  }
  CHECK(std::accumulate(plain.begin(), plain.end(), 0.0) == 2000.0);
}

TEST_CASE("RowDraw: places given later are as weights given at once") {
  Drawn drawn = make_drawn(60, Weights::kWhole, 9);
  const CodedTable coded = drawn.table.coded();
  RowDraw draw(Parallel(1), coded, {drawn.y.data(), 60, 1}, nullptr,
               {Sampling::kWithReplacement, 45}, 7);
  const std::vector<std::uint64_t> places(drawn.weight.begin(), drawn.weight.end());
  Counts counts(60);
  for (std::uint64_t tree = 0; tree < 5; ++tree) {
    draw.set_places(places.data());
    draw.counts(tree, counts.data());
    CHECK(drawn.by_content(counts) ==
          drawn.by_content(drawn.counts(Sampling::kWithReplacement, 45, tree)));
    draw.set_places(std::vector<std::uint64_t>(60, std::uint64_t{1} << 40).data());
    draw.counts(tree, counts.data());
    CHECK(drawn.by_content(counts) !=
          drawn.by_content(drawn.counts(Sampling::kWithReplacement, 45, tree)));
  }
}

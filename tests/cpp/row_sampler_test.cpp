#include "gbengine/learn/row_sampler.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "gbengine/base/rng.hpp"

using namespace gbengine;

TEST_CASE("drawn and left-out rows are the rows, each by the hash of its place, on any threads") {
  const std::int64_t n_rows = 100'001;
  const CounterRng rng(5, RngPurpose::kRowSample);
  std::vector<std::uint32_t> expected_in, expected_out, place(n_rows);
  for (std::uint32_t row = 0; row < n_rows; ++row) place[row] = (row * 17 + 5) % n_rows;
  for (std::uint32_t row = 0; row < n_rows; ++row)
    (rng.uniform(7, place[row]) < 0.3 ? expected_in : expected_out).push_back(row);
  for (int n_threads : {1, 2, 5}) {
    RowSampler sampler(5, 0.3, place);
    CHECK(sampler.left_out().empty());
    std::vector<std::uint32_t> drawn(static_cast<std::size_t>(n_rows));
    drawn.resize(static_cast<std::size_t>(sampler.draw(Parallel(n_threads), 7, drawn.data())));
    CHECK(drawn == expected_in);
    const auto out = sampler.left_out();
    CHECK(std::equal(out.begin(), out.end(), expected_out.begin(), expected_out.end()));
  }
  // 5 standard deviations of a binomial count.
  CHECK(std::abs(static_cast<double>(expected_in.size()) - 0.3 * n_rows) <
        5 * std::sqrt(0.21 * n_rows));
}

TEST_CASE("all rows are drawn without places") {
  CHECK(RowSampler(5, 1.0, {}).draws_all());
  CHECK(RowSampler(5, 1.0, {}).left_out().empty());
}

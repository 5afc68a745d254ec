#include "gbengine/data/coded_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "cart_samples.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
const std::vector<double> kDraws{0.0, 0x1p-53, 0.1, 0.5, 0.75, 1.0 - 0x1p-53};

std::uint32_t code_at(const CodedTable& table, std::int32_t feature, std::int64_t row) {
  return table.column(feature).visit(
      [row](const auto* codes) { return std::uint32_t{codes[row]}; });
}

/// Columns that are awkward to cut: far apart, close together, infinite, denormal.
SampleTable awkward_table() {
  const std::vector<std::vector<double>> columns{
      {-kInf, -1e308, 0.0, 1e308, kInf, 1.0},
      {1.0, 1.0 + 0x1p-52, 1.0 + 0x1p-51, 2.0, 2.0 - 0x1p-52, 1.5},
      {0.0, 0x1p-1074, 0x1p-1073, -0x1p-1074, 1.0, kMissing},
      {-1.7e308, 1.7e308, 0.0, 3.0, 4.0, kMissing},
      {1.0, 2.0, 3.0, 4.0, 5.0, 6.0}};
  SampleTable table{6, static_cast<std::int32_t>(columns.size()), {}};
  for (std::size_t i = 0; i < 6; ++i)
    for (const auto& column : columns) table.x.push_back(column[i]);
  return table;
}

/// Codes and threshold of a cut part the rows in the same way, and codes_up_to knows the code.
void check_agreement(const SampleTable& samples, const CodedTable& table, std::int32_t f,
                     const Cut& cut) {
  for (std::int64_t i = 0; i < samples.n_rows; ++i) {
    const double value = samples.at(i, f);
    const std::uint32_t code = code_at(table, f, i);
    if (std::isnan(value)) {
      CHECK(code == table.column(f).n_codes);
      continue;
    }
    CHECK((code <= cut.code) == (value <= cut.threshold));
    CHECK((code < table.codes_up_to(f, cut.threshold)) == (code <= cut.code));
  }
}

void check_cuts(const SampleTable& samples, int max_bins) {
  const CodedTable table = samples.coded(max_bins);
  CHECK(table.is_exact() == (max_bins == 0));
  for (std::int32_t f = 0; f < table.n_features(); ++f) {
    const std::uint32_t n_codes = table.column(f).n_codes;
    for (std::uint32_t low = 0; low < n_codes; ++low) {
      for (std::uint32_t high = low + 1; high < n_codes; ++high) {
        const Cut cut = table.cut_between(f, low, high);
        CHECK((low <= cut.code && cut.code < high));
        if (high == low + 1) check_agreement(samples, table, f, cut);
        for (const double u : kDraws) {
          const Cut random = table.cut_at_random(f, low, high, u);
          CHECK((low <= random.code && random.code < high));
          check_agreement(samples, table, f, random);
        }
      }
      const Cut all = table.cut_between(f, low, n_codes);
      CHECK(all.code == n_codes - 1);
      CHECK(all.threshold == kInf);
    }
    CHECK(table.codes_up_to(f, kInf) == n_codes);
    CHECK(table.codes_up_to(f, -kInf) <= 1);
  }
}

}  // namespace

TEST_CASE("CodedTable: every cut keeps low on its left and high on its right, for any draw") {
  check_cuts(awkward_table(), 0);
  check_cuts(awkward_table(), 255);
  check_cuts(sample_table(60, 5, 1), 0);
  check_cuts(sample_table(400, 5, 2), 20);
}

TEST_CASE("CodedTable: the exact threshold is half way between the two values") {
  const SampleTable samples{4, 1, {1.0, 2.0, 4.0, kMissing}};
  const CodedTable table = samples.coded();
  CHECK(table.cut_between(0, 0, 1).threshold == 1.5);
  CHECK(table.cut_between(0, 0, 2).threshold == 2.5);
  CHECK(table.cut_between(0, 0, 2).code == 0);
  CHECK(table.cut_between(0, 1, 2).threshold == 3.0);
}

TEST_CASE("CodedTable: random cuts are even between the values, not between the codes") {
  const SampleTable samples{4, 1, {0.0, 1.0, 2.0, 10.0}};
  const CodedTable table = samples.coded();
  int n_low = 0;
  for (int i = 0; i < 1000; ++i) {
    const Cut cut = table.cut_at_random(0, 0, 3, i / 1000.0);
    CHECK(cut.threshold == doctest::Approx(i / 100.0));
    n_low += cut.code < 2 ? 1 : 0;
  }
  CHECK(n_low == 200);
}

TEST_CASE("CodedTable: where the span overflows, every code is drawn") {
  const CodedTable table = awkward_table().coded();
  std::vector<int> seen(table.column(0).n_codes, 0);
  for (int i = 0; i < 100; ++i)
    ++seen[table.cut_at_random(0, 0, table.column(0).n_codes - 1, i / 100.0).code];
  CHECK(seen == std::vector<int>{20, 20, 20, 20, 20, 0});
}

TEST_CASE("CodedTable: bins are the binned matrix's own, the middle one of a gap is cut") {
  const SampleTable samples = sample_table(300, 5, 3);
  const CodedTable table = samples.coded(16);
  REQUIRE(table.binned() != nullptr);
  CHECK(table.n_rows() == 300);
  for (std::int32_t f = 0; f < 5; ++f) {
    const BinMapper& mapper = table.binned()->mappers[static_cast<std::size_t>(f)];
    CHECK(table.column(f).n_codes == static_cast<std::uint32_t>(mapper.n_bins()));
    CHECK(table.column(f).has_missing == mapper.has_missing);
    for (std::int64_t i = 0; i < 300; ++i)
      CHECK(code_at(table, f, i) == mapper.bin(samples.at(i, f)));
  }
  CHECK(table.cut_between(0, 2, 7).code == 4);
  CHECK(table.cut_between(0, 2, 7).threshold == table.binned()->mappers[0].thresholds[4]);
}

TEST_CASE("CodedTable: is the same for any number of threads, and counts its bytes") {
  const SampleTable samples = sample_table(3000, 5, 4);
  const CodedTable one = samples.coded();
  const CodedTable five(Parallel(5), samples.view(), nullptr, 0);
  for (std::int32_t f = 0; f < 5; ++f)
    for (std::int64_t i = 0; i < 3000; ++i) REQUIRE(code_at(one, f, i) == code_at(five, f, i));
  std::size_t expected = 0;
  for (std::int32_t f = 0; f < 5; ++f)
    expected += 3000 * bytes_of(one.column(f).width) + one.column(f).n_codes * sizeof(double);
  CHECK(one.n_bytes() == expected);
}

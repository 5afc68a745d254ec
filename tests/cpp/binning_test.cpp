// The kernels that turn values into codes, through the trees that data/threshold_trees makes.
#include "gbengine/kernel/binning.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "column_samples.hpp"
#include "gbengine/data/threshold_trees.hpp"
#include "gbengine/kernel/kernels.hpp"
#include "isa_guard.hpp"

using namespace gbengine;
using namespace gbengine::test;

namespace {

void find_codes(const ThresholdTree& tree, const float* values, std::int64_t n,
                std::uint8_t* codes) {
  kernels().binning.find_codes_float(tree, values, n, codes);
}
void find_codes(const ThresholdTree& tree, const double* values, std::int64_t n,
                std::uint8_t* codes) {
  kernels().binning.find_codes_double(tree, values, n, codes);
}

constexpr std::uint8_t kUntouched = 0xab;

template <typename Value>
void check_codes(const BinMapper& mapper, const std::vector<Value>& values) {
  constexpr DType kType = sizeof(Value) == 4 ? DType::kFloat32 : DType::kFloat64;
  const std::vector<BinMapper> mappers = {BinMapper{{1, 2, 3}, false}, mapper};
  const ThresholdTrees trees(mappers, kType);
  std::vector<std::uint8_t> expected;
  for (Value value : values) expected.push_back(mapper.bin(static_cast<double>(value)));
  for_each_isa([&] {
    std::vector<std::uint8_t> codes(values.size() + 1, kUntouched);
    find_codes(trees.tree(1), values.data(), static_cast<std::int64_t>(values.size()),
               codes.data());
    CHECK(codes.back() == kUntouched);
    codes.pop_back();
    CHECK(codes == expected);
  });
}

/// Each threshold with its neighbours in both types, and the awkward values.
template <typename Value>
std::vector<Value> values_around(const std::vector<double>& thresholds) {
  std::vector<Value> values;
  for (double awkward : awkward_values()) values.push_back(static_cast<Value>(awkward));
  for (double threshold : thresholds) {
    const auto at = static_cast<Value>(threshold);
    const auto as_float = static_cast<float>(threshold);
    constexpr auto kEnd = std::numeric_limits<Value>::infinity();
    for (Value value :
         {at, std::nextafter(at, kEnd), std::nextafter(at, -kEnd), static_cast<Value>(as_float),
          static_cast<Value>(std::nextafter(as_float, static_cast<float>(kInf))),
          static_cast<Value>(std::nextafter(as_float, static_cast<float>(-kInf)))})
      values.push_back(value);
  }
  return values;
}

BinMapper mapper_with(std::vector<double> thresholds) {
  std::erase_if(thresholds, [](double t) { return std::isnan(t) || t == kInf; });
  std::sort(thresholds.begin(), thresholds.end());
  thresholds.erase(std::unique(thresholds.begin(), thresholds.end()), thresholds.end());
  if (thresholds.size() > kMaxBins - 1) thresholds.resize(kMaxBins - 1);
  return {thresholds, false};
}

}  // namespace

TEST_CASE("find_codes: any number of thresholds, values on and beside them") {
  std::mt19937_64 rng(1);
  std::normal_distribution<double> normal;
  for (int n = 0; n < kMaxBins; ++n) {
    std::vector<double> thresholds;
    for (int i = 0; i < n; ++i) thresholds.push_back(normal(rng));
    const BinMapper mapper = mapper_with(thresholds);
    CAPTURE(n);
    check_codes(mapper, values_around<float>(mapper.thresholds));
    check_codes(mapper, values_around<double>(mapper.thresholds));
  }
}

TEST_CASE("find_codes: thresholds of every kind") {
  auto columns = sample_columns(254, 2);
  std::mt19937_64 rng(3);
  columns.push_back({"any doubles", {}});
  columns.push_back({"doubles that no float tells apart", {}});
  for (int i = 0; i < 254; ++i) {
    columns[columns.size() - 2].values.push_back(std::bit_cast<double>(rng()));
    columns.back().values.push_back(1.7e9 + static_cast<double>(rng() % 1000));
  }
  for (const SampleColumn& column : columns) {
    CAPTURE(column.name);
    const BinMapper mapper = mapper_with(column.values);
    check_codes(mapper, values_around<float>(mapper.thresholds));
    check_codes(mapper, values_around<double>(mapper.thresholds));
  }
}

TEST_CASE("find_codes: any number of values, from any address") {
  const BinMapper mapper = mapper_with({-2, -1, -0.5, 0, 0.25, 0.5, 1, 2, 4, 8});
  std::mt19937_64 rng(4);
  std::normal_distribution<double> normal;
  for (int n = 0; n < 300; n += n < 70 ? 1 : 13) {
    std::vector<float> floats;
    std::vector<double> doubles;
    for (int i = 0; i < n; ++i) {
      doubles.push_back(i % 11 == 10 ? kNaN : 3 * normal(rng));
      floats.push_back(static_cast<float>(doubles.back()));
    }
    CAPTURE(n);
    check_codes(mapper, floats);
    check_codes(mapper, doubles);
  }
}

TEST_CASE("pack_rows: four columns side by side, nothing else written") {
  for_each_isa([] {
    for (std::int64_t n : {0, 1, 7, 16, 33, 200}) {
      std::vector<std::vector<std::uint8_t>> columns(4);
      for (std::size_t c = 0; c < 4; ++c)
        for (std::int64_t i = 0; i < n; ++i)
          columns[c].push_back(static_cast<std::uint8_t>(i * 4 + static_cast<std::int64_t>(c)));
      const std::uint8_t* at[4] = {columns[0].data(), columns[1].data(), columns[2].data(),
                                   columns[3].data()};
      constexpr std::int64_t kStride = 12;
      std::vector<std::uint8_t> rows(static_cast<std::size_t>((n + 1) * kStride), kUntouched);
      auto expected = rows;
      for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t c = 0; c < 4; ++c)
          expected[static_cast<std::size_t>(i * kStride + 4 + c)] =
              static_cast<std::uint8_t>(i * 4 + c);
      kernels().binning.pack_rows(at, n, rows.data() + 4, kStride);
      CHECK(rows == expected);
    }
  });
}

TEST_CASE("round_down_to_float: the largest float that is not above") {
  for (double value : {1.0, 0x1.0000000000001p0, -0x1.0000000000001p0, 1e300, -1e300, 1e-300,
                       -1e-300, 0.1, -0.1, -kInf}) {
    const float down = round_down_to_float(value);
    CHECK(static_cast<double>(down) <= value);
    const float next = std::nextafter(down, static_cast<float>(kInf));
    CHECK(static_cast<double>(next) > value);
  }
}

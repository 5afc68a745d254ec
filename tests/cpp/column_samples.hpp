// Columns of every kind that real tables have, and some that only a tester has.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace gbengine::test {

struct SampleColumn {
  std::string name;
  std::vector<double> values;
};

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInf = std::numeric_limits<double>::infinity();

/// Values that break careless arithmetic; each is also a float.
inline const std::vector<double>& awkward_values() {
  static const std::vector<double> values = {
      kNaN,       -kNaN,         kInf,           -kInf,           0.0,       -0.0,
      0x1.0p-149, -0x1.0p-149,   0x1.8p-140,     0x1.0p-126,      1.0,       0x1.000002p0,
      -1.0,       -0x1.000002p0, 0x1.fffffep127, -0x1.fffffep127, 0x1.0p127, 0x1.0p-30,
  };
  return values;
}

/// n rows of each kind. All values are floats, so that a column is the same in both types.
inline std::vector<SampleColumn> sample_columns(std::int64_t n, std::uint64_t seed) {
  std::mt19937_64 rng(seed);
  std::normal_distribution<double> normal;
  const auto below = [&](std::uint64_t k) { return static_cast<double>(rng() % k); };
  std::vector<SampleColumn> columns;
  const auto add = [&](const std::string& name, auto&& draw) {
    columns.push_back({name, {}});
    for (std::int64_t i = 0; i < n; ++i)
      columns.back().values.push_back(static_cast<double>(static_cast<float>(draw(i))));
  };
  add("normal", [&](auto) { return normal(rng); });
  add("log-normal", [&](auto) { return std::exp(3 * normal(rng)); });
  add("far from zero", [&](auto) { return 1e6 + normal(rng); });
  add("one sentinel", [&](auto) { return rng() % 50 == 0 ? -999.0 : 1000 + 1e-2 * normal(rng); });
  add("half zeros", [&](auto) { return std::max(0.0, normal(rng)); });
  add("a quarter missing", [&](auto) { return rng() % 4 == 0 ? kNaN : normal(rng); });
  add("counts", [&](auto) { return std::floor(std::exp(2 * normal(rng))); });
  add("three values", [&](auto) { return below(3); });
  add("255 values", [&](auto i) { return static_cast<double>(i % 255) - 100; });
  add("256 values", [&](auto i) { return static_cast<double>(i % 256) - 100; });
  add("many heavy", [&](auto) { return rng() % 4 != 0 ? below(40) * 10 : below(4000) / 10; });
  add("heavy ends", [&](auto) { return std::clamp(normal(rng), -0.5, 0.5); });
  add("awkward", [&](auto) { return awkward_values()[rng() % awkward_values().size()]; });
  add("awkward and normal", [&](auto) {
    return rng() % 2 ? awkward_values()[rng() % awkward_values().size()] : normal(rng);
  });
  add("any bits", [&](auto) {
    const auto bits = static_cast<std::uint32_t>(rng());
    float value;
    static_assert(sizeof value == sizeof bits);
    __builtin_memcpy(&value, &bits, sizeof value);
    return static_cast<double>(value);
  });
  add("subnormal", [&](auto) { return below(3000) * 0x1.0p-149; });
  add("huge", [&](auto) { return (below(3000) - 1500) * 0x1.0p116; });
  add("ascending", [&](auto i) { return static_cast<double>(i); });
  add("descending", [&](auto i) { return -0.1 * static_cast<double>(i); });
  add("constant", [&](auto) { return 7.0; });
  add("all missing", [&](auto) { return kNaN; });
  add("both zeros", [&](auto i) { return i % 2 ? 0.0 : -0.0; });
  add("missing and one", [&](auto i) { return i % 2 ? 1.0 : kNaN; });
  return columns;
}

/// 1 … 5, so that copies of rows are affordable.
inline std::vector<double> whole_weights(std::int64_t n, std::uint64_t seed) {
  std::mt19937_64 rng(seed);
  std::vector<double> weights;
  for (std::int64_t i = 0; i < n; ++i) weights.push_back(static_cast<double>(1 + rng() % 5));
  return weights;
}

}  // namespace gbengine::test

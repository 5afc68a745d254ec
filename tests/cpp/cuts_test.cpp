#include "gbengine/kernel/cuts.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "gbengine/kernel/kernels.hpp"
#include "isa_guard.hpp"

using namespace gbengine;

namespace {

/// Rows of bytes, some rows of them in any order, and a cut for every column.
struct Sample {
  std::int64_t n_columns, stride;
  std::vector<std::uint8_t> codes;
  std::vector<std::uint32_t> rows;
  std::vector<std::uint8_t> missing, cuts, also, flags;
  std::vector<std::int64_t> pairs;

  CodeRows view() const {
    return {codes.data(), stride, rows.data(), static_cast<std::int64_t>(rows.size())};
  }
  std::uint8_t code(std::size_t i, std::int64_t c) const {
    return codes[static_cast<std::size_t>(rows[i] * stride + c)];
  }
  bool goes_left(std::size_t i, std::int64_t c) const {
    const auto at = static_cast<std::size_t>(c);
    return code(i, c) <= cuts[at] || code(i, c) == also[at];
  }
  std::int64_t n_padded() const { return padded_columns(stride); }
};

Sample make_sample(std::int64_t n_columns, std::int64_t n_all, std::int64_t n_rows, unsigned seed) {
  std::mt19937 random(seed);
  const auto byte = [&](unsigned below) { return static_cast<std::uint8_t>(random() % below); };
  Sample s;
  s.n_columns = n_columns;
  s.stride = (n_columns + 3) / 4 * 4;
  const auto n_padded = static_cast<std::size_t>(s.n_padded());
  for (std::size_t c = 0; c < n_padded; ++c) {
    s.missing.push_back(static_cast<std::uint8_t>(1 + random() % 255));
    s.cuts.push_back(byte(s.missing[c]));
    s.also.push_back(random() % 2 == 0 ? s.missing[c] : s.cuts[c]);
  }
  s.codes.resize(static_cast<std::size_t>(n_all * s.stride + kCutColumns));
  for (std::int64_t i = 0; i < n_all; ++i)
    for (std::int64_t c = 0; c < s.stride; ++c)
      s.codes[static_cast<std::size_t>(i * s.stride + c)] =
          byte(s.missing[static_cast<std::size_t>(c)] + 1U);
  for (std::int64_t i = 0; i < n_rows; ++i) {
    s.rows.push_back(static_cast<std::uint32_t>(random() % static_cast<unsigned>(n_all)));
    s.flags.push_back(random() % 2 == 0 ? 255 : 0);
    for (int k = 0; k < 2; ++k)
      s.pairs.push_back((static_cast<std::int64_t>(random()) - (std::int64_t{1} << 31)) << 20);
  }
  return s;
}

void check_ranges(const Sample& s) {
  std::vector<std::uint8_t> low(s.missing.size()), high(low), has_missing(low);
  kernels().cuts.find_ranges(s.view(), s.n_padded(), s.missing.data(), low.data(), high.data(),
                             has_missing.data());
  bool all_right = true;
  for (std::int64_t c = 0; c < s.n_columns; ++c) {
    const auto at = static_cast<std::size_t>(c);
    std::uint8_t least = 255, most = 0, seen = 0;
    for (std::size_t i = 0; i < s.rows.size(); ++i) {
      least = std::min(least, s.code(i, c));
      if (s.code(i, c) == s.missing[at])
        seen = 255;
      else
        most = std::max(most, s.code(i, c));
    }
    all_right &= low[at] == least && high[at] == most && has_missing[at] == seen;
  }
  CHECK(all_right);
}

void check_left(const Sample& s) {
  const std::size_t n_padded = s.cuts.size();
  std::vector<std::uint32_t> n_left(n_padded), n_too(n_padded), n_flagged(n_padded);
  std::vector<std::int64_t> first(n_padded), second(n_padded);
  kernels().cuts.count_left(s.view(), s.n_padded(), s.cuts.data(), s.also.data(), n_left.data());
  kernels().cuts.count_flagged(s.view(), s.n_padded(), s.cuts.data(), s.also.data(), s.flags.data(),
                               n_too.data(), n_flagged.data());
  kernels().cuts.add_left(s.view(), s.n_padded(), s.cuts.data(), s.also.data(), s.pairs.data(),
                          first.data(), second.data());
  bool all_right = true;
  for (std::int64_t c = 0; c < s.n_columns; ++c) {
    const auto at = static_cast<std::size_t>(c);
    std::uint32_t count = 0, flagged = 0;
    std::int64_t a = 0, b = 0;
    for (std::size_t i = 0; i < s.rows.size(); ++i) {
      if (!s.goes_left(i, c)) continue;
      ++count;
      flagged += s.flags[i] != 0;
      a += s.pairs[2 * i];
      b += s.pairs[2 * i + 1];
    }
    all_right &= n_left[at] == count && n_too[at] == count && n_flagged[at] == flagged &&
                 first[at] == a && second[at] == b;
  }
  CHECK(all_right);
}

}  // namespace

TEST_CASE("cuts: ranges, counts and sums are the naive ones, for all shapes and instruction sets") {
  for_each_isa([] {
    unsigned seed = 0;
    for (const std::int64_t n_columns : {1, 5, 16, 28, 31, 32, 33, 64, 100})
      for (const std::int64_t n_rows : {1, 2, 9, 254, 255, 256, 700}) {
        CAPTURE(n_columns);
        CAPTURE(n_rows);
        const Sample sample = make_sample(n_columns, 300, n_rows, ++seed);
        check_ranges(sample);
        check_left(sample);
      }
  });
}

TEST_CASE("cuts: no row at all leaves nothing on the left") {
  for_each_isa([] {
    const Sample sample = make_sample(7, 10, 0, 3);
    check_left(sample);
  });
}

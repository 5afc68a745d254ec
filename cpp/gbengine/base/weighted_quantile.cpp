#include "gbengine/base/weighted_quantile.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <limits>
#include <vector>

#include "gbengine/base/integer_scale.hpp"

namespace gbengine {
namespace {

// Fewer rows are copied and selected on one thread.
constexpr std::int64_t kFewRows = 1 << 15;

/// Whether a cumulative weight reaches q times the total. Both sides are rounded to double before
/// they are compared: the answer does not change with the power of two that scales the weights, and
/// 0.9 of 10 rows is 9 rows although the double 0.9 is a little more than that.
class Target {
 public:
  Target(double q, Int128 total) : weight_(q * static_cast<double>(total)) {}
  bool reached_by(Int128 cumulative) const { return static_cast<double>(cumulative) >= weight_; }
  bool met_by(Int128 cumulative) const { return static_cast<double>(cumulative) == weight_; }

 private:
  double weight_;
};

/// Halves first: the sum of two large values may be infinite. + 0.0 turns -0.0, whose place among
/// zeros depends on order, into 0.0.
double middle(double a, double b) {
  return (a == b ? a : 0.5 * a + 0.5 * b) + 0.0;
}

/// Maps doubles to integers of the same order.
std::uint64_t sortable_key(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value + 0.0);
  return bits ^ ((bits >> 63) != 0 ? ~std::uint64_t{0} : std::uint64_t{1} << 63);
}

double value_of_key(std::uint64_t key) {
  const std::uint64_t bits = key ^ ((key >> 63) != 0 ? std::uint64_t{1} << 63 : ~std::uint64_t{0});
  return std::bit_cast<double>(bits);
}

constexpr int kDigitBits = 13;  // five digits make a key, and a table of sums stays in the L2 cache
using DigitTable = std::vector<Int128>;  // weight by the value of the next digit

/// Weight by digit (key >> shift) of the rows whose key starts with `prefix` (`shift + bits` and
/// up).
DigitTable weight_by_digit(const Parallel& parallel, const IntegerWeights& weights,
                           std::int64_t n_rows, const BlockValues& values, std::uint64_t prefix,
                           int shift, int bits) {
  const std::int64_t n_parts = std::min<std::int64_t>(parallel.n_threads(), 64);
  const std::size_t n_digits = std::size_t{1} << bits;
  const bool is_first = shift + bits == 64;
  std::vector<DigitTable> tables(static_cast<std::size_t>(n_parts), DigitTable(n_digits, 0));
  parallel.for_each(n_parts, [&](std::int64_t part, int) {
    DigitTable& table = tables[static_cast<std::size_t>(part)];
    double block[kBlockRows];
    const auto count_block = [&](std::int64_t first, std::int64_t last) {
      values(first, last, block);
      for (std::int64_t i = first; i < last; ++i) {
        const std::uint64_t key = sortable_key(block[i - first]);
        if (is_first || key >> (shift + bits) == prefix)
          table[(key >> shift) & (n_digits - 1)] += weights[i];
      }
    };
    const auto begin_of = [&](std::int64_t p) {
      return n_rows / n_parts * p + n_rows % n_parts * p / n_parts;
    };
    for_blocks(begin_of(part), begin_of(part + 1), count_block);
  });
  for (std::size_t part = 1; part < tables.size(); ++part)
    for (std::size_t digit = 0; digit < n_digits; ++digit) tables[0][digit] += tables[part][digit];
  return std::move(tables[0]);
}

double quantile_by_digits(const Parallel& parallel, const IntegerWeights& weights,
                          std::int64_t n_rows, const BlockValues& values, double q) {
  std::uint64_t key = 0;
  Int128 below = 0;  // weight of the values below those that start with key
  Target target(q, 0);
  for (int left = 64; left > 0;) {
    const int bits = std::min(kDigitBits, left);
    const DigitTable table =
        weight_by_digit(parallel, weights, n_rows, values, key, left - bits, bits);
    if (left == 64) {
      Int128 total = 0;
      for (Int128 weight : table) total += weight;
      target = Target(q, total);
    }
    std::size_t digit = 0;
    // A digit without weight has no rows: it cannot be the answer, even for q = 0.
    while (table[digit] == 0 || !target.reached_by(below + table[digit])) below += table[digit++];
    key = key << bits | digit;
    left -= bits;
    if (left == 0) below += table[digit];
  }
  const double value = value_of_key(key);
  if (!target.met_by(below)) return middle(value, value);
  return middle(value, smallest_above(parallel, n_rows, values, value));
}

double value_in(const WeightedValue& item) {
  return item.value;
}
double value_in(double item) {
  return item;
}
std::int64_t weight_in(const WeightedValue& item) {
  return item.weight;
}

/// The value that comes after items[rank] in sorted order, of items that nth_element has split
/// there.
template <typename Item>
double next_value(std::span<const Item> items, std::size_t rank) {
  if (rank + 1 == items.size()) return value_in(items[rank]);
  double least = value_in(items[rank + 1]);
  for (const Item& item : items.subspan(rank + 1)) least = std::min(least, value_in(item));
  return least;
}

}  // namespace

double weighted_quantile(std::span<WeightedValue> values, double q) {
  const auto kept = std::partition(values.begin(), values.end(),
                                   [](const WeightedValue& item) { return item.weight > 0; });
  values = values.first(static_cast<std::size_t>(kept - values.begin()));
  assert(!values.empty());
  Int128 total = 0;
  for (const WeightedValue& item : values) total += item.weight;
  const Target target(q, total);

  // Halve the range in which the answer lies: a bisection over ranks that sorts only what it must.
  std::size_t begin = 0, end = values.size();
  Int128 below = 0;  // weight of values[0 … begin)
  const auto at = [&](std::size_t rank) {
    return values.begin() + static_cast<std::ptrdiff_t>(rank);
  };
  while (end - begin > 1) {
    const std::size_t middle_rank = begin + (end - begin) / 2;
    std::nth_element(at(begin), at(middle_rank), at(end),
                     [](const auto& a, const auto& b) { return a.value < b.value; });
    Int128 lower = 0;
    for (std::size_t i = begin; i < middle_rank; ++i) lower += weight_in(values[i]);
    if (target.reached_by(below + lower)) {
      end = middle_rank;
    } else {
      below += lower;
      begin = middle_rank;
    }
  }
  const double value = values[begin].value;
  if (!target.met_by(below + values[begin].weight)) return middle(value, value);
  return middle(value, next_value<WeightedValue>(values, begin));
}

double quantile_of(std::span<double> values, double q) {
  assert(!values.empty());
  const Target target(q, static_cast<Int128>(values.size()));
  // The first rank that reaches the target, counting from 1; near q * n, which rounding may move.
  auto rank = static_cast<std::size_t>(q * static_cast<double>(values.size()));
  rank = std::clamp<std::size_t>(rank, 1, values.size());
  while (rank > 1 && target.reached_by(static_cast<Int128>(rank - 1))) --rank;
  while (!target.reached_by(static_cast<Int128>(rank))) ++rank;
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(rank - 1);
  std::nth_element(values.begin(), nth, values.end());
  if (!target.met_by(static_cast<Int128>(rank))) return middle(*nth, *nth);
  return middle(*nth, next_value<double>(values, rank - 1));
}

double weighted_quantile(const Parallel& parallel, const double* weight, std::int64_t n_rows,
                         const BlockValues& values, double q) {
  assert(n_rows >= 1);
  const IntegerWeights weights(parallel, weight, n_rows);
  if (n_rows > kFewRows) return quantile_by_digits(parallel, weights, n_rows, values, q);
  std::vector<double> plain(static_cast<std::size_t>(n_rows));
  for_blocks(0, n_rows, [&](std::int64_t first, std::int64_t last) {
    values(first, last, plain.data() + first);
  });
  if (weight == nullptr) return quantile_of(plain, q);
  std::vector<WeightedValue> items(plain.size());
  for (std::size_t i = 0; i < plain.size(); ++i)
    items[i] = {plain[i], weights[static_cast<std::int64_t>(i)]};
  return weighted_quantile(items, q);
}

double smallest_above(const Parallel& parallel, std::int64_t n_rows, const BlockValues& values,
                      double bound) {
  constexpr double kNone = std::numeric_limits<double>::infinity();
  std::vector<double> piece_min(static_cast<std::size_t>((n_rows + kSumGrain - 1) / kSumGrain));
  parallel.for_rows(n_rows, kSumGrain, [&](std::int64_t begin, std::int64_t end, int) {
    double block[kBlockRows];
    double least = kNone;
    for_blocks(begin, end, [&](std::int64_t first, std::int64_t last) {
      values(first, last, block);
      for (std::int64_t i = 0; i < last - first; ++i)
        least = std::min(least, block[i] > bound ? block[i] : kNone);
    });
    piece_min[static_cast<std::size_t>(begin / kSumGrain)] = least;
  });
  const double least = *std::min_element(piece_min.begin(), piece_min.end());
  return least == kNone ? bound : least;
}

}  // namespace gbengine

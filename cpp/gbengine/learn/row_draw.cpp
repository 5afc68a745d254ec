#include "gbengine/learn/row_draw.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <numeric>
#include <string>
#include <unordered_set>
#include <utility>

#include "gbengine/base/error.hpp"
#include "gbengine/base/hash_order.hpp"
#include "gbengine/kernel/kernels.hpp"

namespace gbengine {
namespace {

constexpr std::int64_t kHashGrain = 1 << 12;
constexpr double kMaxWholeTotal = 0x1p53;

std::uint64_t bits_of(double y) {
  std::uint64_t bits;
  std::memcpy(&bits, &y, sizeof bits);
  return y == 0.0 ? 0 : bits;
}

std::uint32_t code_of(const CodeColumn& column, std::uint32_t row) {
  return column.visit([row](const auto* codes) { return std::uint32_t{codes[row]}; });
}

std::vector<std::uint64_t> row_hashes(const Parallel& parallel, const CodedTable& table,
                                      const TargetView& y) {
  std::vector<std::uint64_t> hash(static_cast<std::size_t>(table.n_rows()));
  parallel.for_rows(table.n_rows(), kHashGrain, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t i = begin; i < end; ++i) {
      std::uint64_t h = 0;
      for (std::int32_t k = 0; k < y.n_outputs; ++k)
        h = CounterRng::mix(h ^ bits_of(y.y[i * y.n_outputs + k]));
      hash[static_cast<std::size_t>(i)] = h;
    }
    for (std::int32_t f = 0; f < table.n_features(); ++f)
      table.column(f).visit([&](const auto* codes) {
        for (std::int64_t i = begin; i < end; ++i) {
          std::uint64_t& h = hash[static_cast<std::size_t>(i)];
          h = CounterRng::mix(h ^ codes[i]);
        }
      });
  });
  return hash;
}

/// Order of rows whose hashes are equal: mostly because they are.
int compare_content(const CodedTable& table, const TargetView& y, std::uint32_t a,
                    std::uint32_t b) {
  for (std::int32_t k = 0; k < y.n_outputs; ++k) {
    const std::uint64_t ya = bits_of(y.y[std::int64_t{a} * y.n_outputs + k]);
    const std::uint64_t yb = bits_of(y.y[std::int64_t{b} * y.n_outputs + k]);
    if (ya != yb) return ya < yb ? -1 : 1;
  }
  for (std::int32_t f = 0; f < table.n_features(); ++f) {
    const std::uint32_t ca = code_of(table.column(f), a), cb = code_of(table.column(f), b);
    if (ca != cb) return ca < cb ? -1 : 1;
  }
  return 0;
}

/// Whole, and few enough together that a double holds their sum.
bool are_whole(const double* weight, std::int64_t n_rows) {
  double total = 0.0;
  for (std::int64_t i = 0; i < n_rows; ++i) {
    if (weight[i] != std::floor(weight[i])) return false;
    total += weight[i];
  }
  return total <= kMaxWholeTotal;
}

void need_permutation(const std::vector<std::uint32_t>& order) {
  std::vector<bool> is_there(order.size());
  for (const std::uint32_t row : order) {
    if (row >= order.size() || is_there[row])
      throw ValueError("order must name each of its " + std::to_string(order.size()) +
                       " rows once; it has " + std::to_string(row) +
                       (row < order.size() ? " twice" : ""));
    is_there[row] = true;
  }
}

}  // namespace

std::vector<std::uint32_t> content_order(const Parallel& parallel, const CodedTable& table,
                                         const TargetView& y, const double* weight) {
  const std::vector<std::uint64_t> hash = row_hashes(parallel, table, y);
  return order_by_hash(hash, [&](std::uint32_t a, std::uint32_t b) {
    const int order = compare_content(table, y, a, b);
    if (order != 0) return order < 0;
    return weight != nullptr && weight[a] < weight[b];
  });
}

RowDraw::RowDraw(const Parallel& parallel, const CodedTable& table, const TargetView& y,
                 const double* weight, const DrawConfig& config, std::uint64_t seed)
    : config_(config), rng_(seed, RngPurpose::kRowDraw), n_rows_(table.n_rows()) {
  if (draws_all()) return;
  order_ = content_order(parallel, table, y, weight);
  place_all(weight);
}

RowDraw::RowDraw(std::vector<std::uint32_t> order, const double* weight, const DrawConfig& config,
                 std::uint64_t seed)
    : config_(config),
      rng_(seed, RngPurpose::kRowDraw),
      n_rows_(static_cast<std::int64_t>(order.size())),
      order_(std::move(order)) {
  assert(!draws_all() && !order_.empty());
  need_permutation(order_);
  place_all(weight);
}

/// Gives the rows of order_ their places, and sees that there are enough.
void RowDraw::place_all(const double* weight) {
  n_places_ = static_cast<std::uint64_t>(n_rows_);
  if (weight != nullptr) place_rows(weight);
  const bool is_short = is_whole_ ? static_cast<std::uint64_t>(config_.n_draws) > n_places_
                                  : config_.n_draws > n_rows_;
  if (config_.sampling == Sampling::kWithoutReplacement && is_short)
    throw ValueError("max_samples asks for " + std::to_string(config_.n_draws) +
                     " rows, drawn without replacement, of " +
                     std::to_string(is_whole_ ? static_cast<std::int64_t>(n_places_) : n_rows_));
}

/// Gives each row as many places as it weighs; weights that are not whole are scaled.
void RowDraw::place_rows(const double* weight) {
  const auto n = static_cast<std::size_t>(n_rows_);
  is_whole_ = are_whole(weight, n_rows_);
  double scale = 1.0;
  if (!is_whole_) {
    // The places of all rows together are fewer than 2^62.
    const double largest = *std::max_element(weight, weight + n_rows_);
    const int room = 62 - (std::ilogb(static_cast<double>(n_rows_)) + 1);
    scale = std::ldexp(1.0, std::clamp(room - (std::ilogb(largest) + 1), -1000, 1000));
    weight_.resize(n);
    for (std::size_t i = 0; i < n; ++i) weight_[i] = weight[order_[i]];
  }
  std::vector<std::uint64_t> n_places(n);
  for (std::size_t i = 0; i < n; ++i)
    n_places[i] = static_cast<std::uint64_t>(std::max(1.0, std::nearbyint(weight[i] * scale)));
  set_places(n_places.data());
}

void RowDraw::set_places(const std::uint64_t* n_places_of_row) {
  const std::size_t n = order_.size();
  place_end_.resize(n);
  n_places_ = 0;
  for (std::size_t i = 0; i < n; ++i) {
    n_places_ += n_places_of_row[order_[i]];
    place_end_[i] = n_places_;
  }
  guide_.resize(n);
  const std::uint64_t stretch = n_places_ / n;
  std::uint32_t at = 0;
  for (std::size_t i = 0; i < n; ++i) {
    while (place_end_[at] <= i * stretch) ++at;
    guide_[i] = at;
  }
}

std::uint32_t RowDraw::row_at(std::uint64_t place) const {
  if (place_end_.empty()) return order_[static_cast<std::size_t>(place)];
  const std::uint64_t stretch = n_places_ / static_cast<std::uint64_t>(n_rows_);
  std::size_t at = guide_[std::min<std::size_t>(place / stretch, guide_.size() - 1)];
  while (place_end_[at] <= place) ++at;
  return order_[at];
}

std::int64_t RowDraw::max_rows() const {
  return draws_all() ? n_rows_ : std::min(n_rows_, config_.n_draws);
}

void RowDraw::counts(std::uint64_t tree_idx, std::uint32_t* counts) const {
  std::fill_n(counts, n_rows_, draws_all() ? 1U : 0U);
  if (config_.sampling == Sampling::kWithReplacement) draw_with_replacement(tree_idx, counts);
  if (config_.sampling != Sampling::kWithoutReplacement) return;
  if (is_whole_)
    draw_places(tree_idx, counts);
  else
    draw_by_weight(tree_idx, counts);
}

std::vector<std::uint32_t> RowDraw::drawn_rows(const std::uint32_t* counts) const {
  std::vector<std::uint32_t> rows;
  rows.reserve(static_cast<std::size_t>(max_rows()));
  for (std::int64_t i = 0; i < n_rows_; ++i)
    if (counts[i] > 0) rows.push_back(static_cast<std::uint32_t>(i));
  return rows;
}

void RowDraw::draw_with_replacement(std::uint64_t tree_idx, std::uint32_t* counts) const {
  for (std::int64_t i = 0; i < config_.n_draws; ++i)
    ++counts[row_at(rng_.below(n_places_, tree_idx, static_cast<std::uint64_t>(i)))];
}

/// Different places, all equally likely (Floyd's sampling; Bentley and Floyd, 1987).
void RowDraw::draw_places(std::uint64_t tree_idx, std::uint32_t* counts) const {
  std::unordered_set<std::uint64_t> taken;
  const auto n_draws = static_cast<std::uint64_t>(config_.n_draws);
  for (std::uint64_t last = n_places_ - n_draws; last < n_places_; ++last) {
    std::uint64_t place = rng_.below(last + 1, tree_idx, last);
    if (!taken.insert(place).second) {
      place = last;
      taken.insert(place);
    }
    ++counts[row_at(place)];
  }
}

/// The rows with the smallest -log(u) / weight (Efraimidis and Spirakis, 2006).
void RowDraw::draw_by_weight(std::uint64_t tree_idx, std::uint32_t* counts) const {
  const auto n = static_cast<std::size_t>(n_rows_);
  std::vector<double> key(n);
  for (std::size_t i = 0; i < n; ++i) key[i] = 1.0 - rng_.uniform(tree_idx, i);
  kernels().math.log(key.data(), key.data(), n_rows_);
  std::vector<std::uint32_t> places(n);
  std::iota(places.begin(), places.end(), 0U);
  for (std::size_t i = 0; i < n; ++i) key[i] = -key[i] / weight_[i];
  std::nth_element(
      places.begin(), places.begin() + (config_.n_draws - 1), places.end(),
      [&](std::uint32_t a, std::uint32_t b) { return key[a] != key[b] ? key[a] < key[b] : a < b; });
  for (std::int64_t i = 0; i < config_.n_draws; ++i)
    ++counts[order_[places[static_cast<std::size_t>(i)]]];
}

}  // namespace gbengine

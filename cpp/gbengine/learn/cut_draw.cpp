#include "gbengine/learn/cut_draw.hpp"

#include <algorithm>
#include <bit>

#include "gbengine/kernel/kernels.hpp"

namespace gbengine {
namespace {

constexpr std::int64_t kFewRows = 1 << 13;  // as many as a copy that stays in the cache

constexpr std::int64_t kLookRows = 256;

/// What a column's draws are for; the first two are also those of a column of numbers.
enum : std::uint64_t { kPlace = 0, kMissing = 1 };
constexpr std::uint64_t kDrawsOfColumn = 2;
/// Behind the draws of all columns: the words of a set, and a category to move.
constexpr std::uint64_t kSetDraws = std::uint64_t{1} << 40, kDrawsOfSet = 8;

int size_of(const CategorySet& set) {
  int size = 0;
  for (const std::uint64_t word : set.words()) size += std::popcount(word);
  return size;
}

/// The n-th member.
std::uint32_t member_of(const CategorySet& set, std::uint64_t n) {
  for (std::uint32_t code = 0;; ++code)
    if (set.contains(code) && n-- == 0) return code;
}

}  // namespace

CutDraw::CutDraw(const CodedTable& table, bool reads_most_columns)
    : reads_most_columns_(reads_most_columns) {
  if (table.binned() == nullptr) return;
  const auto n_columns = static_cast<std::size_t>(padded_columns(table.binned()->row_stride));
  missing_code_.resize(n_columns, 255);
  for (std::int32_t f = 0; f < table.n_features(); ++f)
    missing_code_[static_cast<std::size_t>(f)] = static_cast<std::uint8_t>(table.column(f).n_codes);
  low_.resize(n_columns);
  high_.resize(n_columns);
  has_missing_.resize(n_columns);
}

bool CutDraw::draw(std::int32_t feature, int monotonic, DrawnCut& cut) {
  cut.feature = feature;
  cut.monotonic = monotonic;
  cut.is_categorical = view_->column(feature).is_categorical;
  return cut.is_categorical ? draw_categories(feature, cut) : draw_number(feature, cut);
}

bool CutDraw::draw_missing_side(std::int32_t feature) const {
  return draws_.below(2, kDrawsOfColumn * static_cast<std::uint64_t>(feature) + kMissing) == 1;
}

// --- numbers ---

bool CutDraw::draw_number(std::int32_t feature, DrawnCut& cut) {
  const Range range = range_of(feature);
  if (range.low > range.high || (range.low == range.high && !range.has_missing)) return false;
  cut.saw_missing = range.has_missing;
  if (range.low == range.high) {
    // Nothing to draw between: the values left, the missing ones right.
    cut.cut = view_->cut_between(feature, range.high, view_->column(feature).n_codes);
    cut.missing_goes_left = false;
    return true;
  }
  const std::uint64_t place = kDrawsOfColumn * static_cast<std::uint64_t>(feature) + kPlace;
  cut.cut = view_->cut_at_random(feature, range.low, range.high, draws_.uniform(place));
  cut.missing_goes_left = range.has_missing && draw_missing_side(feature);
  return true;
}

CutDraw::Range CutDraw::range_of(std::int32_t feature) {
  if (reads_most_columns_ && rows_.n <= kFewRows && view_->has_row_codes())
    return range_in_block(feature);
  return find_range(view_->column(feature));
}

CutDraw::Range CutDraw::range_in_block(std::int32_t feature) {
  if (!has_ranges_)
    kernels().cuts.find_ranges(view_->code_rows(rows_.rows, rows_.n),
                               static_cast<std::int64_t>(low_.size()), missing_code_.data(),
                               low_.data(), high_.data(), has_missing_.data());
  has_ranges_ = true;
  const auto f = static_cast<std::size_t>(feature);
  if (low_[f] == missing_code_[f]) return {1, 0, true};
  return {low_[f], high_[f], has_missing_[f] != 0};
}

/// Most columns of many rows show both ends of the table's range soon.
CutDraw::Range CutDraw::find_range(const CodeColumn& column) const {
  const std::uint32_t missing = column.n_codes;
  std::uint32_t low = missing, high = 0;
  bool has_missing = false;
  column.visit(rows_.n, [&](const auto& codes) {
    for (std::int64_t begin = 0; begin < rows_.n; begin += kLookRows) {
      const std::int64_t end = std::min(rows_.n, begin + kLookRows);
      for (std::int64_t i = begin; i < end; ++i) {
        const std::uint32_t code = codes[rows_.rows[i]];
        low = std::min(low, code);
        has_missing |= code == missing;
        high = std::max(high, code == missing ? 0 : code);
      }
      if (!column.has_missing && low == 0 && high + 1 == column.n_codes) return;
    }
  });
  if (low == missing) return {1, 0, true};
  return {low, high, has_missing};
}

// --- categories ---

bool CutDraw::draw_categories(std::int32_t feature, DrawnCut& cut) {
  const CodeColumn& column = view_->column(feature);
  cut.categories = {};
  cut.saw_missing = false;
  CategorySet& shown = cut.categories.shown;
  column.visit(rows_.n, [&](const auto& codes) {
    for (std::int64_t i = 0; i < rows_.n; ++i) {
      const std::uint32_t code = codes[rows_.rows[i]];
      if (code == column.n_codes)
        cut.saw_missing = true;
      else
        shown.insert(code);
    }
  });
  const int n_shown = size_of(shown);
  if (n_shown == 0 || (n_shown == 1 && !cut.saw_missing)) return false;
  if (n_shown == 1) {
    cut.categories.left = shown;
    cut.missing_goes_left = false;
    return true;
  }
  const std::uint64_t first = kSetDraws + kDrawsOfSet * static_cast<std::uint64_t>(feature);
  CategorySet& left = cut.categories.left;
  for (std::size_t w = 0; w < CategorySet::kWords; ++w)
    left.words()[w] = shown.words()[w] & draws_.bits(first + w);
  if (size_of(left) == 0 || left == shown) {
    // All on one side: one of them, drawn, goes to the other.
    const std::uint64_t moved =
        draws_.below(static_cast<std::uint64_t>(n_shown), first + CategorySet::kWords);
    const std::uint32_t code = member_of(shown, moved);
    left.words()[code / 64] ^= std::uint64_t{1} << (code % 64);
  }
  cut.missing_goes_left = cut.saw_missing && draw_missing_side(feature);
  return true;
}

}  // namespace gbengine

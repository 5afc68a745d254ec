#include "gbengine/data/rank_column.hpp"

#include <algorithm>
#include <bit>
#include <type_traits>

#include "gbengine/base/radix_sort.hpp"
#include "gbengine/data/sort_key.hpp"

namespace gbengine {
namespace {

template <typename Key>
struct RankEntry {
  std::make_unsigned_t<Key> offset;  // key less the smallest key of the column
  std::uint32_t row;
};

/// The keys as offsets from the smallest: of a narrow column only the low bits differ.
template <typename Value, typename Entry>
int fill_entries(const MatrixView& x, std::int32_t feature, Entry* entries, SortKey<Value>* low) {
  using Key = SortKey<Value>;
  using Unsigned = std::make_unsigned_t<Key>;
  const Value* column = x.column<Value>(feature);
  Key smallest = kMissingKey<Key>, largest = std::numeric_limits<Key>::min();
  for (std::int64_t i = 0; i < x.n_rows; ++i) {
    const Key key = sort_key(column[i * x.row_stride]);
    smallest = std::min(smallest, key);
    largest = std::max(largest, key);
    entries[i] = {static_cast<Unsigned>(key), static_cast<std::uint32_t>(i)};
  }
  for (std::int64_t i = 0; i < x.n_rows; ++i) entries[i].offset -= static_cast<Unsigned>(smallest);
  *low = smallest;
  return static_cast<int>(
      std::bit_width(static_cast<Unsigned>(largest) - static_cast<Unsigned>(smallest)));
}

template <typename Code>
void write_codes(const std::vector<std::uint32_t>& rank_of_row, AlignedBuffer<std::uint8_t>& out) {
  out = AlignedBuffer<std::uint8_t>(rank_of_row.size() * sizeof(Code));
  auto* codes = reinterpret_cast<Code*>(out.data());
  for (std::size_t i = 0; i < rank_of_row.size(); ++i) codes[i] = static_cast<Code>(rank_of_row[i]);
}

void narrow_codes(const std::vector<std::uint32_t>& rank_of_row, RankedColumn& column) {
  column.width = code_width_for(static_cast<std::uint32_t>(column.values.size()));
  switch (column.width) {
    case CodeWidth::k8:
      return write_codes<std::uint8_t>(rank_of_row, column.codes);
    case CodeWidth::k16:
      return write_codes<std::uint16_t>(rank_of_row, column.codes);
    default:
      return write_codes<std::uint32_t>(rank_of_row, column.codes);
  }
}

template <typename Value>
RankedColumn rank_typed(const MatrixView& x, std::int32_t feature) {
  using Key = SortKey<Value>;
  using Entry = RankEntry<Key>;
  const auto n = static_cast<std::size_t>(x.n_rows);
  AlignedBuffer<Entry> entries(n), scratch(n);
  Key smallest;
  const int bits = fill_entries<Value>(x, feature, entries.data(), &smallest);
  const Entry* sorted = radix_sort<11>(entries.data(), scratch.data(), n, bits,
                                       [](const Entry& e) { return e.offset; });
  RankedColumn column;
  std::vector<std::uint32_t> rank_of_row(n);
  using Unsigned = std::make_unsigned_t<Key>;
  for (std::size_t i = 0; i < n; ++i) {
    const Key key = static_cast<Key>(sorted[i].offset + static_cast<Unsigned>(smallest));
    if (key == kMissingKey<Key>) {
      column.has_missing = true;
      rank_of_row[sorted[i].row] = static_cast<std::uint32_t>(column.values.size());
      continue;
    }
    if (i == 0 || sorted[i].offset != sorted[i - 1].offset)
      column.values.push_back(value_of_key(key));
    rank_of_row[sorted[i].row] = static_cast<std::uint32_t>(column.values.size()) - 1;
  }
  narrow_codes(rank_of_row, column);
  return column;
}

}  // namespace

RankedColumn rank_column(const MatrixView& x, std::int32_t feature) {
  return x.dtype == DType::kFloat32 ? rank_typed<float>(x, feature)
                                    : rank_typed<double>(x, feature);
}

}  // namespace gbengine

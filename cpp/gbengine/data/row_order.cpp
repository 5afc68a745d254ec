#include "gbengine/data/row_order.hpp"

#include <algorithm>
#include <cstddef>

#include "gbengine/base/hash_order.hpp"
#include "gbengine/base/rng.hpp"
#include "gbengine/data/value_bits.hpp"

namespace gbengine {
namespace {

constexpr std::int64_t kHashGrain = 1 << 9;

std::uint64_t hash_of_cell(std::uint64_t feature_hash, std::uint64_t bits) {
  return CounterRng::mix(feature_hash ^ bits);
}

std::uint64_t hash_of_value(std::uint64_t feature_hash, double value) {
  return value == 0.0 ? 0 : hash_of_cell(feature_hash, value_bits(value));
}

/// A column, and what makes its cells' hashes differ from those of other columns.
struct Column {
  std::size_t feature;
  std::uint64_t hash;

  explicit Column(std::size_t f) : feature(f), hash(CounterRng::mix(f)) {}
};

/// The columns that are not the same in all rows: those that are change no order.
template <typename IsConstant>
std::vector<Column> varying_columns(std::int32_t n_features, IsConstant&& is_constant) {
  std::vector<Column> columns;
  for (std::int32_t f = 0; f < n_features; ++f)
    if (!is_constant(f)) columns.emplace_back(static_cast<std::size_t>(f));
  return columns;
}

template <typename Value>
void add_values(const Parallel& parallel, const MatrixView& x, std::uint64_t* hash) {
  const auto columns = varying_columns(x.n_cols, [&](std::int32_t f) {
    const Value* column = x.column<Value>(f);
    const std::uint64_t first = value_bits(static_cast<double>(column[0]));
    for (std::int64_t i = 1; i < x.n_rows; ++i)
      if (value_bits(static_cast<double>(column[i * x.row_stride])) != first) return false;
    return true;
  });
  parallel.for_rows(x.n_rows, kHashGrain, [&](std::int64_t begin, std::int64_t end, int) {
    for (const Column& c : columns) {
      const Value* column = x.column<Value>(static_cast<std::int32_t>(c.feature));
      for (std::int64_t i = begin; i < end; ++i)
        hash[i] += hash_of_value(c.hash, static_cast<double>(column[i * x.row_stride]));
    }
  });
}

/// The columns of which all cells are stored, and the same. (Zeros add nothing anyway.)
template <typename Value>
std::vector<bool> constant_columns(const SparseView& x) {
  const auto n_cols = static_cast<std::size_t>(x.n_cols);
  std::vector<std::int64_t> n_equal(n_cols, 0);
  std::vector<std::uint64_t> bits(n_cols, 0);
  const Value* values = x.values<Value>();
  for (std::int64_t k = x.row_begin[0]; k < x.row_begin[x.n_rows]; ++k) {
    const auto f = static_cast<std::size_t>(x.column[k]);
    const std::uint64_t here = value_bits(static_cast<double>(values[k]));
    if (n_equal[f] == 0) bits[f] = here;
    n_equal[f] += bits[f] == here;
  }
  std::vector<bool> is_constant(n_cols);
  for (std::size_t f = 0; f < n_cols; ++f) is_constant[f] = n_equal[f] == x.n_rows;
  return is_constant;
}

template <typename Value>
void add_values(const Parallel& parallel, const SparseView& x, std::uint64_t* hash) {
  const Value* values = x.values<Value>();
  const std::vector<bool> is_constant = constant_columns<Value>(x);
  parallel.for_rows(x.n_rows, kHashGrain, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t i = begin; i < end; ++i)
      for (std::int64_t k = x.row_begin[i]; k < x.row_begin[i + 1]; ++k) {
        const Column c(static_cast<std::size_t>(x.column[k]));
        if (!is_constant[c.feature])
          hash[i] += hash_of_value(c.hash, static_cast<double>(values[k]));
      }
  });
}

template <typename View>
void add_table(const Parallel& parallel, const View& x, std::uint64_t* hash) {
  if (x.dtype == DType::kFloat32)
    add_values<float>(parallel, x, hash);
  else
    add_values<double>(parallel, x, hash);
}

/// Cells of the code of 0 count as all the same, others by what they differ from it.
void add_codes(const SparseCodes& x, std::int32_t n_features, std::vector<std::uint64_t>& hash) {
  const auto columns = varying_columns(n_features, [&](std::int32_t feature) {
    const auto f = static_cast<std::size_t>(feature);
    const std::uint8_t* codes = x.columns.code.data() + x.columns.begin[f];
    const std::int64_t n = x.columns.n_cells(f);
    const std::uint8_t first = n == std::ssize(hash) ? codes[0] : x.zero_code[f];
    return std::all_of(codes, codes + n, [&](std::uint8_t code) { return code == first; });
  });
  std::uint64_t of_zeros = 0;
  for (const Column& c : columns) {
    const std::uint64_t zero_code = x.zero_code[c.feature];
    of_zeros += c.hash * zero_code;
    x.columns.for_each(c.feature, [&](std::size_t row, std::uint8_t code) {
      hash[row] += c.hash * (code - zero_code);
    });
  }
  for (std::uint64_t& h : hash) h = CounterRng::mix(h + of_zeros);
}

}  // namespace

std::vector<std::uint64_t> row_hashes(const Parallel& parallel, const TableView& x) {
  std::vector<std::uint64_t> hash(static_cast<std::size_t>(x.n_rows()));
  if (x.is_sparse())
    add_table(parallel, x.sparse(), hash.data());
  else
    add_table(parallel, x.dense(), hash.data());
  return hash;
}

std::vector<std::uint64_t> row_hashes(const Parallel& parallel, const BinnedMatrix& x) {
  std::vector<std::uint64_t> hash(static_cast<std::size_t>(x.n_rows));
  if (x.sparse) {
    add_codes(*x.sparse, x.n_features, hash);
    return hash;
  }
  const auto columns = varying_columns(x.n_features, [&](std::int32_t f) {
    const std::uint8_t* codes = x.column(f);
    return std::all_of(codes, codes + x.n_rows, [&](std::uint8_t c) { return c == codes[0]; });
  });
  parallel.for_rows(x.n_rows, kHashGrain, [&](std::int64_t begin, std::int64_t end, int) {
    for (const Column& c : columns) {
      const std::uint8_t* codes = x.column(static_cast<std::int32_t>(c.feature));
      for (std::int64_t i = begin; i < end; ++i)
        hash[static_cast<std::size_t>(i)] += c.hash * codes[i];
    }
    for (std::int64_t i = begin; i < end; ++i)
      hash[static_cast<std::size_t>(i)] = CounterRng::mix(hash[static_cast<std::size_t>(i)]);
  });
  return hash;
}

std::vector<std::uint32_t> row_order(const std::vector<std::uint64_t>& hash,
                                     std::span<const double* const> columns) {
  return order_by_hash(hash, [&](std::uint32_t a, std::uint32_t b) {
    for (const double* column : columns)
      if (column[a] != column[b]) return column[a] < column[b];
    return false;
  });
}

std::vector<std::uint32_t> places_of(const std::vector<std::uint32_t>& order) {
  std::vector<std::uint32_t> place(order.size());
  for (std::size_t at = 0; at < order.size(); ++at)
    place[order[at]] = static_cast<std::uint32_t>(at);
  return place;
}

}  // namespace gbengine

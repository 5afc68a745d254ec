#include "gbengine/data/row_order.hpp"

#include <algorithm>
#include <array>

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

std::vector<std::uint64_t> feature_hashes(std::int32_t n_features) {
  std::vector<std::uint64_t> hash(static_cast<std::size_t>(n_features));
  for (std::size_t f = 0; f < hash.size(); ++f) hash[f] = CounterRng::mix(f);
  return hash;
}

template <typename Value>
void add_values(const Parallel& parallel, const MatrixView& x,
                const std::vector<std::uint64_t>& of_feature, std::uint64_t* hash) {
  parallel.for_rows(x.n_rows, kHashGrain, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int32_t f = 0; f < x.n_cols; ++f) {
      const Value* column = x.column<Value>(f);
      for (std::int64_t i = begin; i < end; ++i)
        hash[i] += hash_of_value(of_feature[static_cast<std::size_t>(f)],
                                 static_cast<double>(column[i * x.row_stride]));
    }
  });
}

template <typename Value>
void add_values(const Parallel& parallel, const SparseView& x,
                const std::vector<std::uint64_t>& of_feature, std::uint64_t* hash) {
  const Value* values = x.values<Value>();
  parallel.for_rows(x.n_rows, kHashGrain, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t i = begin; i < end; ++i)
      for (std::int64_t k = x.row_begin[i]; k < x.row_begin[i + 1]; ++k)
        hash[i] += hash_of_value(of_feature[static_cast<std::size_t>(x.column[k])],
                                 static_cast<double>(values[k]));
  });
}

template <typename View>
void add_table(const Parallel& parallel, const View& x, std::uint64_t* hash) {
  const std::vector<std::uint64_t> of_feature = feature_hashes(x.n_cols);
  if (x.dtype == DType::kFloat32)
    add_values<float>(parallel, x, of_feature, hash);
  else
    add_values<double>(parallel, x, of_feature, hash);
}

/// All cells as if they had the code of 0, then what the stored ones differ by.
void add_codes(const SparseCodes& x, const std::vector<std::uint64_t>& of_feature,
               std::vector<std::uint64_t>& hash) {
  std::uint64_t of_zeros = 0;
  for (std::size_t f = 0; f < of_feature.size(); ++f) {
    const std::uint64_t of_zero = hash_of_cell(of_feature[f], x.zero_code[f]);
    of_zeros += of_zero;
    for (auto k = static_cast<std::size_t>(x.column_begin[f]);
         k < static_cast<std::size_t>(x.column_begin[f + 1]); ++k)
      hash[x.column_row[k]] += hash_of_cell(of_feature[f], x.column_code[k]) - of_zero;
  }
  for (std::uint64_t& h : hash) h += of_zeros;
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
  const std::vector<std::uint64_t> of_feature = feature_hashes(x.n_features);
  if (x.sparse) {
    add_codes(*x.sparse, of_feature, hash);
    return hash;
  }
  parallel.for_rows(x.n_rows, kHashGrain, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int32_t f = 0; f < x.n_features; ++f) {
      const std::uint8_t* codes = x.column(f);
      for (std::int64_t i = begin; i < end; ++i)
        hash[static_cast<std::size_t>(i)] +=
            hash_of_cell(of_feature[static_cast<std::size_t>(f)], codes[i]);
    }
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

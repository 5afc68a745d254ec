#include "gbengine/data/sparse_binning.hpp"

#include <algorithm>
#include <cstdint>

#include "gbengine/data/sparse_columns.hpp"
#include "gbengine/data/sparse_cuts.hpp"

namespace gbengine {
namespace {

constexpr std::int64_t kStoredNanoseconds = 60;
constexpr std::int64_t kSlices = 16;  // for each thread: all at work hold a sixteenth of the cells

/// A filler that knows how many stored cells each column has.
LineFiller counted_columns(const SparseView& x) {
  LineFiller filler(static_cast<std::size_t>(x.n_cols));
  for (std::int64_t i = 0; i < x.n_rows; ++i)
    for (std::int64_t k = x.row_begin[i]; k < x.row_begin[i + 1]; ++k)
      filler.count(static_cast<std::size_t>(x.column[k]), static_cast<std::uint32_t>(i));
  filler.start();
  return filler;
}

/// Where slices begin, and the end: runs of columns with about as many cells each.
std::vector<std::int32_t> slice_ends(const LineFiller& filler, std::int32_t n_cols,
                                     std::int64_t n_slices) {
  std::vector<std::int32_t> ends = {0};
  const std::int64_t n_cells = filler.n_cells();
  for (std::int32_t f = 1; f <= n_cols; ++f) {
    const std::int64_t due = n_cells * std::ssize(ends) / n_slices;
    if (f == n_cols || filler.first_cell(static_cast<std::size_t>(f)) >= due) ends.push_back(f);
  }
  return ends;
}

/// @param prepare called with the cells of some columns and one of these before its mapper is used
template <typename Prepare>
SparseCodes code_columns(const Parallel& parallel, const SparseView& x,
                         const std::vector<BinMapper>& mappers, Prepare prepare) {
  SparseCodes codes;
  codes.zero_code.resize(mappers.size());
  LineFiller filler = counted_columns(x);
  const Parallel threads = parallel.worth(x.n_stored() * kStoredNanoseconds);
  const std::vector<std::int32_t> ends =
      slice_ends(filler, x.n_cols, kSlices * threads.n_threads());
  std::vector<SparseColumns> of_thread(static_cast<std::size_t>(threads.n_threads()));
  threads.for_each(std::ssize(ends) - 1, [&](std::int64_t slice, int thread_idx) {
    const auto s = static_cast<std::size_t>(slice);
    SparseColumns& columns = of_thread[static_cast<std::size_t>(thread_idx)];
    columns.read(x, ends[s], ends[s + 1]);
    for (std::int32_t feature = ends[s]; feature < ends[s + 1]; ++feature) {
      const auto f = static_cast<std::size_t>(feature);
      prepare(columns, feature);
      const BinMapper& mapper = mappers[f];
      const std::uint8_t zero_code = codes.zero_code[f] = mapper.bin(0.0);
      for (std::int64_t k = columns.begin(feature); k < columns.begin(feature + 1); ++k)
        filler.add(f, columns.row()[k], mapper.bin(columns.value(k)),
                   [&](std::uint32_t) { return zero_code; });
    }
  });
  codes.columns = filler.take();
  return codes;
}

}  // namespace

SparseCodes cut_and_code(const Parallel& parallel, const SparseView& x, const double* weight,
                         int max_bins, std::vector<BinMapper>& mappers) {
  const SparseCuts cuts(parallel, weight, x.n_rows, max_bins);
  mappers.resize(static_cast<std::size_t>(x.n_cols));
  return code_columns(parallel, x, mappers, [&](const SparseColumns& columns, std::int32_t f) {
    mappers[static_cast<std::size_t>(f)] = cuts.mapper(columns, f);
  });
}

SparseCodes code_cells(const Parallel& parallel, const SparseView& x,
                       const std::vector<BinMapper>& mappers) {
  return code_columns(parallel, x, mappers, [](const SparseColumns&, std::int32_t) {});
}

void add_rows(std::int64_t n_rows, SparseCodes& codes) {
  LineFiller filler(static_cast<std::size_t>(n_rows));
  const std::size_t n_features = codes.zero_code.size();
  const auto for_each_cell = [&](auto visit) {
    for (std::size_t f = 0; f < n_features; ++f)
      codes.columns.for_each(f, [&](std::size_t row, std::uint8_t code) {
        if (code != codes.zero_code[f]) visit(row, static_cast<std::uint32_t>(f), code);
      });
  };
  for_each_cell([&](std::size_t row, std::uint32_t f, std::uint8_t) { filler.count(row, f); });
  filler.start();
  for_each_cell([&](std::size_t row, std::uint32_t f, std::uint8_t code) {
    filler.add(row, f, code, [&](std::uint32_t between) { return codes.zero_code[between]; });
  });
  codes.rows = filler.take();
}

}  // namespace gbengine

#include "gbengine/api/row_shuffle.hpp"

#include <string>

#include "gbengine/api/check_table.hpp"
#include "gbengine/base/error.hpp"
#include "gbengine/base/hash_order.hpp"
#include "gbengine/base/rng.hpp"
#include "gbengine/data/row_order.hpp"

namespace gbengine {

std::vector<std::uint32_t> shuffled_rows(const TableView& x, std::span<const double* const> columns,
                                         std::uint64_t seed, int n_threads,
                                         const Interrupt& interrupt) {
  check_table("X", x);
  if (n_threads < 1)
    throw ValueError("n_threads is " + std::to_string(n_threads) + "; it must be at least 1");
  const Parallel parallel(n_threads, interrupt);
  const std::vector<std::uint32_t> order = row_order(row_hashes(parallel, x), columns);
  const CounterRng rng(seed, RngPurpose::kRowShuffle);
  std::vector<std::uint64_t> draw(order.size());
  for (std::size_t place = 0; place < draw.size(); ++place) draw[place] = rng.bits(place);
  std::vector<std::uint32_t> rows =
      order_by_hash(draw, [](std::uint32_t, std::uint32_t) { return false; });
  for (std::uint32_t& row : rows) row = order[row];
  return rows;
}

}  // namespace gbengine

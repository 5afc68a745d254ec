#include "gbengine/base/sparse_view.hpp"

#include <string>

#include "gbengine/base/error.hpp"

namespace gbengine {

template <typename Begin, typename Index>
SparseOrder check_sparse(const char* name, const Begin* begin, std::int64_t n_major,
                         const Index* index, std::int64_t n_stored, std::int64_t n_minor) {
  if (begin[0] != 0 || begin[n_major] != n_stored)
    throw ValueError(std::string(name) + " is a broken sparse table: indptr runs from " +
                     std::to_string(begin[0]) + " to " + std::to_string(begin[n_major]) +
                     ", not from 0 to the number of stored values, " + std::to_string(n_stored));
  for (std::int64_t i = 0; i < n_major; ++i)
    if (begin[i] > begin[i + 1] || begin[i + 1] > n_stored)
      throw ValueError(std::string(name) + " is a broken sparse table: indptr[" +
                       std::to_string(i + 1) + "] is " + std::to_string(begin[i + 1]) + " after " +
                       std::to_string(begin[i]) + "; it must not fall");
  bool is_ascending = true;
  for (std::int64_t i = 0; i < n_major; ++i) {
    std::int64_t last = -1;
    for (std::int64_t k = begin[i]; k < begin[i + 1]; ++k) {
      const auto at = static_cast<std::int64_t>(index[k]);
      if (at < 0 || at >= n_minor)
        throw ValueError(std::string(name) + " is a broken sparse table: indices[" +
                         std::to_string(k) + "] is " + std::to_string(at) + "; it must be in [0, " +
                         std::to_string(n_minor) + ")");
      is_ascending &= at > last;
      last = at;
    }
  }
  return is_ascending ? SparseOrder::kAscending : SparseOrder::kUnordered;
}

template SparseOrder check_sparse(const char*, const std::int32_t*, std::int64_t,
                                  const std::int32_t*, std::int64_t, std::int64_t);
template SparseOrder check_sparse(const char*, const std::int64_t*, std::int64_t,
                                  const std::int64_t*, std::int64_t, std::int64_t);
template SparseOrder check_sparse(const char*, const std::int64_t*, std::int64_t,
                                  const std::int32_t*, std::int64_t, std::int64_t);

void check_sparse(const char* name, const SparseView& x, std::int64_t n_stored) {
  const SparseOrder order =
      check_sparse(name, x.row_begin, x.n_rows, x.column, n_stored, std::int64_t{x.n_cols});
  if (order == SparseOrder::kUnordered)
    throw ValueError(std::string(name) +
                     " is a sparse table with a row whose columns do not ascend: sort them, and "
                     "sum those that are there twice");
}

}  // namespace gbengine

#include "gbengine/base/sparse_view.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "gbengine/base/error.hpp"

using namespace gbengine;

namespace {

SparseOrder check(const std::vector<std::int64_t>& begin, const std::vector<std::int64_t>& index,
                  std::int64_t n_minor) {
  return check_sparse("X", begin.data(), static_cast<std::int64_t>(begin.size()) - 1, index.data(),
                      static_cast<std::int64_t>(index.size()), n_minor);
}

}  // namespace

TEST_CASE("whole tables pass, and are told whether their indices ascend") {
  CHECK(check({0, 2, 2, 3}, {0, 4, 1}, 5) == SparseOrder::kAscending);
  CHECK(check({0}, {}, 0) == SparseOrder::kAscending);
  CHECK(check({0, 2}, {4, 0}, 5) == SparseOrder::kUnordered);
  CHECK(check({0, 2}, {4, 4}, 5) == SparseOrder::kUnordered);
}

TEST_CASE("broken tables are refused before anything is read by them") {
  CHECK_THROWS_AS(check({1, 2}, {0, 1}, 5), ValueError);
  CHECK_THROWS_AS(check({0, 1}, {0, 1}, 5), ValueError);
  CHECK_THROWS_AS(check({0, 3}, {0, 1}, 5), ValueError);
  CHECK_THROWS_AS(check({0, 2, 1, 2}, {0, 1}, 5), ValueError);
  CHECK_THROWS_AS(check({0, 9, 2}, {0, 1}, 5), ValueError);
  CHECK_THROWS_AS(check({0, -1, 2}, {0, 1}, 5), ValueError);
  CHECK_THROWS_AS(check({0, 1}, {5}, 5), ValueError);
  CHECK_THROWS_AS(check({0, 1}, {-1}, 5), ValueError);
  CHECK_THROWS_AS(check({0, 1}, {std::int64_t{1} << 32}, 5), ValueError);
}

TEST_CASE("a view must ascend") {
  const std::vector<std::int64_t> begin = {0, 2};
  const std::vector<std::int32_t> index = {1, 0};
  const std::vector<double> value = {1.0, 2.0};
  const SparseView x{begin.data(), index.data(), value.data(), DType::kFloat64, 1, 2};
  CHECK_THROWS_AS(check_sparse("X", x, 2), ValueError);
  CHECK(x.n_stored() == 2);
  CHECK(x.rows(1, 1).n_stored() == 0);
}

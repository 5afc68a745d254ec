#include "gbengine/base/in_order.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "gbengine/base/parallel.hpp"

using namespace gbengine;

TEST_CASE("pieces are taken up in order, whatever order they come in") {
  InOrder<int> pieces;
  std::vector<int> taken;
  const auto take = [&](int& piece) { taken.push_back(piece); };
  for (const int idx : {2, 1, 4}) pieces.put(idx, 10 * idx, take);
  CHECK(taken.empty());
  pieces.put(0, 0, take);
  CHECK(taken == std::vector<int>{0, 10, 20});
  pieces.put(3, 30, take);
  CHECK(taken == std::vector<int>{0, 10, 20, 30, 40});
}

TEST_CASE("threads hand in pieces, and one at a time takes them up") {
  const int n = 2000;
  for (const int n_threads : {1, 2, 5}) {
    InOrder<std::unique_ptr<int>> pieces;
    std::vector<int> taken;
    std::atomic<int> n_taking = 0;
    Parallel(n_threads).for_each(n, [&](std::int64_t i, int) {
      pieces.put(i, std::make_unique<int>(static_cast<int>(i)), [&](std::unique_ptr<int>& piece) {
        CHECK(n_taking.fetch_add(1) == 0);
        taken.push_back(*piece);
        n_taking.fetch_sub(1);
      });
    });
    std::vector<int> wanted(n);
    std::iota(wanted.begin(), wanted.end(), 0);
    CHECK(taken == wanted);
  }
}

TEST_CASE("after an exception nothing is taken up") {
  InOrder<int> pieces;
  int n_taken = 0;
  const auto take = [&](int& piece) {
    ++n_taken;
    if (piece == 1) throw std::runtime_error("no room");
  };
  pieces.put(0, 0, take);
  CHECK_THROWS_AS(pieces.put(1, 1, take), std::runtime_error);
  pieces.put(2, 2, take);
  CHECK(n_taken == 2);
}

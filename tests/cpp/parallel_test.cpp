#include "gbengine/base/parallel.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "gbengine/base/error.hpp"
#include "gbengine/base/threads.hpp"

using gbengine::Parallel;

TEST_CASE("every task runs once, whatever the number of threads") {
  for (int n_threads : {1, 2, 3, 8}) {
    const Parallel parallel(n_threads);
    for (std::int64_t n_tasks : {0, 1, 2, 7, 1000}) {
      std::vector<std::atomic<int>> runs(static_cast<std::size_t>(n_tasks));
      parallel.for_each(n_tasks, [&](std::int64_t task, int thread) {
        CHECK_MESSAGE((thread >= 0 && thread < n_threads), thread);
        ++runs[static_cast<std::size_t>(task)];
      });
      for (const auto& count : runs) CHECK(count == 1);
    }
  }
}

TEST_CASE("pieces of rows cover the rows without overlap") {
  std::vector<int> seen(1001, 0);
  Parallel(2).for_rows(1001, 100, [&](std::int64_t begin, std::int64_t end, int) {
    CHECK(end - begin <= 100);
    for (std::int64_t i = begin; i < end; ++i) ++seen[static_cast<std::size_t>(i)];
  });
  CHECK(std::accumulate(seen.begin(), seen.end(), 0) == 1001);
  CHECK(*std::max_element(seen.begin(), seen.end()) == 1);
}

TEST_CASE("a task's exception reaches the caller and the others end") {
  for (int n_threads : {1, 4}) {
    const auto throwing = [&] {
      Parallel(n_threads).for_each(100, [](std::int64_t task, int) {
        if (task == 3) throw gbengine::ValueError("task 3");
      });
    };
    CHECK_THROWS_WITH_AS(throwing(), "task 3", gbengine::ValueError);
  }
}

TEST_CASE("nested loops run serially instead of multiplying threads") {
  std::atomic<int> inner_runs{0};
  Parallel(2).for_each(4, [&](std::int64_t, int) {
    Parallel(4).for_each(5, [&](std::int64_t, int thread) {
      CHECK(thread == 0);
      ++inner_runs;
    });
  });
  CHECK(inner_runs == 20);
}

TEST_CASE("an interrupt stops the loop on the calling thread") {
  for (int n_threads : {1, 2}) {
    const Parallel parallel(n_threads, [] { throw std::runtime_error("interrupted"); });
    std::atomic<std::int64_t> done{0};
    const auto loop = [&] {
      for (int repeat = 0; repeat < 1'000'000; ++repeat)
        parallel.for_each(64, [&](std::int64_t, int) { ++done; });
    };
    CHECK_THROWS_WITH(loop(), "interrupted");
    CHECK(done < 64'000'000);
  }
}

TEST_CASE("n_jobs follows scikit-learn's rules") {
  const int all = gbengine::usable_threads();
  CHECK(all >= 1);
  CHECK(gbengine::threads_of_n_jobs(3) == 3);
  CHECK(gbengine::threads_of_n_jobs(-1) == all);
  CHECK(gbengine::threads_of_n_jobs(-1000) == 1);
  CHECK_THROWS_AS(gbengine::threads_of_n_jobs(0), gbengine::ValueError);
}

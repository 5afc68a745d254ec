#include "gbengine/base/parallel.hpp"

#include <omp.h>

#include <atomic>
#include <cassert>
#include <chrono>
#include <exception>
#include <limits>
#include <utility>

#include "gbengine/base/threads.hpp"

namespace gbengine {
namespace {

using Clock = std::chrono::steady_clock;

/// Often enough that Ctrl-C feels immediate, rarely enough that taking the interpreter's lock
/// costs nothing.
constexpr auto kPollInterval = std::chrono::milliseconds(25);

thread_local Clock::time_point t_last_poll{};

/// Set while this thread works on a parallel loop: whether a task of it has failed.
thread_local const std::atomic<bool>* t_loop_failed = nullptr;

/// Thrown by poll in a task whose loop has failed elsewhere: nobody will look at its result.
struct LoopFailed {};

/// The first exception by task index, so that which error is reported does not depend on timing
/// more than it must.
class FirstError {
 public:
  void store(std::int64_t task_idx) {
    failed_.store(true, std::memory_order_relaxed);
    while (lock_.test_and_set(std::memory_order_acquire)) {
    }
    if (task_idx < task_idx_) {
      task_idx_ = task_idx;
      error_ = std::current_exception();
    }
    lock_.clear(std::memory_order_release);
  }
  const std::atomic<bool>& failed() const { return failed_; }
  void rethrow() {
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
  }

 private:
  std::atomic<bool> failed_{false};
  std::atomic_flag lock_ = ATOMIC_FLAG_INIT;
  std::int64_t task_idx_ = std::numeric_limits<std::int64_t>::max();
  std::exception_ptr error_;
};

}  // namespace

Parallel::Parallel(int n_threads, Interrupt interrupt)
    : n_threads_(is_forked_child() ? 1 : n_threads), interrupt_(std::move(interrupt)) {
  assert(n_threads >= 1);
}

void Parallel::poll() const {
  if (t_loop_failed != nullptr && t_loop_failed->load(std::memory_order_relaxed))
    throw LoopFailed{};
  if (!interrupt_ || omp_get_thread_num() != 0) return;
  const auto now = Clock::now();
  if (now - t_last_poll < kPollInterval) return;
  t_last_poll = now;
  interrupt_();
}

void Parallel::run(std::int64_t n_tasks, RawTask task, void* context) const {
  const int n_threads = static_cast<int>(std::min<std::int64_t>(n_threads_, n_tasks));
  if (n_threads <= 1 || omp_in_parallel()) {
    for (std::int64_t i = 0; i < n_tasks; ++i) {
      poll();
      task(context, i, 0);
    }
    return;
  }
  FirstError first_error;
  std::atomic<std::int64_t> next{0};
#pragma omp parallel num_threads(n_threads)
  {
    const int thread_idx = omp_get_thread_num();
    t_loop_failed = &first_error.failed();
    for (;;) {
      const std::int64_t i = next.fetch_add(1, std::memory_order_relaxed);
      if (i >= n_tasks || first_error.failed().load(std::memory_order_relaxed)) break;
      try {
        poll();
        task(context, i, thread_idx);
      } catch (const LoopFailed&) {
        break;
      } catch (...) {
        first_error.store(i);
      }
    }
    t_loop_failed = nullptr;
  }
  first_error.rethrow();
}

}  // namespace gbengine

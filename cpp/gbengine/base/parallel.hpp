// Parallel: how many threads one call may use, and the one way to use them.
//
// The only OpenMP pragma of the project is in parallel.cpp. A task may throw: the first exception
// (of the lowest task that threw) is rethrown on the calling thread after all tasks ended or were
// skipped. The calling thread asks `interrupt` now and then between its tasks, so every loop that
// goes through here answers Ctrl-C. Nested use runs serially. Results must not depend on which
// thread runs which task: give each task its own output. Example:
//   Parallel parallel(n_threads, interrupt);
//   parallel.for_rows(n_rows, 4096, [&](int64_t begin, int64_t end, int thread) { ... });
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <type_traits>

namespace gbengine {

/// Asked on the calling thread; throws to stop the work (Python's KeyboardInterrupt).
using Interrupt = std::function<void()>;

class Parallel {
 public:
  /// n_threads >= 1. In a forked child everything runs on one thread (OpenMP pools die in fork).
  explicit Parallel(int n_threads, Interrupt interrupt = {});

  int n_threads() const { return n_threads_; }

  /// This, or one thread if the work (roughly, on one thread) is over before others have joined:
  /// they sleep soon after a loop, so that they do not take the cores from anybody else.
  Parallel worth(std::int64_t nanoseconds) const {
    return nanoseconds < kMinNanoseconds ? Parallel(1, interrupt_) : *this;
  }

  /// Calls task(task_idx, thread_idx) once for each task_idx in [0, n_tasks).
  template <typename Task>
  void for_each(std::int64_t n_tasks, Task&& task) const {
    using Plain = std::remove_reference_t<Task>;
    run(
        n_tasks,
        [](void* context, std::int64_t task_idx, int thread_idx) {
          (*static_cast<Plain*>(context))(task_idx, thread_idx);
        },
        const_cast<void*>(static_cast<const void*>(&task)));
  }

  /// Calls task(begin, end, thread_idx) on consecutive pieces of `grain` rows (the last one
  /// shorter).
  template <typename Task>
  void for_rows(std::int64_t n_rows, std::int64_t grain, Task&& task) const {
    for_each((n_rows + grain - 1) / grain, [&](std::int64_t piece, int thread_idx) {
      task(piece * grain, std::min(n_rows, (piece + 1) * grain), thread_idx);
    });
  }

  /// Lets the caller's interrupt speak (rate-limited); call it in long serial work. Inside a task
  /// it also ends the task if another one has failed.
  void poll() const;

 private:
  static constexpr std::int64_t kMinNanoseconds = 100'000;

  using RawTask = void (*)(void* context, std::int64_t task_idx, int thread_idx);
  void run(std::int64_t n_tasks, RawTask task, void* context) const;

  int n_threads_;
  Interrupt interrupt_;
};

}  // namespace gbengine

// InOrder: pieces that threads finish in any order, taken up one by one in the order of their
// index.
//
// A forest's trees are grown side by side and appended to one model. Whoever hands in the piece
// that is next takes it up, and all that were waiting behind it, while the other threads go on.
// Example:
//   InOrder<Tree> finished;
//   parallel.for_each(n, [&](std::int64_t i, int) {
//     finished.put(i, grow(i), [&](Tree& tree) { model.append(tree); });
//   });
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

namespace gbengine {

template <typename Piece>
class InOrder {
 public:
  /// Hands in piece `idx`, 0, 1, …, each once; `take` is never called by two threads at a time.
  /// After an exception of `take` nothing is taken any more.
  template <typename Take>
  void put(std::int64_t idx, Piece piece, Take&& take) {
    std::unique_lock lock(mutex_);
    waiting_.emplace(idx, std::move(piece));
    if (is_taking_) return;
    is_taking_ = true;
    while (!waiting_.empty() && waiting_.begin()->first == next_) {
      auto ready = waiting_.extract(waiting_.begin());
      ++next_;
      lock.unlock();
      take(ready.mapped());
      lock.lock();
    }
    is_taking_ = false;
  }

 private:
  std::mutex mutex_;
  std::map<std::int64_t, Piece> waiting_;
  std::int64_t next_ = 0;
  bool is_taking_ = false;
};

}  // namespace gbengine

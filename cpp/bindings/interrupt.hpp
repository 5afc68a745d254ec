// What ends the core's work from outside: Ctrl-C on the main thread, a CancelToken on others.
//
// Python tells the main thread alone of signals. Who works in other threads enters a token there,
// and cancels it when the main thread has been told. Example, in Python:
//   token = CancelToken()
//   with token: trainer.run(100)      # in a thread; raises KeyboardInterrupt after
//   token.cancel()                    # in another
#pragma once

#include <pybind11/pybind11.h>

#include <atomic>

namespace gbengine::bindings {

namespace py = pybind11;

class CancelToken {
 public:
  void cancel() { is_cancelled_.store(true, std::memory_order_relaxed); }
  bool is_cancelled() const { return is_cancelled_.load(std::memory_order_relaxed); }

  /// Of the thread that asks, between enter and leave.
  static const CancelToken*& current() {
    thread_local const CancelToken* token = nullptr;
    return token;
  }

 private:
  std::atomic<bool> is_cancelled_ = false;
};

/// Raises KeyboardInterrupt if it is time to stop; called by the core without the interpreter's
/// lock.
inline void raise_pending_signals() {
  const py::gil_scoped_acquire lock;
  if (const CancelToken* token = CancelToken::current(); token != nullptr && token->is_cancelled())
    PyErr_SetNone(PyExc_KeyboardInterrupt);
  else if (PyErr_CheckSignals() == 0)
    return;
  throw py::error_already_set();
}

}  // namespace gbengine::bindings

// give_back_free_memory: what the C library keeps of freed memory goes back to the kernel.
//
// Threads free into arenas of their own, and arenas of threads that have ended keep what they have.
// Called where many threads have worked and none goes on.
#pragma once

#if defined(__linux__)
#include <malloc.h>
#endif

namespace gbengine {

inline void give_back_free_memory() {
#if defined(__GLIBC__)
  (void)malloc_trim(0);
#endif
}

}  // namespace gbengine

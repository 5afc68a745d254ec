// Memory of large buffers: from the kernel itself, in huge pages, and back to it at once.
//
// What threads free in an allocator's arenas may stay with the process: after a cross-validation
// that was interrupted it would be half as large again. Used by AlignedBuffer. Example:
//   void* p = new_large(bytes);   // throws std::bad_alloc
//   free_large(p, bytes);
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace gbengine {

inline constexpr std::size_t kHugePage = std::size_t{2} << 20;
/// Smaller ones are made and freed by single calls of predict, where fresh pages take time.
inline constexpr std::size_t kLargeBytes = 8 * kHugePage;

inline void ask_for_huge_pages(void* data, std::size_t bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  (void)madvise(data, bytes, MADV_HUGEPAGE);  // only a hint
#else
  (void)data, (void)bytes;
#endif
}

#if defined(__linux__)

/// @param bytes  a multiple of kHugePage, and so is the address
inline void* new_large(std::size_t bytes) {
  // Mappings start on small pages: of one that is larger by a huge page both ends are given back.
  void* const all =
      mmap(nullptr, bytes + kHugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (all == MAP_FAILED) throw std::bad_alloc();
  const auto begin = reinterpret_cast<std::uintptr_t>(all);
  const std::size_t before = (kHugePage - begin % kHugePage) % kHugePage;
  char* const data = static_cast<char*>(all) + before;
  if (before > 0) (void)munmap(all, before);
  (void)munmap(data + bytes, kHugePage - before);
  ask_for_huge_pages(data, bytes);
  return data;
}

inline void free_large(void* data, std::size_t bytes) {
  (void)munmap(data, bytes);
}

#else

inline void* new_large(std::size_t bytes) {
  void* const data = std::aligned_alloc(kHugePage, bytes);
  if (data == nullptr) throw std::bad_alloc();
  return data;
}

inline void free_large(void* data, std::size_t) {
  std::free(data);
}

#endif

}  // namespace gbengine

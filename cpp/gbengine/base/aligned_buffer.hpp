// AlignedBuffer: a fixed-size array that starts on a cache line and is not initialised.
//
// Large buffers have huge pages if the kernel gives any: the histogram loop touches rows far apart,
// and without them it waits for the TLB. Example:
//   AlignedBuffer<uint8_t> codes(n_rows * row_stride);
#pragma once

#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

#include "gbengine/base/large_memory.hpp"

namespace gbengine {

inline constexpr std::size_t kCacheLine = 64;

template <typename T>
class AlignedBuffer {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  AlignedBuffer() = default;

  explicit AlignedBuffer(std::size_t size) : size_(size) {
    if (size == 0) return;
    if (size > (std::numeric_limits<std::size_t>::max() - 2 * kHugePage) / sizeof(T))
      throw std::bad_alloc();
    data_ = static_cast<T*>(is_large() ? new_large(rounded(kHugePage)) : new_small());
  }

  AlignedBuffer(AlignedBuffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }

  ~AlignedBuffer() {
    if (is_large())
      free_large(data_, rounded(kHugePage));
    else
      std::free(data_);
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  std::size_t size() const { return size_; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  std::span<T> span() { return {data_, size_}; }
  std::span<const T> span() const { return {data_, size_}; }

 private:
  bool is_large() const { return size_ * sizeof(T) >= kLargeBytes; }
  void* new_small() const {
    const std::size_t unit = size_ * sizeof(T) >= 2 * kHugePage ? kHugePage : kCacheLine;
    void* const data = std::aligned_alloc(unit, rounded(unit));
    if (data == nullptr) throw std::bad_alloc();
    if (unit == kHugePage) ask_for_huge_pages(data, rounded(unit));
    return data;
  }
  std::size_t rounded(std::size_t unit) const {
    return (size_ * sizeof(T) + unit - 1) / unit * unit;
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace gbengine

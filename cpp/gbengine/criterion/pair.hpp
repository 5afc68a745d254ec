// Pair: what rows add up to where that is two integers: a sum, and the weight.
#pragma once

#include <cstdint>

namespace gbengine {

struct Pair {
  std::int64_t a = 0, w = 0;

  Pair& operator+=(const Pair& other) {
    a += other.a;
    w += other.w;
    return *this;
  }
  friend Pair operator-(const Pair& x, const Pair& y) { return {x.a - y.a, x.w - y.w}; }
  friend Pair operator+(Pair x, const Pair& y) { return x += y; }
};

}  // namespace gbengine

// CartSums: the integers that a node's rows add up to; two of them need no memory of their own.
//
// Made and dropped once a node: for one number or two classes an allocation would cost more than
// what is done with it. Example:
//   CartSums left(search.best_left(), n_sums);
//   CartSums right = parent - left;
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace gbengine {

class CartSums {
 public:
  CartSums() = default;
  explicit CartSums(std::size_t size) : size_(size) {
    if (size > kFew) many_.resize(size);
  }
  CartSums(const std::int64_t* sums, std::size_t size) : CartSums(size) {
    std::copy_n(sums, size, data());
  }

  std::int64_t* data() { return size_ > kFew ? many_.data() : few_.data(); }
  const std::int64_t* data() const { return size_ > kFew ? many_.data() : few_.data(); }

  /// The last one is the weight.
  std::int64_t weight() const { return data()[size_ - 1]; }

  friend CartSums operator-(const CartSums& all, const CartSums& part) {
    CartSums rest(all.size_);
    for (std::size_t k = 0; k < all.size_; ++k) rest.data()[k] = all.data()[k] - part.data()[k];
    return rest;
  }

 private:
  static constexpr std::size_t kFew = 2;

  std::size_t size_ = 0;
  std::array<std::int64_t, kFew> few_{};
  std::vector<std::int64_t> many_;
};

}  // namespace gbengine

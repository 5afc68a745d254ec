// CategorySet: some of a column's categories, as bits.
//
// A category is a code 0, 1, 2, …, the frequent ones first (the encoder sees to that). Training
// puts codes that have no bin of their own into the last bin, so no set tells codes above 255
// apart: they share the last bit. Example:
//   CategorySet left;
//   left.insert(3);
//   left.contains(3);   left.contains_value(700.0);   // is bit 255 set?
#pragma once

#include <array>
#include <cstdint>

namespace gbengine {

class CategorySet {
 public:
  static constexpr std::uint32_t kLastBit = 255;
  static constexpr std::size_t kWords = 4;

  void insert(std::uint32_t code) {
    const std::uint32_t bit = code < kLastBit ? code : kLastBit;
    words_[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }

  /// All codes from one on.
  void insert_from(std::uint32_t code) {
    for (std::uint32_t bit = code; bit <= kLastBit; ++bit) insert(bit);
  }

  /// All codes that are not in the other set.
  void insert_all_but(const CategorySet& other) {
    for (std::size_t w = 0; w < kWords; ++w) words_[w] |= ~other.words_[w];
  }

  bool is_empty() const { return *this == CategorySet{}; }

  bool contains(std::uint32_t code) const {
    const std::uint32_t bit = code < kLastBit ? code : kLastBit;
    return (words_[bit / 64] >> (bit % 64) & 1) != 0;
  }

  /// Of a cell that is not NaN: a code, or whatever a table holds in its place.
  bool contains_value(double value) const {
    if (!(value > 0.0)) return contains(0);
    return contains(value < kLastBit ? static_cast<std::uint32_t>(value) : kLastBit);
  }

  std::array<std::uint64_t, kWords>& words() { return words_; }
  const std::array<std::uint64_t, kWords>& words() const { return words_; }

  friend bool operator==(const CategorySet&, const CategorySet&) = default;

 private:
  std::array<std::uint64_t, kWords> words_{};
};

}  // namespace gbengine

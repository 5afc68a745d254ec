// Counter-based randomness: a draw is a hash of what it is for, never a step of a hidden state.
//
// So no draw depends on threads, on order or on what was drawn before. Mixing is the finaliser of
// splitmix64 (Steele, Lea, Flood 2014), applied once per word of the key. Example:
//   CounterRng rng(seed, RngPurpose::kRowSample);
//   if (rng.uniform(tree, row) < subsample) keep(row);
#pragma once

#include <cstdint>

namespace gbengine {

/// What a draw is for: streams of different purposes never meet.
enum class RngPurpose : std::uint64_t {
  kRowSample = 1,
  kFeaturePerTree = 2,
  kFeaturePerLevel = 3,
  kFeaturePerSplit = 4,
  kCartColumn = 5,
  kCartCut = 6,
  kRowDraw = 7,
  kTreeColumn = 8,
  kPermutation = 9,
  kTargetFold = 10,
  kRowShuffle = 11,
};

class CounterRng {
 public:
  CounterRng(std::uint64_t seed, RngPurpose purpose)
      : key_(mix(mix(seed) ^ static_cast<std::uint64_t>(purpose))) {}

  /// 64 uniform bits, a function of the key words alone.
  std::uint64_t bits(std::uint64_t a, std::uint64_t b = 0, std::uint64_t c = 0) const {
    return mix(mix(mix(key_ ^ a) ^ b) ^ c);
  }

  /// The draws whose first two words are these: at(a, b).bits(c) == bits(a, b, c).
  class Draws {
   public:
    explicit Draws(std::uint64_t key) : key_(key) {}
    std::uint64_t bits(std::uint64_t c) const { return mix(key_ ^ c); }
    double uniform(std::uint64_t c) const { return to_unit(bits(c)); }
    std::uint64_t below(std::uint64_t n, std::uint64_t c) const { return to_range(bits(c), n); }

   private:
    std::uint64_t key_;
  };
  Draws at(std::uint64_t a, std::uint64_t b) const { return Draws(mix(mix(key_ ^ a) ^ b)); }

  /// A double in [0, 1) with 53 random bits.
  double uniform(std::uint64_t a, std::uint64_t b = 0, std::uint64_t c = 0) const {
    return to_unit(bits(a, b, c));
  }

  /// A whole number in [0, n), n >= 1; the bias is below n / 2^64.
  std::uint64_t below(std::uint64_t n, std::uint64_t a, std::uint64_t b = 0,
                      std::uint64_t c = 0) const {
    return to_range(bits(a, b, c), n);
  }

  static constexpr std::uint64_t mix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
  }

 private:
  static double to_unit(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1.0p-53; }
  static std::uint64_t to_range(std::uint64_t bits, std::uint64_t n) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((Wide{bits} * n) >> 64);
  }

  std::uint64_t key_;
};

}  // namespace gbengine

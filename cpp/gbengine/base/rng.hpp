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
};

class CounterRng {
 public:
  CounterRng(std::uint64_t seed, RngPurpose purpose)
      : key_(mix(mix(seed) ^ static_cast<std::uint64_t>(purpose))) {}

  /// 64 uniform bits, a function of the key words alone.
  std::uint64_t bits(std::uint64_t a, std::uint64_t b = 0, std::uint64_t c = 0) const {
    return mix(mix(mix(key_ ^ a) ^ b) ^ c);
  }

  /// A double in [0, 1) with 53 random bits.
  double uniform(std::uint64_t a, std::uint64_t b = 0, std::uint64_t c = 0) const {
    return static_cast<double>(bits(a, b, c) >> 11) * 0x1.0p-53;
  }

  static constexpr std::uint64_t mix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
  }

 private:
  std::uint64_t key_;
};

}  // namespace gbengine

"""Twin of base/rng.hpp: a draw is a hash of (seed, purpose, a, b, c), never a step of a state."""

from enum import IntEnum

MASK_64 = 2**64 - 1


class Purpose(IntEnum):
    ROW_SAMPLE = 1
    FEATURE_PER_TREE = 2
    FEATURE_PER_LEVEL = 3
    FEATURE_PER_SPLIT = 4
    TARGET_FOLD = 10
    ROW_SHUFFLE = 11


def mix(x: int) -> int:
    """The finaliser of splitmix64 on 64-bit unsigned integers."""
    x = (x + 0x9E3779B97F4A7C15) & MASK_64
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK_64
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK_64
    return x ^ (x >> 31)


class CounterRng:
    def __init__(self, seed: int, purpose: Purpose) -> None:
        self.key = mix(mix(seed & MASK_64) ^ purpose)

    def bits(self, a: int, b: int = 0, c: int = 0) -> int:
        return mix(mix(mix(self.key ^ a) ^ b) ^ c)

    def uniform(self, a: int, b: int = 0, c: int = 0) -> float:
        """A float in [0, 1) with 53 random bits."""
        return (self.bits(a, b, c) >> 11) * 2.0**-53

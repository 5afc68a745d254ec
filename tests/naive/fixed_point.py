"""Gradients and hessians as integers: rounded once a tree, so that sums are exact and orderless.

A real number x becomes the integer round(x * 2**shift), times the row's weight. The shift is the
finest with which the sum over any subset of the rows still fits in a histogram cell. All arithmetic
here is exact: Python integers, and floats where every step has one right answer.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

VALUE_BITS = 30  # one row's |integer|, before its weight, is at most 2**30
NARROW_ROWS = 2**24  # with more, cells are wide
NARROW_LIMIT = 2**31 - 1
WIDE_LIMIT = 2**62


@dataclass(frozen=True)
class RowWeights:
    """Whole weights are repetitions; others are scaled by a power of two to at most 1."""

    is_whole: bool
    factors: list[float]  # weight = factor * 2**exponent
    exponent: int

    @property
    def counts(self) -> list[int]:
        """How often each row counts in min_samples_leaf."""
        return [int(f) for f in self.factors] if self.is_whole else [1] * len(self.factors)

    @property
    def total_count(self) -> int:
        return sum(self.counts)

    @property
    def is_narrow(self) -> bool:
        return self.total_count <= NARROW_ROWS


def row_weights(n_rows: int, weights: Sequence[float] | None) -> RowWeights:
    if weights is None:
        return RowWeights(True, [1.0] * n_rows, 0)
    if all(float(w).is_integer() for w in weights) and sum(weights) < 2**31:
        return RowWeights(True, list(weights), 0)
    exponent = math.frexp(max(weights))[1]
    return RowWeights(False, [math.ldexp(w, -exponent) for w in weights], exponent)


@dataclass(frozen=True)
class FixedPoint:
    quanta: list[int]  # an integer a row, its weight included
    shift: int

    def real(self, total: int) -> float:
        """The float that a sum of quanta stands for."""
        return total * 2.0**-self.shift


def scale_shift(values: NDArray[np.float32], weights: RowWeights) -> int:
    """The largest shift with which sums of round(value * 2**shift) * factor stay in a cell."""
    magnitudes = [abs(float(v)) for v in values]
    largest = max(magnitudes, default=0.0)
    if largest == 0.0:
        return 0
    finest = VALUE_BITS - math.frexp(largest)[1]  # largest * 2**finest <= 2**30

    # An upper bound of the sum of factor * |value|, in units of 2**-finest.
    bound = 0
    for magnitude, factor in zip(magnitudes, weights.factors, strict=True):
        units = math.ceil(math.ldexp(magnitude, finest))
        bound += units * int(factor) if weights.is_whole else math.ceil(units * factor)

    # Rounding moves a row by half a unit, and a row of fractional weight once more by as much.
    limit = NARROW_LIMIT if weights.is_narrow else WIDE_LIMIT
    room = limit - weights.total_count
    coarser = 0
    if weights.is_whole and not weights.is_narrow:  # one row's integer must fit in 32 bits
        coarser = (max(weights.counts) - 1).bit_length()  # log2, rounded up
    while bound > room * 2**coarser:
        coarser += 1
    return finest - coarser


def to_fixed_point(values: NDArray[np.float32], weights: RowWeights) -> FixedPoint:
    shift = scale_shift(values, weights)
    quanta = []
    for value, factor in zip(values, weights.factors, strict=True):
        quantum = round(math.ldexp(float(value), shift))  # Python rounds half to even
        quanta.append(quantum * int(factor) if weights.is_whole else round(quantum * factor))
    return FixedPoint(quanta, shift - weights.exponent)


def counts_as_fixed_point(weights: RowWeights) -> FixedPoint:
    """The hessians of a loss whose hessian is 1, with whole weights: how often a row counts."""
    return FixedPoint(weights.counts, shift=0)

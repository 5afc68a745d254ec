"""Twin of data/target_statistics: what the target is in each category, by exact fractions.

The mean of category c is (S_c + a p) / (N_c + a), with a = 5 and p the mean of all rows; a training
row gets it from the rows of the other folds (Micci-Barreca, 2001).
"""

import math
import struct
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from naive.rng import CounterRng, Purpose, mix

PRIOR_WEIGHT = 5.0
N_FOLDS = 5

Floats = NDArray[np.float64]


def row_folds(X: NDArray[Any], seed: int) -> list[int]:
    """The fold of each row: a hash of the seed and of its cells, and of nothing else."""
    rng = CounterRng(seed, Purpose.TARGET_FOLD)
    return [(rng.bits(_hash(row)) * N_FOLDS) >> 64 for row in X.astype(np.float64).tolist()]


def _hash(row: list[float]) -> int:
    state = 0
    for cell in row:
        bits = 1 if math.isnan(cell) else 0 if cell == 0 else _bits(cell)
        state = mix(state ^ bits)
    return state


def _bits(cell: float) -> int:
    number: int = struct.unpack("<Q", struct.pack("<d", cell))[0]
    return number


def statistics(
    codes: Floats, n_categories: int, y: Floats, n_classes: list[int], weight: Floats | None
) -> Callable[[int, NDArray[np.bool_]], list[float]]:
    """Give a function: the statistics of a category by some of the rows."""
    weights = [Fraction(w) for w in (np.ones(len(codes)) if weight is None else weight).tolist()]
    columns = []
    for output, n in enumerate(n_classes):
        values = y[:, output]
        for c in range(n) if n > 2 else [1]:
            column = values if n == 0 else (values == c).astype(np.float64)
            columns.append([Fraction(value) for value in column.tolist()])
    total = sum(weights)
    priors = [
        float(sum(w * v for w, v in zip(weights, column, strict=True))) / float(total)
        for column in columns
    ]

    def of(category: int, is_read: NDArray[np.bool_]) -> list[float]:
        assert 0 <= category < n_categories
        rows = np.flatnonzero(is_read & (codes == category)).tolist()
        count = float(sum((weights[i] for i in rows), Fraction(0)))
        means = []
        for column, prior in zip(columns, priors, strict=True):
            total_y = float(sum((weights[i] * column[i] for i in rows), Fraction(0)))
            means.append((total_y + PRIOR_WEIGHT * prior) / (count + PRIOR_WEIGHT))
        return [*means, math.log1p(count)]

    return of


def tables(
    X: NDArray[Any],
    feature: int,
    n_categories: int,
    targets: tuple[Floats, list[int], Floats | None],
    folds: list[int],
) -> tuple[Floats, Floats]:
    """The statistics of each category, and those of each row: by other folds, but for the last.

    ``targets`` are y, n_classes and weight.
    """
    codes = X[:, feature].astype(np.float64)
    of = statistics(codes, n_categories, *targets)
    everywhere = np.ones(len(codes), dtype=bool)
    table = np.array([of(c, everywhere) for c in range(n_categories)]).T
    training = np.full((len(table), len(codes)), np.nan)
    for row, fold in enumerate(folds):
        if not math.isnan(codes[row]):
            training[:, row] = of(int(codes[row]), np.array(folds) != fold)
            training[-1, row] = table[-1, int(codes[row])]
    return table, training

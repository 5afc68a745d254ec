"""Where a column is cut into bins, and the bin of every row and feature."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Table:
    codes: list[list[int]]  # codes[row][feature]
    thresholds: list[list[float]]  # ascending, a list a feature
    has_missing: list[bool]  # did training see a NaN in this feature
    n_categories: list[int]  # 0: a feature of numbers

    @property
    def n_rows(self) -> int:
        return len(self.codes)

    @property
    def n_features(self) -> int:
        return len(self.thresholds)

    def n_bins(self, feature: int) -> int:
        return len(self.thresholds[feature]) + 1

    def missing_bin(self, feature: int) -> int:
        """NaN has the bin after the last one."""
        return self.n_bins(feature)

    def is_categorical(self, feature: int) -> bool:
        return self.n_categories[feature] > 0

    def splittable_features(self) -> list[int]:
        """Features that take at least two values, "missing" being one."""
        return [f for f in range(self.n_features) if self.n_bins(f) + self.has_missing[f] >= 2]


def bin_of(value: float, thresholds: Sequence[float]) -> int:
    """The number of thresholds below the value; NaN: the bin after the last."""
    if math.isnan(value):
        return len(thresholds) + 1
    return sum(threshold < value for threshold in thresholds)


def whole_weights(weights: Sequence[float]) -> list[int]:
    """Weights as the cut rule adds them: whole ones as they are, others to about 31 bits."""
    if all(float(w).is_integer() for w in weights) and max(weights) < 2**32:
        return [int(w) for w in weights]
    shift = 31 - math.frexp(max(weights))[1]
    return [max(1, round(math.ldexp(w, shift))) for w in weights]


def threshold_between(a: float, b: float) -> float:
    middle = a / 2 + b / 2
    return middle if a <= middle < b else a


def thresholds_of_column(
    column: NDArray[np.floating], weights: Sequence[float] | None, max_bins: int
) -> list[float]:
    """Cuts between the groups of neighbouring values that share a bin."""
    weight_of: dict[float, int] = {}
    for x, w in zip(
        column, whole_weights([1.0] * len(column) if weights is None else weights), strict=True
    ):
        if not np.isnan(x):
            weight_of[float(x) + 0.0] = weight_of.get(float(x) + 0.0, 0) + w
    values = sorted(weight_of)
    if len(values) <= max_bins:
        groups = [[value] for value in values]
    else:
        groups = bins_of_values(values, weight_of, max_bins)
    return [threshold_between(low[-1], high[0]) for low, high in itertools.pairwise(groups)]


def bins_of_values(
    values: list[float], weight_of: dict[float, int], max_bins: int
) -> list[list[float]]:
    """Values that weigh a bin's worth have a bin; the runs between them share the other bins."""
    total = sum(weight_of.values())
    runs: list[list[float]] = [[]]
    heavy = []
    for value in values:
        if weight_of[value] * max_bins >= total:
            heavy.append(value)
            runs.append([])
        else:
            runs[-1].append(value)

    def weight(some: list[float]) -> int:
        return sum(weight_of[value] for value in some)

    bins: list[list[float]] = []
    bins_left = max_bins - len(heavy)
    for at, run in enumerate(runs):
        if at > 0:
            bins.append([heavy[at - 1]])
        if not run:
            continue
        later = runs[at + 1 :]
        share = Fraction(bins_left * weight(run), weight(run) + sum(map(weight, later)))
        n_bins = math.floor(share + Fraction(1, 2))
        if at == 0:
            n_bins = max(n_bins, 1)  # no heavy value before it to share a bin with
        if n_bins == 0:
            bins[-1] += run  # shares the bin of the heavy value before it
        else:
            run_bins = even_bins(run, weight_of, n_bins)
            bins += run_bins
            bins_left -= len(run_bins)
    return bins


def even_bins(run: list[float], weight_of: dict[float, int], n_bins: int) -> list[list[float]]:
    """At most n_bins groups; each ends with the value that fills its share of what is left."""
    groups: list[list[float]] = []
    left = list(run)
    for bins_left in range(n_bins, 0, -1):
        if not left:
            break
        share = Fraction(sum(weight_of[value] for value in left), bins_left)
        group = [left.pop(0)]
        while left and (bins_left == 1 or sum(weight_of[value] for value in group) < share):
            group.append(left.pop(0))
        groups.append(group)
    return groups


def thresholds_of_categories(n_categories: int, max_bins: int) -> list[float]:
    """Each code has its bin; those that find none left share the last."""
    return [float(code) for code in range(min(n_categories, max_bins) - 1)]


def bin_table(
    X: NDArray[np.floating],
    weights: Sequence[float] | None,
    max_bins: int,
    n_categories: Sequence[int] | None = None,
) -> Table:
    n_categories = [0] * X.shape[1] if n_categories is None else list(n_categories)
    thresholds = [
        thresholds_of_categories(n, max_bins)
        if n > 0
        else thresholds_of_column(column, weights, max_bins)
        for column, n in zip(X.T, n_categories, strict=True)
    ]
    codes = [[bin_of(float(x), thresholds[f]) for f, x in enumerate(row)] for row in X]
    has_missing = [bool(np.isnan(column).any()) for column in X.T]
    return Table(codes, thresholds, has_missing, n_categories)

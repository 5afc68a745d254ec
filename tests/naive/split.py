"""The best split of a node: every feature, every bin, missing values to either side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from naive.binning import Table
from naive.config import Config
from naive.fixed_point import FixedPoint

NOISE = 2.0**-40  # a gain below this share of the score is rounding, not gain


class Sums(NamedTuple):
    """Integer sums over a set of rows."""

    grad: int = 0
    hess: int = 0
    n: int = 0  # rows, each as often as it counts in min_samples_leaf

    def plus(self, other: "Sums") -> "Sums":
        return Sums(self.grad + other.grad, self.hess + other.hess, self.n + other.n)

    def minus(self, other: "Sums") -> "Sums":
        return Sums(self.grad - other.grad, self.hess - other.hess, self.n - other.n)


@dataclass(frozen=True)
class TreeData:
    """What one tree is grown from."""

    table: Table
    grad: FixedPoint
    hess: FixedPoint
    counts: list[int]  # how often a row counts in min_samples_leaf

    def sums(self, rows: Sequence[int]) -> Sums:
        return Sums(
            sum(self.grad.quanta[i] for i in rows),
            sum(self.hess.quanta[i] for i in rows),
            sum(self.counts[i] for i in rows),
        )

    def real(self, sums: Sums) -> tuple[float, float]:
        return self.grad.real(sums.grad), self.hess.real(sums.hess)


@dataclass(frozen=True)
class Split:
    feature: int
    bin: int  # rows of this bin and lower ones go left
    missing_goes_left: bool
    left: Sums
    right: Sums
    gain: float


class Candidate(NamedTuple):
    bin: int
    missing_goes_left: bool
    left: Sums


def soft_threshold(g: float, l1: float) -> float:
    """g moved towards 0 by l1."""
    shrunk = max(abs(g) - l1, 0.0)
    return shrunk if g >= 0.0 else -shrunk


def node_value(g: float, h: float, config: Config) -> float:
    """The step w with the least g w + (h + l2) w^2 / 2 + l1 |w|, within max_delta_step."""
    curvature = h + config.l2_regularization
    if curvature <= 0.0:
        return 0.0
    step = -soft_threshold(g, config.l1_regularization) / curvature
    limit = config.max_delta_step
    return step if limit == 0.0 else min(max(step, -limit), limit)


def node_score(g: float, h: float, config: Config) -> float:
    """Minus twice the value of that least: t^2 / (h + l2) where no limit stops the step."""
    curvature = h + config.l2_regularization
    if curvature <= 0.0:
        return 0.0
    t = soft_threshold(g, config.l1_regularization)
    if config.max_delta_step == 0.0:
        return t * t / curvature
    w = node_value(g, h, config)
    return -(2.0 * t * w + curvature * w * w)


def histogram(data: TreeData, rows: Sequence[int], feature: int) -> list[Sums]:
    """Sums over the rows of each bin; the last cell is for missing values."""
    cells = [Sums()] * (data.table.n_bins(feature) + 1)
    for i in rows:
        code = data.table.codes[i][feature]
        row = Sums(data.grad.quanta[i], data.hess.quanta[i], data.counts[i])
        cells[code] = cells[code].plus(row)
    return cells


def candidates(cells: Sequence[Sums]) -> Iterator[Candidate]:
    """All ways to split the rows of a histogram in two, in order of preference."""
    *bins, missing = cells
    last = len(bins) - 1
    nothing_missing = missing.grad == 0 and missing.hess == 0

    left = Sums()
    for b, cell in enumerate(bins):
        if b == last and nothing_missing:
            break  # nothing would go right
        if cell == Sums():
            continue  # the same rows as one bin lower, which is preferred
        left = left.plus(cell)
        yield Candidate(b, False, left)  # b == last: values left, missing right
    if nothing_missing:
        return
    left = missing
    for b, cell in enumerate(bins[:last]):
        if cell == Sums():
            continue
        left = left.plus(cell)
        yield Candidate(b, True, left)


def best_split(
    data: TreeData, rows: Sequence[int], features: Sequence[int], config: Config
) -> Split | None:
    """The split with the largest gain; None if none is valid or gains enough.

    Of equal ones the first wins: lowest feature, missing right before left, lowest bin.
    """
    node = data.sums(rows)
    node_own_score = node_score(*data.real(node), config)
    best: Split | None = None
    best_total = float("-inf")
    for feature in features:
        cells = histogram(data, rows, feature)
        missing = cells[-1]
        for candidate in candidates(cells):
            left, missing_goes_left = candidate.left, candidate.missing_goes_left
            right = node.minus(left)
            if missing.grad == 0 and missing.hess == 0:
                # None is missing here, or none that weighs anything: they go with the heavier side.
                missing_goes_left = left.hess >= right.hess
                if missing_goes_left:
                    left, right = left.plus(missing), right.minus(missing)
            if min(left.n, right.n) < config.min_samples_leaf or min(left.hess, right.hess) <= 0:
                continue
            (g_left, h_left), (g_right, h_right) = data.real(left), data.real(right)
            if min(h_left, h_right) < config.min_hessian_leaf:
                continue
            total = node_score(g_left, h_left, config) + node_score(g_right, h_right, config)
            if total <= best_total:
                continue
            best_total = total
            gain = total - node_own_score
            best = Split(feature, candidate.bin, missing_goes_left, left, right, gain)
    if best is None or best.gain <= config.min_split_gain or best.gain <= NOISE * best_total:
        return None
    return best

"""The best split of a node: every feature, every bin, missing values to either side.

Categories are ordered in groups first; see `category_candidates`.
"""

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
    bin: int  # rows of this bin and lower ones go left; categories: says nothing
    missing_goes_left: bool
    left: Sums
    right: Sums
    gain: float
    left_bins: frozenset[int] = frozenset()  # of a feature of categories


class Candidate(NamedTuple):
    bin: int
    missing_goes_left: bool
    left: Sums
    left_bins: frozenset[int] = frozenset()


MAX_ONE_AGAINST_REST = 4


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
    nothing_missing = is_weightless(missing)

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


def is_weightless(sums: Sums) -> bool:
    return sums.grad == 0 and sums.hess == 0


def category_groups(
    data: TreeData, cells: Sequence[Sums], node: Sums, config: Config
) -> list[list[int]]:
    """The bins that the node shows; rare ones share a group. By lowest bin."""
    seen = [b for b, cell in enumerate(cells[:-1]) if not is_weightless(cell)]
    least = float(config.min_samples_category) * float(node.hess)
    rare = [b for b in seen if float(cells[b].hess) * float(node.n) < least]
    alone = [[b] for b in seen if b not in rare]
    return sorted([*alone, rare] if rare else alone)


def total_of(cells: Sequence[Sums], bins: Sequence[int]) -> Sums:
    total = Sums()
    for b in bins:
        total = total.plus(cells[b])
    return total


def mean_step(
    data: TreeData, cells: Sequence[Sums], group: list[int], node: Sums, config: Config
) -> float:
    """A group's gradient a unit of hessian, pulled to the node's."""
    g, h = data.real(total_of(cells, group))
    g_node, h_node = data.real(node)
    if h + config.cat_smooth == 0.0:
        return g_node / h_node
    return (g + config.cat_smooth * g_node / h_node) / (h + config.cat_smooth)


def category_candidates(
    data: TreeData, cells: Sequence[Sums], node: Sums, config: Config
) -> Iterator[Candidate]:
    """Few groups: each against the rest. Else the first and the last ones of an order by step."""
    if node.hess <= 0:
        return
    groups = category_groups(data, cells, node, config)
    if len(groups) <= MAX_ONE_AGAINST_REST:
        for group in groups:
            yield from to_both_sides(cells, groups, [[group]])
        return
    groups.sort(key=lambda group: (mean_step(data, cells, group, node, config), group[0]))
    most = config.max_cat_threshold
    sizes = [k for k in range(1, len(groups)) if k <= most or len(groups) - k <= most]
    yield from to_both_sides(cells, groups, [groups[:k] for k in sizes])


def to_both_sides(
    cells: Sequence[Sums], groups: list[list[int]], lefts: list[list[list[int]]]
) -> Iterator[Candidate]:
    """Some choices of groups that go left, with missing rows on the right, then on the left."""
    missing = cells[-1]
    missing_matters = not is_weightless(missing)
    # Missing rows on the right may be there alone.
    lefts_alone = [*lefts, groups] if missing_matters else lefts
    for left_groups in lefts_alone:
        left = [b for group in left_groups for b in group]
        yield Candidate(-1, False, total_of(cells, left), frozenset(left))
    for left_groups in lefts if missing_matters else []:
        left = [b for group in left_groups for b in group]
        yield Candidate(-1, True, total_of(cells, left).plus(missing), frozenset(left))


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
        is_categorical = data.table.is_categorical(feature)
        ways = (
            category_candidates(data, cells, node, config) if is_categorical else candidates(cells)
        )
        for candidate in ways:
            left, missing_goes_left = candidate.left, candidate.missing_goes_left
            left_bins, right = candidate.left_bins, node.minus(left)
            left_is_heavier = left.hess >= right.hess
            if is_weightless(missing):
                # None is missing here, or none that weighs anything: they go with the heavier side.
                missing_goes_left = left_is_heavier
                if missing_goes_left:
                    left, right = left.plus(missing), right.minus(missing)
            if is_categorical and left_is_heavier:  # and so do categories that weigh nothing
                for b, cell in enumerate(cells[:-1]):
                    if is_weightless(cell):
                        left, right = left.plus(cell), right.minus(cell)
                        left_bins |= {b}
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
            best = Split(feature, candidate.bin, missing_goes_left, left, right, gain, left_bins)
    if best is None or best.gain <= config.min_split_gain or best.gain <= NOISE * best_total:
        return None
    return best

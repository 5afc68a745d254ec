"""All ways to part the rows of a node in two by one feature, in order of preference."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from naive.config import Config
from naive.split import MAX_ONE_AGAINST_REST
from naive.vector_sums import VectorData, VectorSums

POWER_STEPS = 8


class Sides(NamedTuple):
    bin: int  # -1 for categories
    missing_goes_left: bool
    left: VectorSums
    right: VectorSums
    left_bins: frozenset[int] = frozenset()


class NodeRows:
    """The rows of a node by their bin of one feature; those that weigh nothing apart."""

    def __init__(self, data: VectorData, rows: Sequence[int], feature: int) -> None:
        self.data = data
        self.n_bins = data.table.n_bins(feature)
        self.rows = rows
        self.of_bin: list[list[int]] = [[] for _ in range(self.n_bins + 1)]
        for i in rows:
            self.of_bin[data.table.codes[i][feature]].append(i)
        self.missing = self.of_bin.pop()

    def weighs(self, rows: Sequence[int]) -> bool:
        sums = self.data.sums(rows)
        return any(sums.grad) or any(sums.hess)

    def part(self, left_bins: Sequence[int], missing_left: bool, b: int = -1) -> Sides:
        """Those bins go left; what weighs nothing goes to the side with more hessian."""
        is_left = set(left_bins)
        left = [i for k, rows in enumerate(self.of_bin) if k in is_left for i in rows]
        left += self.missing if missing_left else []
        right = sorted(set(self.rows) - set(left))
        hess = zip(
            *(self.data.real_hess(self.data.sums(rows)) for rows in (left, right)), strict=True
        )
        left_is_heavier = sum(h_left - h_right for h_left, h_right in hess) >= 0
        if not self.weighs(self.missing):
            missing_left = left_is_heavier
            left = sorted({*left, *self.missing} if missing_left else {*left} - {*self.missing})
        if b < 0 and left_is_heavier:  # categories
            for k, rows in enumerate(self.of_bin):
                if not self.weighs(rows):
                    is_left.add(k)
                    left += rows
        right = sorted(set(self.rows) - set(left))
        sums = self.data.sums(left), self.data.sums(right)
        return Sides(b, missing_left, *sums, frozenset(is_left) if b < 0 else frozenset())


def sides_of_numbers(node: NodeRows) -> Iterator[Sides]:
    last, matters = node.n_bins - 1, node.weighs(node.missing)
    for missing_left in (False, True) if matters else (False,):
        for b in range(last + 1 if matters and not missing_left else last):
            yield node.part(range(b + 1), missing_left, b)


def sides_of_categories(node: NodeRows, config: Config) -> Iterator[Sides]:
    groups = groups_of(node, config)
    if len(groups) <= MAX_ONE_AGAINST_REST:
        for group in groups:
            yield from to_both_sides(node, groups, [[group]])
        return
    keys = keys_of(node, groups, config)
    order = sorted(range(len(groups)), key=lambda i: (keys[i], groups[i][0]))
    groups = [groups[i] for i in order]
    most = config.max_cat_threshold
    sizes = [k for k in range(1, len(groups)) if k <= most or len(groups) - k <= most]
    yield from to_both_sides(node, groups, [groups[:k] for k in sizes])


def to_both_sides(
    node: NodeRows, groups: list[list[int]], lefts: list[list[list[int]]]
) -> Iterator[Sides]:
    matters = node.weighs(node.missing)
    for left in [*lefts, groups] if matters else lefts:
        yield node.part([b for group in left for b in group], missing_left=False)
    for left in lefts if matters else []:
        yield node.part([b for group in left for b in group], missing_left=True)


def groups_of(node: NodeRows, config: Config) -> list[list[int]]:
    """The bins that the node shows; rare ones share a group. By lowest bin."""
    whole = node.data.sums(node.rows)
    least = float(config.min_samples_category) * sum(node.data.real_hess(whole))
    seen = [b for b, rows in enumerate(node.of_bin) if node.weighs(rows)]
    of_bin = {b: sum(node.data.real_hess(node.data.sums(node.of_bin[b]))) for b in seen}
    rare = [b for b in seen if of_bin[b] * float(whole.n) < least]
    alone = [[b] for b in seen if b not in rare]
    return sorted([*alone, rare] if rare else alone)


def keys_of(node: NodeRows, groups: list[list[int]], config: Config) -> list[float]:
    """How far along the first principal direction each group's mean steps lie."""
    data, smooth = node.data, config.cat_smooth
    of_node = data.pairs(data.sums(node.rows))
    steps, centred, weight = [], [], []
    for group in groups:
        own = data.pairs(data.sums([i for b in group for i in node.of_bin[b]]))
        row, from_node, share = [], [], 0.0
        for (g, h), (g_node, h_node) in zip(own, of_node, strict=True):
            step = g_node / h_node
            mean = (g + smooth * step) / (h + smooth) if h + smooth > 0 else step
            row.append(math.sqrt(h_node) * mean)
            from_node.append(math.sqrt(h_node) * (mean - step))
            share += h / h_node
        steps.append(row)
        centred.append(from_node)
        weight.append(share)
    direction = principal_direction(centred, weight)
    return [dot(direction, row) for row in steps]


def dot(a: Sequence[float], b: Sequence[float]) -> float:
    total = 0.0  # not sum(), which is more exact than that
    for x, y in zip(a, b, strict=True):
        total += x * y
    return total


def principal_direction(centred: list[list[float]], weight: list[float]) -> list[float]:
    """Power iteration from the group that weighs most; the largest element is 1."""
    sizes = [w * dot(row, row) for w, row in zip(weight, centred, strict=True)]
    most = max(sizes)
    if not most > 0.0:
        return [0.0] * len(centred[0])
    direction = normalised(centred[sizes.index(most)])
    for _ in range(POWER_STEPS):
        total = [0.0] * len(direction)
        for w, row in zip(weight, centred, strict=True):
            along = dot(row, direction)
            total = [t + w * along * x for t, x in zip(total, row, strict=True)]
        direction = normalised(total)
    return direction


def normalised(direction: list[float]) -> list[float]:
    largest = max(direction, key=abs)
    return [x / largest for x in direction] if largest != 0.0 else direction

"""Twin of the trees of single decisions (CART): each node looks at every way to part its rows.

Exact method, best splitter. Impurities are computed from their definitions, from the rows of each
side anew; nothing is summed up along a column. Two splits whose decreases of impurity differ by no
more than rounding are a tie: which of them a tree takes is not the twin's to say.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = list[int]

TIE = 1e-8  # decreases this close, in shares of the impurity, may come out in either order


@dataclass(frozen=True)
class CartConfig:
    criterion: str = "gini"
    max_depth: int = 0  # 0: no limit
    max_leaf_nodes: int = 0  # 0: no limit
    min_samples_split: int = 2
    min_samples_leaf: int = 1
    min_weight_leaf: float = 0.0
    min_impurity_decrease: float = 0.0
    monotonic_cst: tuple[int, ...] = ()


@dataclass(frozen=True)
class Bounds:
    """Where the value of a node may lie, after monotonic splits above it."""

    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True)
class Split:
    feature: int
    direction: int  # which way the feature's values must go; 0: any
    low: float  # the largest value that goes left
    threshold: float
    missing_goes_left: bool
    left: tuple[int, ...]
    right: tuple[int, ...]
    decrease: float  # of impurity, in the node


@dataclass
class Node:
    rows: Rows
    depth: int
    bounds: Bounds
    impurity: float
    weight: float
    value: Floats
    splits: list[Split]  # that may be taken: the largest decrease first
    left: "Node | None" = None
    right: "Node | None" = None
    taken: Split | None = field(default=None)

    @property
    def best(self) -> Split | None:
        return self.splits[0] if self.splits else None

    @property
    def is_tied(self) -> bool:
        """Whether two splits are best that part the rows, or bound what is below, differently."""
        return len({(split.left, split.direction) for split in self.best_splits()}) > 1

    def best_splits(self) -> list[Split]:
        if not self.splits:
            return []
        limit = self.splits[0].decrease - TIE * max(self.impurity, 1e-300)
        return [split for split in self.splits if split.decrease >= limit]


def weighted_median(y: Floats, weight: Floats) -> float:
    """Least value that half of the weight does not exceed; the middle of two if halves are even."""
    order = np.argsort(y, kind="stable")
    so_far, total = 0.0, float(weight.sum())
    for place, i in enumerate(order):
        so_far += float(weight[i])
        if 2 * so_far > total * (1 + 1e-12):
            return float(y[i])
        if 2 * so_far >= total * (1 - 1e-12):
            return float(y[i] + y[order[place + 1]]) / 2
    raise AssertionError("no rows")


class Cart:
    """A training set and the rules: what a node is, how it may be split, what grows from it.

    y is (n_rows, n_outputs): class codes if n_classes has a number for each output, else numbers.
    """

    def __init__(
        self,
        X: Floats,
        y: Floats,
        config: CartConfig,
        n_classes: Sequence[int] = (),
        weight: Floats | None = None,
    ) -> None:
        self.X, self.y, self.config, self.n_classes = X, y, config, list(n_classes)
        self.weight = np.ones(len(X)) if weight is None else weight
        self.weights_count = bool((self.weight == np.floor(self.weight)).all())
        self.total_weight = float(self.weight.sum())

    # --- what a node is ---

    def count(self, rows: Sequence[int]) -> float:
        """Rows, or copies of rows if all weights are whole."""
        return float(self.weight[list(rows)].sum()) if self.weights_count else len(rows)

    def centre(self, rows: Rows, output: int) -> float:
        y, w = self.y[rows, output], self.weight[rows]
        if self.config.criterion == "absolute_error":
            return weighted_median(y, w)
        return float((y * w).sum() / w.sum())

    def shares(self, rows: Rows, output: int) -> Floats:
        w = self.weight[rows]
        sums = np.bincount(self.y[rows, output].astype(int), w, self.n_classes[output])
        return np.asarray(sums / w.sum())

    def impurity_of(self, rows: Rows, output: int) -> float:
        y, w = self.y[rows, output], self.weight[rows]
        if (y == y[0]).all():
            return 0.0
        criterion = self.config.criterion
        if self.n_classes:
            p = self.shares(rows, output)
            p = p[p > 0]
            return float(1 - (p * p).sum() if criterion == "gini" else -(p * np.log2(p)).sum())
        centre = self.centre(rows, output)
        if criterion == "squared_error":
            of_row = (y - centre) ** 2
        elif criterion == "absolute_error":
            of_row = abs(y - centre)
        else:  # half the Poisson deviance
            of_row = np.array([v * math.log(v / centre) if v > 0 else 0.0 for v in y])
        return float((of_row * w).sum() / w.sum())

    def impurity(self, rows: Rows) -> float:
        n_outputs = self.y.shape[1]
        return sum(self.impurity_of(rows, k) for k in range(n_outputs)) / n_outputs

    def value(self, rows: Rows, bounds: Bounds) -> Floats:
        """One number an output, or the share of each class; (n_outputs, widest)."""
        outputs = range(self.y.shape[1])
        if not self.n_classes:
            value = [np.clip(self.centre(rows, k), bounds.low, bounds.high) for k in outputs]
            return np.array(value)[:, None]
        out = np.zeros((len(outputs), max(self.n_classes)))
        for k in outputs:
            out[k, : self.n_classes[k]] = self.shares(rows, k)
        if self.config.monotonic_cst:
            second = np.clip(out[0, 1], bounds.low, bounds.high)
            out[0] = 1 - second, second
        return out

    # --- how it may be split ---

    def open(self, rows: Rows, depth: int = 0, bounds: Bounds | None = None) -> Node:
        """A node, and all splits that the rules allow."""
        bounds = bounds or Bounds()
        node = Node(
            rows, depth, bounds, self.impurity(rows), float(self.weight[rows].sum()),
            self.value(rows, bounds), [],
        )  # fmt: skip
        if self.may_split(node):
            splits = [split for split in self.all_splits(node) if self.is_allowed(split, node)]
            splits.sort(key=lambda split: -split.decrease)
            if splits and self.improvement(node, splits[0]) >= self.config.min_impurity_decrease:
                node.splits = splits
        return node

    def may_split(self, node: Node) -> bool:
        config = self.config
        return (
            node.impurity > 0
            and self.count(node.rows) >= config.min_samples_split
            and (config.max_depth == 0 or node.depth < config.max_depth)
        )

    def improvement(self, node: Node, split: Split) -> float:
        """Decrease of impurity, as a share of the tree's weight; rounding is forgiven."""
        return split.decrease * node.weight / self.total_weight + 1e-14

    def all_splits(self, node: Node) -> Iterator[Split]:
        for feature in range(self.X.shape[1]):
            x = self.X[node.rows, feature]
            values = np.unique(x[~np.isnan(x)])
            for at, low in enumerate(values):
                for missing_goes_left in (False, True) if np.isnan(x).any() else (False,):
                    goes_left = (x <= low) | (np.isnan(x) & missing_goes_left)
                    left = [i for i, is_left in zip(node.rows, goes_left, strict=True) if is_left]
                    right = [i for i in node.rows if i not in set(left)]
                    if not right:
                        continue
                    last = at + 1 == len(values)
                    threshold = math.inf if last else low / 2 + values[at + 1] / 2
                    decrease = self.decrease(node, left, right)
                    yield Split(
                        feature,
                        self.direction(feature),
                        low,
                        threshold,
                        missing_goes_left,
                        tuple(left),
                        tuple(right),
                        decrease,
                    )

    def decrease(self, node: Node, left: Rows, right: Rows) -> float:
        w_left, w_right = self.weight[left].sum(), self.weight[right].sum()
        kept = w_left * self.impurity(left) + w_right * self.impurity(right)
        return float(node.impurity - kept / node.weight)

    def is_allowed(self, split: Split, node: Node) -> bool:
        config, left, right = self.config, list(split.left), list(split.right)
        if min(self.count(left), self.count(right)) < config.min_samples_leaf:
            return False
        if min(self.weight[left].sum(), self.weight[right].sum()) < config.min_weight_leaf:
            return False
        if config.criterion == "poisson":  # no side may expect nothing
            for k in range(self.y.shape[1]):
                if min(self.y[left, k].max(), self.y[right, k].max()) <= 0:
                    return False
        if split.direction == 0:
            return True
        a, b = self.centre(left, 0), self.centre(right, 0)
        within = min(a, b) >= node.bounds.low and max(a, b) <= node.bounds.high
        return (b - a) * split.direction >= 0 and within

    def direction(self, feature: int) -> int:
        return self.config.monotonic_cst[feature] if self.config.monotonic_cst else 0

    # --- what grows from it ---

    def split(self, node: Node, split: Split) -> tuple[Node, Node]:
        left_bounds = right_bounds = node.bounds
        left, right = list(split.left), list(split.right)
        if split.direction != 0:
            middle = (self.centre(left, 0) + self.centre(right, 0)) / 2
            below, above = Bounds(node.bounds.low, middle), Bounds(middle, node.bounds.high)
            left_bounds, right_bounds = (below, above) if split.direction > 0 else (above, below)
        node.taken = split
        node.left = self.open(left, node.depth + 1, left_bounds)
        node.right = self.open(right, node.depth + 1, right_bounds)
        return node.left, node.right

"""Boosting by trees that all targets share: a leaf has a value for each.

No histograms: the rows of both sides of every split are summed again. Numbers only.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from naive.binning import Table, bin_table
from naive.config import Config
from naive.fixed_point import FixedPoint, counts_as_fixed_point, row_weights, to_fixed_point
from naive.grower import Grower, Node, draw_rows
from naive.losses import Floats, Objective
from naive.split import NOISE, Split, node_score, node_value, soft_threshold
from naive.trainer import GrownTree, TrainedModel, node_record


class VectorSums(NamedTuple):
    """Integer sums over a set of rows."""

    grad: tuple[int, ...]  # a number a target
    hess: tuple[int, ...]  # likewise, or one that all share
    n: int


class VectorData:
    """What one tree is grown from."""

    def __init__(
        self, table: Table, grad: list[FixedPoint], hess: list[FixedPoint], counts: list[int]
    ) -> None:
        self.table = table
        self.grad = grad
        self.hess = hess
        self.counts = counts

    def sums(self, rows: Sequence[int]) -> VectorSums:
        return VectorSums(
            tuple(sum(g.quanta[i] for i in rows) for g in self.grad),
            tuple(sum(h.quanta[i] for i in rows) for h in self.hess),
            sum(self.counts[i] for i in rows),
        )

    def real(self, sums: VectorSums) -> tuple[list[float], float]:
        """Gradients, and the mean hessian."""
        return self.real_grad(sums), sum(self.real_hess(sums)) / len(self.hess)

    def real_grad(self, sums: VectorSums) -> list[float]:
        return [g.real(total) for g, total in zip(self.grad, sums.grad, strict=True)]

    def real_hess(self, sums: VectorSums) -> list[float]:
        return [h.real(total) for h, total in zip(self.hess, sums.hess, strict=True)]

    def pairs(self, sums: VectorSums) -> list[tuple[float, float]]:
        """Gradient and hessian of each target."""
        hess = self.real_hess(sums)
        shared = hess * len(self.grad) if len(hess) == 1 else hess
        return list(zip(self.real_grad(sums), shared, strict=True))


def score_of_sides(data: VectorData, sides: Sequence[VectorSums], config: Config) -> float:
    """The targets' scores of these sets of rows, added in the core's order."""
    if len(data.hess) == 1 and config.max_delta_step == 0.0:
        score = 0.0
        for side in sides:
            squares = 0.0
            for g in data.real_grad(side):
                t = soft_threshold(g, config.l1_regularization)
                squares += t * t
            h = data.real_hess(side)[0] + config.l2_regularization
            score += squares / h if h > 0.0 else 0.0
        return score
    score = 0.0
    for of_target in zip(*(data.pairs(side) for side in sides), strict=True):
        of_sides = 0.0
        for g, h in of_target:
            of_sides += node_score(g, h, config)
        score += of_sides
    return score


def two_sides(
    data: VectorData, rows: Sequence[int], feature: int
) -> Iterator[tuple[int, bool, VectorSums, VectorSums]]:
    """All splits on a feature in order of preference: bin, whether missing rows go left, sums."""
    codes, last = data.table.codes, data.table.n_bins(feature) - 1
    missing = [i for i in rows if codes[i][feature] == data.table.missing_bin(feature)]
    present = [i for i in rows if i not in set(missing)]
    lost = data.sums(missing)
    is_weightless = not any(lost.grad) and not any(lost.hess)
    for missing_left in (False,) if is_weightless else (False, True):
        for b in range(last + 1 if not is_weightless and not missing_left else last):
            left = [i for i in present if codes[i][feature] <= b]
            right = [i for i in present if codes[i][feature] > b]
            goes_left = missing_left
            if is_weightless:  # to the side with more hessian
                left_hess = data.real_hess(data.sums(left))
                pairs = zip(left_hess, data.real_hess(data.sums(right)), strict=True)
                goes_left = sum(h_left - h_right for h_left, h_right in pairs) >= 0
            (left if goes_left else right).extend(missing)
            yield b, goes_left, data.sums(left), data.sums(right)


def is_allowed(data: VectorData, side: VectorSums, config: Config) -> bool:
    return (
        side.n >= config.min_samples_leaf
        and min(side.hess) > 0
        and min(data.real_hess(side)) >= config.min_hessian_leaf
    )


class VectorGrower(Grower):
    data: Any

    def best_split(self, rows: Sequence[int], features: Sequence[int]) -> Split | None:
        data, config = self.data, self.config
        best: Split | None = None
        best_total = float("-inf")
        own_score = score_of_sides(data, [data.sums(rows)], config)
        for feature in features:
            for b, missing_goes_left, left, right in two_sides(data, rows, feature):
                if not (is_allowed(data, left, config) and is_allowed(data, right, config)):
                    continue
                total = score_of_sides(data, [left, right], config)
                if total > best_total:
                    best_total = total
                    sides: Any = (left, right)
                    best = Split(feature, b, missing_goes_left, *sides, total - own_score)
        if best is None or best.gain <= config.min_split_gain or best.gain <= NOISE * best_total:
            return None
        return best

    def values(self, node: Node) -> list[float]:
        sums: Any = node.sums
        return [node_value(g, h, self.config) for g, h in self.data.pairs(sums)]


class VectorTrainer:
    """Rounds of trees for all targets, each with a loss of its own kind."""

    def __init__(
        self,
        X: Floats,
        y: Floats,  # (n_targets, n_rows)
        weights: Floats | None,
        objectives: list[Objective],
        config: Config,
    ) -> None:
        self.weights = None if weights is None else [float(w) for w in weights]
        self.table = bin_table(X, self.weights, config.max_bins, None)
        self.y = y
        self.objectives = objectives
        self.config = config
        targets = zip(objectives, y, strict=True)
        self.base_score = [loss.base_score(of_one, self.weights)[0] for loss, of_one in targets]
        self.raw = np.repeat(np.array(self.base_score)[:, None], y.shape[1], axis=1)
        self.trees: list[GrownTree] = []

    def model(self) -> TrainedModel:
        return TrainedModel(self.table.n_categories, self.base_score, self.trees, self.raw)

    def add_round(self) -> None:
        start = self.raw.copy()
        data = self.tree_data(start)
        for _ in range(self.config.n_parallel_trees):
            self.add_tree(data, start)

    def tree_data(self, raw: Floats) -> VectorData:
        weights = row_weights(self.table.n_rows, self.weights)
        grad, hess = [], []
        for k, loss in enumerate(self.objectives):
            g, h = loss.gradients(self.y[k], raw[k : k + 1], self.weights)
            grad.append(to_fixed_point(g[0], weights))
            is_count = loss.is_const_hessian and weights.is_whole
            hess.append(
                counts_as_fixed_point(weights) if is_count else to_fixed_point(h[0], weights)
            )
        shared = hess[:1] if self.objectives[0].is_const_hessian else hess
        return VectorData(self.table, grad, shared, weights.counts)

    def add_tree(self, data: VectorData, start: Floats) -> None:
        tree_idx = len(self.trees)
        rows = draw_rows(self.table.n_rows, tree_idx, self.config)
        any_data: Any = data
        grower = VectorGrower(any_data, rows, tree_idx, self.config)
        tree = grower.grow()
        values = [self.leaf_values(node, grower.values(node), start) for node in tree.nodes]
        for i, codes in enumerate(self.table.codes):
            for k, value in enumerate(values[tree.leaf_of(codes, self.table).number]):
                self.raw[k, i] += value
        records = [node_record(node, values[node.number], any_data) for node in tree.nodes]
        self.trees.append(GrownTree(0, records))

    def leaf_values(self, node: Node, steps: list[float], start: Floats) -> list[float]:
        rate = self.config.learning_rate / self.config.n_parallel_trees
        for k, loss in enumerate(self.objectives):
            if loss.refits_leaves and node.is_leaf and node.rows:
                residuals = [float(self.y[k, i] - start[k, i]) for i in node.rows]
                weights = None if self.weights is None else [self.weights[i] for i in node.rows]
                steps[k] = loss.leaf_value(residuals, weights)
        return [rate * step for step in steps]

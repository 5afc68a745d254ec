"""Boosting by trees that all targets share: a leaf has a value for each.

No histograms: the rows of both sides of every split are summed again.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from naive.binning import bin_table
from naive.config import Config
from naive.fixed_point import counts_as_fixed_point, row_weights, to_fixed_point
from naive.grower import Grower, Node, draw_rows
from naive.losses import Floats, Objective
from naive.row_order import places_by_content, row_hashes
from naive.split import NOISE, Split, node_value
from naive.trainer import GrownTree, TrainedModel, node_record
from naive.vector_sides import NodeRows, Sides, sides_of_categories, sides_of_numbers
from naive.vector_sums import VectorData, VectorSums, score_of_sides


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
            for sides in self.ways(rows, feature):
                both: Any = (sides.left, sides.right)
                if not all(is_allowed(data, side, config) for side in both):
                    continue
                total = score_of_sides(data, both, config)
                if total > best_total:
                    best_total, gain = total, total - own_score
                    at = (feature, sides.bin, sides.missing_goes_left)
                    best = Split(*at, *both, gain, sides.left_bins)
        if best is None or best.gain <= config.min_split_gain or best.gain <= NOISE * best_total:
            return None
        return best

    def ways(self, rows: Sequence[int], feature: int) -> Iterator[Sides]:
        node = NodeRows(self.data, rows, feature)
        if not self.data.table.is_categorical(feature):
            yield from sides_of_numbers(node)
        elif min(self.data.sums(rows).hess) > 0:
            yield from sides_of_categories(node, self.config)

    def values(self, node: Node) -> list[float]:
        sums: Any = node.sums
        return [node_value(g, h, self.config) for g, h in self.data.pairs(sums)]


class VectorTrainer:
    """Rounds of trees for all targets, each with a loss of its own kind."""

    def __init__(  # noqa: PLR0917 (private, called in few places)
        self,
        X: Floats,
        y: Floats,  # (n_targets, n_rows)
        weights: Floats | None,
        objectives: list[Objective],
        config: Config,
        n_categories: list[int] | None = None,
    ) -> None:
        self.weights = None if weights is None else [float(w) for w in weights]
        self.table = bin_table(X, self.weights, config.max_bins, n_categories)
        self.y = y
        self.objectives = objectives
        self.config = config
        targets = zip(objectives, y, strict=True)
        self.base_score = [loss.base_score(of_one, self.weights)[0] for loss, of_one in targets]
        self.raw = np.repeat(np.array(self.base_score)[:, None], y.shape[1], axis=1)
        self.trees: list[GrownTree] = []
        known = [*y] if self.weights is None else [*y, self.weights]
        self.places = places_by_content(row_hashes(self.table.codes), known)

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
        rows = draw_rows(self.places, tree_idx, self.config)
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

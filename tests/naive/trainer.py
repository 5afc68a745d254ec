"""The boosting loop: rounds of trees for each output, and the model as the core's arrays."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from naive.binning import Table, bin_table
from naive.config import Config
from naive.fixed_point import counts_as_fixed_point, row_weights, to_fixed_point
from naive.grower import Grower, Node, draw_rows
from naive.losses import Floats, Objective
from naive.row_order import places_by_content, row_hashes
from naive.split import Split, TreeData

Arrays = dict[str, NDArray[np.generic]]

NODE_FIELDS = {
    "feature": np.int32,
    "threshold": np.float64,
    "left_child": np.int32,
    "missing_goes_left": np.uint8,
    "value": np.float64,
    "split_gain": np.float64,
    "hess_sum": np.float64,
    "n_samples": np.int64,
}


@dataclass(frozen=True)
class GrownTree:
    """A tree as rows of the model's arrays, one a node; a value may be several."""

    output: int
    nodes: list[dict[str, Any]]


@dataclass(frozen=True)
class TrainedModel:
    n_categories: list[int]  # a number a feature; 0: numbers
    base_score: list[float]
    trees: list[GrownTree]
    raw: Floats  # (n_outputs, n_rows) raw scores of the training rows

    @property
    def leaf_width(self) -> int:
        return np.size(self.trees[0].nodes[0]["value"]) if self.trees else 1

    def to_arrays(self) -> Arrays:
        sizes = [len(tree.nodes) for tree in self.trees]
        arrays: Arrays = {
            "n_features": np.array([len(self.n_categories)], np.int64),
            "leaf_width": np.array([self.leaf_width], np.int64),
            "base_score": np.array(self.base_score, np.float64),
            "tree_begin": np.cumsum([0, *sizes], dtype=np.int64),
            "tree_output": np.array([tree.output for tree in self.trees], np.int32),
        }
        all_nodes = [node for tree in self.trees for node in tree.nodes]
        for name, dtype in NODE_FIELDS.items():
            arrays[name] = np.array([node[name] for node in all_nodes], dtype).reshape(-1)
        if any(self.n_categories):
            arrays["n_categories"] = np.array(self.n_categories, np.int32)
            self.number_sets(arrays, all_nodes)
        return arrays

    def number_sets(self, arrays: Arrays, all_nodes: list[dict[str, Any]]) -> None:
        """The sets one after another; a threshold is the place of its own."""
        sets: list[list[int]] = []
        for at, node in enumerate(all_nodes):
            if node["left_codes"] is not None:
                arrays["threshold"][at] = len(sets)
                sets.append(set_words(node["left_codes"]))
        arrays["category_sets"] = np.array(sets, np.uint64).reshape(len(sets), 4)


def set_words(codes: frozenset[int]) -> list[int]:
    """256 bits as four words, the lowest first."""
    return [sum(1 << b for b in range(64) if 64 * word + b in codes) for word in range(4)]


def train(
    X: NDArray[np.floating],
    y: Floats,
    sample_weight: Floats | None,
    objective: Objective,
    config: Config,
    *,
    n_rounds: int,
    n_categories: list[int] | None = None,
    offset: Floats | None = None,
) -> TrainedModel:
    """Bins the columns and adds rounds of trees.

    Offsets, (n_outputs, n_rows), are added to raw scores and are no part of the model.

    A column with n_categories > 0 holds codes below that, the frequent ones first, or NaN.
    """
    if sample_weight is not None:  # a row of weight 0 is as good as absent
        kept = sample_weight > 0
        X, y, sample_weight = X[kept], y[kept], sample_weight[kept]
        offset = None if offset is None else offset[:, kept]
    weights = None if sample_weight is None else [float(w) for w in sample_weight]
    table = bin_table(X, weights, config.max_bins, n_categories)
    trainer = Trainer(table, y, weights, objective, config, offset)
    for _ in range(n_rounds):
        trainer.add_round()
    return trainer.model()


class Trainer:
    def __init__(  # noqa: PLR0917 (private, called in few places)
        self,
        table: Table,
        y: Floats,
        weights: list[float] | None,
        objective: Objective,
        config: Config,
        offset: Floats | None = None,
    ) -> None:
        self.table = table
        self.y = y
        self.weights = weights
        self.objective = objective
        self.config = config
        self.base_score = list(config.base_score) or objective.base_score(y, weights, offset)
        self.raw = np.repeat(np.array(self.base_score)[:, None], len(y), axis=1)
        if offset is not None:
            self.raw = self.raw + offset
        self.trees: list[GrownTree] = []
        known = [y, weights, *([] if offset is None else offset)]
        self.places = places_by_content(
            row_hashes(table.codes), [column for column in known if column is not None]
        )

    def model(self) -> TrainedModel:
        return TrainedModel(self.table.n_categories, self.base_score, self.trees, self.raw)

    def add_round(self) -> None:
        """Trees for each output, by the gradients and raw scores at the round's beginning."""
        start = self.raw.copy()
        grad, hess = self.objective.gradients(self.y, start, self.weights)
        for output in range(self.objective.n_outputs):
            data = self.tree_data(grad[output], hess[output])
            for _ in range(self.config.n_parallel_trees):
                self.add_tree(output, data, start)

    def add_tree(self, output: int, data: TreeData, start: Floats) -> None:
        tree_idx = len(self.trees)
        rows = draw_rows(self.places, tree_idx, self.config)
        grower = Grower(data, rows, tree_idx, self.config)
        tree = grower.grow()
        values = [self.node_value(node, grower.value(node), start) for node in tree.nodes]
        for i, codes in enumerate(self.table.codes):  # rows that were not drawn too
            self.raw[output, i] += values[tree.leaf_of(codes, self.table).number]
        records = [node_record(node, values[node.number], data) for node in tree.nodes]
        self.trees.append(GrownTree(output, records))

    def tree_data(self, grad: NDArray[np.float32], hess: NDArray[np.float32]) -> TreeData:
        weights = row_weights(self.table.n_rows, self.weights)
        if self.objective.is_const_hessian and weights.is_whole:
            fixed_hess = counts_as_fixed_point(weights)
        else:
            fixed_hess = to_fixed_point(hess, weights)
        return TreeData(self.table, to_fixed_point(grad, weights), fixed_hess, weights.counts)

    def node_value(self, node: Node, step: float, start: Floats) -> float:
        """What the node adds to a raw score, or would if it were a leaf."""
        if self.objective.refits_leaves and node.is_leaf and node.rows:
            residuals = [float(self.y[i] - start[0, i]) for i in node.rows]
            weights = None if self.weights is None else [self.weights[i] for i in node.rows]
            step = self.objective.leaf_value(residuals, weights)
        return self.config.learning_rate / self.config.n_parallel_trees * step


def node_record(node: Node, value: float | list[float], data: TreeData) -> dict[str, Any]:
    _, hess_sum = data.real(node.sums)
    record: dict[str, Any] = {
        "feature": -1,
        "threshold": 0.0,
        "left_child": -1,
        "missing_goes_left": 0,
        "value": value,
        "split_gain": 0.0,
        "hess_sum": hess_sum,
        "n_samples": len(node.rows),
        "left_codes": None,
    }
    if not node.is_leaf:
        assert node.split is not None
        record |= {
            "feature": node.split.feature,
            "left_child": node.left,
            "missing_goes_left": int(node.split.missing_goes_left),
            "split_gain": node.split.gain,
        }
        if data.table.is_categorical(node.split.feature):
            record["left_codes"] = codes_of_bins(node.split, data.table)
        else:
            thresholds = data.table.thresholds[node.split.feature]
            is_last_bin = node.split.bin == len(thresholds)  # values left, missing right
            record["threshold"] = float("inf") if is_last_bin else thresholds[node.split.bin]
    return record


def codes_of_bins(split: Split, table: Table) -> frozenset[int]:
    """Codes below 256 that go left: a bin's own, and all from the last bin on."""
    last = table.n_bins(split.feature) - 1
    return frozenset(code for code in range(256) if min(code, last) in split.left_bins)

"""Random small training sets for single trees, and the walk of a tree beside its naive twin."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.utils.class_weight import compute_sample_weight

import gbengine
from naive.cart import Cart, CartConfig, Floats, Node, Split

CLASS_CRITERIA = ("gini", "entropy", "log_loss")
NUMBER_CRITERIA = ("squared_error", "absolute_error", "poisson")
CRITERIA = CLASS_CRITERIA + NUMBER_CRITERIA
CLOSE = {"rtol": 1e-7, "atol": 1e-8}


@dataclass
class Case:
    """A training set, the parameters of the estimators, and how a twin sees both."""

    X: Any  # float32
    y: Any
    weight: Floats | None
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def is_classes(self) -> bool:
        return self.params["criterion"] in CLASS_CRITERIA

    def fit(self, module: Any) -> Any:
        name = "DecisionTreeClassifier" if self.is_classes else "DecisionTreeRegressor"
        return getattr(module, name)(**self.params).fit(self.X, self.y, sample_weight=self.weight)

    def ours(self) -> Any:
        return self.fit(gbengine)

    def twin(self) -> Cart:
        params = dict(self.params)
        params.pop("random_state", None)
        class_weight = params.pop("class_weight", None)
        share = params.pop("min_weight_fraction_leaf", 0.0)
        weight = None if self.weight is None else self.weight
        if class_weight is not None:
            of_class = compute_sample_weight(class_weight, self.y)
            weight = of_class if weight is None else of_class * weight
        total = len(self.X) if weight is None else weight.sum()
        for name in ("max_depth", "max_leaf_nodes"):
            params[name] = params.get(name) or 0
        directions = params.pop("monotonic_cst", None)
        config = CartConfig(
            **params, min_weight_leaf=share * total, monotonic_cst=tuple(directions or ())
        )
        y = self.y.astype(np.float64).reshape(len(self.X), -1)
        n_classes = [len(np.unique(column)) for column in y.T] if self.is_classes else []
        return Cart(self.X.astype(np.float64), y, config, n_classes, weight)


def make_table(rng: np.random.Generator, n_rows: int, n_features: int, missing: float) -> Any:
    """Columns of few values, of many, and equal ones, all of them float32."""
    X = rng.normal(size=(n_rows, n_features)).round(2)
    few = rng.random(n_features) < 0.5
    X[:, few] = rng.integers(0, 5, (n_rows, few.sum()))
    X[rng.random(X.shape) < missing] = np.nan
    return X.astype(np.float32)


def make_targets(
    rng: np.random.Generator, criterion: str, X: Any, n_outputs: int, n_classes: int
) -> Any:
    signal = np.nan_to_num(X[:, :1].astype(np.float64), nan=1.5)
    signal = signal * rng.normal(size=n_outputs) + rng.normal(size=(len(X), n_outputs))
    if criterion in CLASS_CRITERIA:
        y = np.floor(signal * 1.5).astype(int) % n_classes
        y[:n_classes] = np.arange(n_classes)[:, None]
    elif criterion == "poisson":
        # Eighths, whose sums are exact: scikit-learn may take the rounding of 0 for a rate above 0.
        y = np.maximum(np.round(signal * 8 + 4) / 8, 0.0)
        y[-1] = 1.0
    else:
        y = signal.round(1) if rng.random() < 0.5 else signal
    return y[:, 0] if n_outputs == 1 else y


def make_case(seed: int, criterion: str, *, counts_rows: bool = False) -> Case:
    """One of a thousand; counts_rows: nothing for which copies and rows differ."""
    rng = np.random.default_rng([seed, CRITERIA.index(criterion)])
    is_classes = criterion in CLASS_CRITERIA
    n_rows, n_features = int(rng.integers(12, 40)), int(rng.integers(1, 5))
    n_outputs, n_classes = int(rng.choice([1, 1, 1, 2, 3])), int(rng.integers(2, 5))
    missing = 0.0 if criterion == "absolute_error" else float(rng.choice([0.0, 0.0, 0.15]))
    X = make_table(rng, n_rows, n_features, missing)
    y = make_targets(rng, criterion, X, n_outputs, n_classes)
    kind = rng.choice(["none", "whole", "fractional"])
    weight = {
        "none": None,
        "whole": rng.integers(1, 4, n_rows).astype(np.float64),
        "fractional": rng.integers(20, 200, n_rows) / 64,
    }[kind]
    params: dict[str, Any] = {"criterion": criterion, "random_state": 0}
    if not (counts_rows and kind == "whole"):
        params["min_samples_leaf"] = int(rng.choice([1, 1, 2, 4]))
        params["min_samples_split"] = int(rng.choice([2, 2, 5, 9]))
    params["max_depth"] = rng.choice([None, None, 2, 4])
    params["max_leaf_nodes"] = rng.choice([None, None, 3, 6])
    params["min_weight_fraction_leaf"] = float(rng.choice([0.0, 0.0, 0.0719]))
    params["min_impurity_decrease"] = float(rng.choice([0.0, 0.0, 0.01234]))
    one_mean = n_outputs == 1 and (not is_classes or n_classes == 2)
    if one_mean and rng.random() < 0.4:
        params["monotonic_cst"] = [int(c) for c in rng.integers(-1, 2, n_features)]
    if is_classes and rng.random() < 0.3:
        # Without weights: ours are balanced by weight, scikit-learn's by rows.
        factors = [{k: 0.5 + 0.75 * k for k in range(n_classes)} for _ in range(n_outputs)]
        by_class = factors if n_outputs > 1 else factors[0]
        params["class_weight"] = "balanced" if weight is None else by_class
    return Case(X, y, weight, params)


def left_rows(twin: Cart, node: Node, tree: Any, i: int) -> tuple[int, ...]:
    x = twin.X[node.rows, tree.feature[i]]
    is_left = np.where(np.isnan(x), tree.missing_go_to_left[i] != 0, x <= tree.threshold[i])
    return tuple(row for row, left in zip(node.rows, is_left, strict=True) if left)


class Walk:
    """Follows a tree and asks of each node and split whether the twin would have made it so."""

    def __init__(self, twin: Cart, tree: Any) -> None:
        self.twin, self.tree = twin, tree
        self.n_nodes = self.n_ties = 0
        self.nodes: dict[int, Node] = {}
        root = twin.open(list(range(len(twin.X))))
        self.visit(0, root)
        if twin.config.max_leaf_nodes > 0:
            self.check_order()

    def visit(self, i: int, node: Node) -> None:
        tree = self.tree
        self.n_nodes += 1
        self.nodes[i] = node
        assert tree.n_node_samples[i] == len(node.rows)
        np.testing.assert_allclose(tree.weighted_n_node_samples[i], node.weight, **CLOSE)
        np.testing.assert_allclose(tree.impurity[i], node.impurity, **CLOSE)
        np.testing.assert_allclose(tree.value[i], node.value, **CLOSE)
        if tree.children_left[i] == -1:
            assert not node.splits or self.twin.config.max_leaf_nodes > 0
            return
        if node.impurity == 0.0:
            assert tree.impurity[i] != 0.0  # scikit-learn may take rounding for impurity
            return
        split = self.taken(i, node)
        self.n_ties += node.is_tied
        assert split.decrease >= node.best_splits()[-1].decrease
        for child, below in zip(
            (tree.children_left[i], tree.children_right[i]),
            self.twin.split(node, split),
            strict=True,
        ):
            self.visit(child, below)

    def taken(self, i: int, node: Node) -> Split:
        """The twin's split that parts the rows as the tree does."""
        left = left_rows(self.twin, node, self.tree, i)
        for split in node.splits:
            if split.feature == self.tree.feature[i] and split.left == left:
                assert split.threshold == self.tree.threshold[i]
                return split
        raise AssertionError(f"node {i}: the twin does not know or allow this split")

    def check_order(self) -> None:
        """Of the leaves that can be split, the one that gains most was, until there were enough."""
        twin, tree = self.twin, self.tree
        open_nodes, n_leaves = [0], 1
        while n_leaves < twin.config.max_leaf_nodes:
            waiting = [i for i in open_nodes if self.nodes[i].splits]
            if not waiting:
                break
            gain = {i: self.nodes[i].splits[0].decrease * self.nodes[i].weight for i in waiting}
            most = max(gain.values())
            equal = [i for i in waiting if gain[i] >= most * (1 - 1e-8) - 1e-12]
            split = [i for i in equal if tree.children_left[i] != -1]
            assert split, f"leaf {equal} gains most and was not split"
            open_nodes.remove(split[0])
            open_nodes += [tree.children_left[split[0]], tree.children_right[split[0]]]
            n_leaves += 1
        assert all(tree.children_left[i] == -1 for i in open_nodes)


def assert_missing_directions(twin: Cart, walk: Walk) -> None:
    """Where a node saw no missing value, they go where more weight goes."""
    for i, node in walk.nodes.items():
        if node.taken is None:
            continue
        if not np.isnan(twin.X[node.rows, node.taken.feature]).any():
            left, right = (
                twin.weight[list(rows)].sum() for rows in (node.taken.left, node.taken.right)
            )
            if not np.isclose(left, right):  # else the last bits of the sums decide
                assert walk.tree.missing_go_to_left[i] == (left > right)


STATISTICS = ("weighted_n_node_samples", "impurity", "value")


def assert_same_until_tie(
    ours: Any, theirs: Any, twin: Cart, statistics: tuple[str, ...] = STATISTICS
) -> int:
    """Node by node; below a split that differs (a tie: Walk has checked it) nothing is compared.

    Returns how many nodes were compared.
    """
    open_pairs, n_compared = [(0, 0, twin.open(list(range(len(twin.X)))))], 0
    while open_pairs:
        a, b, node = open_pairs.pop()
        n_compared += 1
        for name in statistics:
            np.testing.assert_allclose(getattr(ours, name)[a], getattr(theirs, name)[b], **CLOSE)
        ends = (ours.children_left[a] == -1, theirs.children_left[b] == -1)
        if any(ends):
            # One of them may have had its leaves elsewhere; Walk has looked at that.
            assert ends[0] == ends[1] or twin.config.max_leaf_nodes > 0 or node.impurity == 0
            continue
        if node.is_tied or left_rows(twin, node, ours, a) != left_rows(twin, node, theirs, b):
            assert node.is_tied
            continue
        best = node.best
        assert best is not None
        assert ours.threshold[a] == theirs.threshold[b] == best.threshold or (
            ours.feature[a] != theirs.feature[b]  # two columns that part the rows alike
        )
        below = twin.split(node, best)
        open_pairs.append((ours.children_left[a], theirs.children_left[b], below[0]))
        open_pairs.append((ours.children_right[a], theirs.children_right[b], below[1]))
    return n_compared

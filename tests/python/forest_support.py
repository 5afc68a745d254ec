"""What the tests of trees and forests share: estimators by name, their twins, slow versions."""

from typing import Any

import numpy as np
import sklearn.ensemble
import sklearn.tree
from conftest import SKLEARN

import gbengine

TREES = [
    f"{kind}Tree{task}" for kind in ("Decision", "Extra") for task in ("Classifier", "Regressor")
]
FORESTS = [
    f"{kind}{task}"
    for kind in ("RandomForest", "ExtraTrees")
    for task in ("Classifier", "Regressor")
]


def make(name: str, **params: Any) -> Any:
    """Make an estimator, small if it is a forest."""
    if name in FORESTS:
        params = {"n_estimators": 7} | params
    return getattr(gbengine, name)(**{"random_state": 3} | params)


def peer(name: str, **params: Any) -> Any:
    """Make scikit-learn's estimator of the same name."""
    module = sklearn.tree if name in TREES else sklearn.ensemble
    return getattr(module, name)(**params)


def is_classifier(name: str) -> bool:
    return name.endswith("Classifier")


def float32_table(n_rows: int = 150, n_features: int = 4, seed: int = 0) -> np.ndarray:
    """A table whose values fit in float32, some of them missing, some equal."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, n_features)).round(2).astype(np.float32)
    X[rng.random(X.shape) < 0.05] = np.nan
    return X


def targets(name: str, X: np.ndarray, n_outputs: int = 1, seed: int = 1) -> np.ndarray:
    """Targets that X says something about: numbers, or three classes by name."""
    rng = np.random.default_rng(seed)
    filled = np.nan_to_num(X.astype(np.float64))
    columns = []
    for output in range(n_outputs):
        signal = filled[:, output] + filled[:, -1] ** 2 + 0.3 * rng.normal(size=len(X))
        if is_classifier(name):
            cuts = np.quantile(signal, [0.4, 0.7])
            columns.append(np.array(["low", "mid", "top"])[np.digitize(signal, cuts)])
        else:
            columns.append(signal)
    return columns[0] if n_outputs == 1 else np.column_stack(columns)


def path_of(tree: Any, X: Any) -> Any:
    """Give the decision path of a tree of scikit-learn, which 1.7 gets wrong where NaN go left."""
    path = tree.decision_path(X)
    if SKLEARN >= (1, 8):
        return path
    wrong = np.isnan(X).any(axis=1)
    fixed = path.tolil()
    parent = np.full(tree.node_count, -1)
    for side in (tree.children_left, tree.children_right):
        parent[side[side >= 0]] = np.flatnonzero(side >= 0)
    for row, leaf in zip(np.flatnonzero(wrong), tree.apply(X)[wrong], strict=True):
        fixed[row] = 0
        while leaf >= 0:
            fixed[row, leaf] = 1
            leaf = parent[leaf]  # noqa: PLW2901 (up the tree)
    return fixed.tocsr()


def n_unlike(a: Any, b: Any) -> int:
    """Count the cells in which two sparse matrices differ."""
    return int((a != b).nnz)

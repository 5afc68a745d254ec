"""Exact single trees against scikit-learn's, node by node, on random small sets and real ones.

Both trees are held against the naive twin, which knows where two splits are equally good; where no
tie decides they must be the same. scikit-learn rounds X to float32 and counts rows of whole weights
once, so the sets have float32 values and no rule that tells copies from rows.
"""

from typing import Any

import numpy as np
import pytest
import sklearn.ensemble
import sklearn.tree
from cart_support import (
    CLASS_CRITERIA,
    CLOSE,
    CRITERIA,
    STATISTICS,
    Case,
    Walk,
    assert_same_until_tie,
    make_case,
)
from conftest import SKLEARN, load_real_data
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import train_test_split
from sklearn.tree._tree import ccp_pruning_path

import gbengine

newer = pytest.mark.skipif(SKLEARN < (1, 8), reason="1.7 scores splits otherwise, and NaN")


@newer
@pytest.mark.parametrize("start", range(0, 40, 10))
@pytest.mark.parametrize("criterion", CRITERIA)
def test_random_sets(criterion: str, start: int) -> None:
    n_compared = n_nodes = 0
    for seed in range(start, start + 10):
        case = make_case(seed, criterion, counts_rows=True)
        ours, theirs = case.ours().tree_, case.fit(sklearn.tree).tree_
        n_nodes += Walk(case.twin(), ours).n_nodes
        Walk(case.twin(), theirs)
        n_compared += assert_same_until_tie(
            ours, theirs, case.twin(), ("n_node_samples", *STATISTICS)
        )
    assert n_compared > 0.3 * n_nodes


@pytest.mark.parametrize("criterion", CRITERIA)
def test_whole_weights_are_repeated_rows_of_scikit_learn(criterion: str) -> None:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(70, 3)).astype(np.float32)
    y = np.abs(X[:, 0] + rng.normal(size=70)) * 2
    y = np.floor(y) if criterion in CLASS_CRITERIA else y
    weight = rng.integers(1, 5, 70)
    params = {"criterion": criterion, "min_samples_leaf": 9, "min_samples_split": 25}
    case = Case(X, y, weight.astype(np.float64), params)
    again = Case(np.repeat(X, weight, axis=0), np.repeat(y, weight), None, params)
    ours, theirs = case.ours().tree_, again.fit(sklearn.tree).tree_
    assert assert_same_until_tie(ours, theirs, case.twin()) > 0.5 * ours.node_count
    assert theirs.node_count > 7


REAL = ["letter", "adult", "higgs7k", "diamonds", "ames", "california_housing"]


def real_arrays(name: str, n_rows: int) -> tuple[Any, Any, bool]:
    data = load_real_data(name)
    rows = np.random.default_rng(0).permutation(len(data.y))[:n_rows]
    return data.X.to_numpy(np.float32)[rows], data.y[rows], data.task != "regression"


def pair(kind: str, is_classes: bool, **params: Any) -> tuple[Any, Any]:
    """Our estimator and scikit-learn's of the same name."""
    name = f"{kind}{'Classifier' if is_classes else 'Regressor'}"
    theirs = getattr(sklearn.tree, name, None) or getattr(sklearn.ensemble, name)
    return getattr(gbengine, name)(**params), theirs(**params)


def at_last_of_equal(alphas: Any, impurities: Any) -> tuple[Any, Any]:
    """Of links that are equally weak the order is free: the path after all of them is not."""
    is_last = np.append(np.diff(alphas) > 1e-10, True)
    return np.asarray(alphas)[is_last], np.asarray(impurities)[is_last]


@pytest.mark.parametrize("name", REAL)
def test_pruning_path_of_our_tree_is_scikit_learns(name: str) -> None:
    """scikit-learn's pruning takes our tree, so that no tie of splits comes in between."""
    X, y, is_classes = real_arrays(name, 2000)
    ours, _ = pair("DecisionTree", is_classes)
    path = ours.cost_complexity_pruning_path(X, y)
    expected = ccp_pruning_path(ours.fit(X, y).tree_)
    a = at_last_of_equal(path["ccp_alphas"], path["impurities"])
    b = at_last_of_equal(expected["ccp_alphas"], expected["impurities"])
    for mine, yours in zip(a, b, strict=True):
        np.testing.assert_allclose(mine, yours, rtol=1e-10, atol=1e-10 * max(1.0, yours.max()))


@newer
@pytest.mark.parametrize("criterion", ["squared_error", "absolute_error", "poisson"])
def test_pruning_paths_where_no_tie_decides(criterion: str) -> None:
    rng = np.random.default_rng(8)
    X = rng.normal(size=(400, 3)).astype(np.float32)
    y = np.abs(X[:, 0] * 2 + rng.normal(size=400))
    params = {"criterion": criterion, "min_samples_leaf": 12, "random_state": 0}
    ours, theirs = pair("DecisionTree", False, **params)
    mine, yours = (e.cost_complexity_pruning_path(X, y) for e in (ours, theirs))
    np.testing.assert_allclose(mine["ccp_alphas"], yours["ccp_alphas"], rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(mine["impurities"], yours["impurities"], rtol=1e-10)
    alpha = float(np.median(yours["ccp_alphas"])) * 1.001
    pruned = [e.set_params(ccp_alpha=alpha).fit(X, y) for e in (ours, theirs)]
    np.testing.assert_array_equal(pruned[0].tree_.threshold, pruned[1].tree_.threshold)
    np.testing.assert_allclose(pruned[0].predict(X), pruned[1].predict(X), **CLOSE)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["RandomForest", "ExtraTrees"])
@pytest.mark.parametrize("name", REAL)
def test_out_of_bag_score_is_close_to_the_test_score(name: str, kind: str) -> None:
    X, y, is_classes = real_arrays(name, 4000)
    train_X, test_X, train_y, test_y = train_test_split(X, y, test_size=0.4, random_state=0)
    params = {"n_estimators": 100, "bootstrap": True, "oob_score": True, "random_state": 0}
    ours, theirs = pair(kind, is_classes, **params)
    ours.fit(train_X, train_y)
    theirs.fit(train_X, train_y)
    score = accuracy_score if is_classes else r2_score
    mine, yours = score(test_y, ours.predict(test_X)), score(test_y, theirs.predict(test_X))
    assert ours.oob_score_ == pytest.approx(mine, abs=0.05)
    assert ours.oob_score_ == pytest.approx(theirs.oob_score_, abs=0.02)
    assert mine == pytest.approx(yours, abs=0.02)

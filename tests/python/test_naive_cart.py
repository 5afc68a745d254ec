"""Exact single trees against their naive twin, node by node, under every criterion and rule."""

from typing import Any

import numpy as np
import pytest
from cart_support import CRITERIA, Case, Walk, assert_missing_directions, make_case, make_table

from naive.cart import Cart


def check(case: Case) -> Walk:
    twin = case.twin()
    walk = Walk(twin, case.ours().tree_)
    assert_missing_directions(twin, walk)
    return walk


@pytest.mark.parametrize("criterion", CRITERIA)
def test_random_sets(criterion: str) -> None:
    walks = [check(make_case(seed, criterion)) for seed in range(1000, 1015)]
    assert sum(walk.n_nodes for walk in walks) > 100
    assert sum(walk.n_ties for walk in walks) < 0.3 * sum(walk.n_nodes for walk in walks)


RULES: list[dict[str, Any]] = [
    {},
    {"max_depth": 1},
    {"max_depth": 3},
    {"max_leaf_nodes": 2},
    {"max_leaf_nodes": 5},
    {"max_leaf_nodes": 1000},
    {"min_samples_split": 15},
    {"min_samples_leaf": 6},
    {"min_weight_fraction_leaf": 0.131},
    {"min_impurity_decrease": 0.0213},
    {"min_samples_leaf": 3, "max_leaf_nodes": 6, "min_weight_fraction_leaf": 0.04},
]


@pytest.mark.parametrize("weights", ["none", "whole", "fractional"])
@pytest.mark.parametrize("rules", RULES, ids=str)
def test_every_rule(rules: dict[str, Any], weights: str) -> None:
    """With missing values, for two and for three classes, for one number and for two."""
    rng = np.random.default_rng(len(str(rules)))
    X = make_table(rng, 45, 3, missing=0.1)
    signal = np.nan_to_num(X[:, 0], nan=2.0) + rng.normal(size=45)
    weight = {
        "none": None,
        "whole": rng.integers(1, 4, 45).astype(np.float64),
        "fractional": rng.integers(10, 100, 45) / 64,
    }[weights]
    classes, numbers = np.digitize(signal, [0.5, 1.5]), np.column_stack([signal, signal**2])
    for y, criterion in [
        (classes > 0, "gini"),
        (classes, "entropy"),
        (signal, "squared_error"),
        (numbers, "squared_error"),
        (signal, "absolute_error"),
        (numbers[:, 1], "poisson"),
    ]:
        check(Case(X, y.astype(float), weight, {"criterion": criterion} | rules))


@pytest.mark.parametrize("criterion", ["gini", "squared_error", "absolute_error", "poisson"])
@pytest.mark.parametrize("directions", [[1, 0], [-1, 0], [1, -1]])
def test_monotonic_directions(criterion: str, directions: list[int]) -> None:
    """Noise: most splits are refused, and values are moved between the bounds from above."""
    for seed in range(4):
        rng = np.random.default_rng(seed)
        X = make_table(rng, 50, 2, missing=0.0)
        y = rng.integers(0, 2, 50) if criterion == "gini" else rng.integers(0, 40, 50) / 8
        case = Case(X, y.astype(float), None, {"criterion": criterion, "monotonic_cst": directions})
        assert check(case).n_nodes > 3


def test_the_twin_itself_on_a_tree_known_by_heart() -> None:
    """Two values of four rows: 3/8 of impurity, all of it gone after two splits."""
    X = np.array([[0.0], [1.0], [2.0], [np.nan]])
    y = np.array([[0.0], [0.0], [1.0], [0.0]])
    twin = Cart(X, y, Case(X, y[:, 0], None, {"criterion": "gini"}).twin().config, [2])
    root = twin.open([0, 1, 2, 3])
    assert root.impurity == 0.375
    np.testing.assert_allclose(root.value, [[0.75, 0.25]])
    best = root.best
    assert best is not None
    assert not root.is_tied
    assert (best.threshold, best.missing_goes_left) == (1.5, True)
    assert best.left == (0, 1, 3)
    assert best.decrease == pytest.approx(0.375)
    left, right = twin.split(root, best)
    assert left.splits == right.splits == []


@pytest.mark.parametrize("criterion", CRITERIA)
def test_a_bin_for_every_value_is_the_exact_method(criterion: str) -> None:
    """The cuts lie elsewhere between two values, and part the rows alike."""
    for seed in range(2000, 2020):
        case = make_case(seed, criterion)
        exact = case.ours()
        case.params["tree_method"] = "hist"
        binned = case.ours()
        for name in ("children_left", "feature", "n_node_samples", "impurity", "value"):
            np.testing.assert_array_equal(
                getattr(exact.tree_, name), getattr(binned.tree_, name), err_msg=name
            )
        np.testing.assert_array_equal(exact.apply(case.X), binned.apply(case.X))

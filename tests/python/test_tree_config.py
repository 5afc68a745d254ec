"""From parameters to the core's configuration: scikit-learn's rules for shares and words."""

import numpy as np
import pytest

from gbengine._tree_config import (
    Sampling,
    Size,
    draws_columns,
    monotonic_directions,
    n_columns_drawn,
    tree_config,
)

SIZE = Size(n_rows=90, n_copies=100, n_features=10, n_outputs=1, n_classes=[2], total_weight=250.0)
DEFAULTS = {
    "criterion": "gini",
    "splitter": "best",
    "max_depth": None,
    "max_leaf_nodes": None,
    "min_samples_split": 2,
    "min_samples_leaf": 1,
    "min_weight_fraction_leaf": 0.0,
    "min_impurity_decrease": 0.0,
    "max_features": None,
    "ccp_alpha": 0.0,
    "monotonic_cst": None,
    "n_jobs": 1,
}


def config(sampling=Sampling(), size=SIZE, **params):  # noqa: B008 (immutable)
    return tree_config(DEFAULTS | params, size, 5, sampling)


@pytest.mark.parametrize(
    ("max_features", "n_features", "expected"),
    [
        (None, 10, 10),
        ("sqrt", 10, 3),
        ("log2", 10, 3),
        ("log2", 1, 1),
        (4, 10, 4),
        (40, 10, 10),
        (np.int64(2), 10, 2),
        (0.39, 10, 3),
        (0.01, 10, 1),
        (1.0, 10, 10),
    ],
)
def test_columns_drawn(max_features, n_features, expected):
    assert n_columns_drawn(max_features, n_features) == expected


def test_no_limits():
    found = config()
    assert (found["max_depth"], found["max_leaf_nodes"]) == (0, 0)
    assert (found["min_samples_split"], found["min_samples_leaf"]) == (2, 1)
    assert found["monotonic_cst"] == []
    assert (found["seed"], found["n_threads"]) == (5, 1)


def test_shares_of_rows_count_copies_and_round_up():
    assert config(min_samples_leaf=0.051)["min_samples_leaf"] == 6
    assert config(min_samples_split=0.101)["min_samples_split"] == 11
    assert config(min_samples_split=0.001)["min_samples_split"] == 2
    # A node that is split has room for two leaves.
    assert config(min_samples_leaf=7)["min_samples_split"] == 14


def test_share_of_weight():
    assert config(min_weight_fraction_leaf=0.1)["min_weight_leaf"] == 25.0
    drawn = Sampling("with_replacement", 60)
    assert config(drawn, min_weight_fraction_leaf=0.1)["min_weight_leaf"] == 6.0


@pytest.mark.parametrize(
    ("monotonic_cst", "size", "match"),
    [
        ([1, 0], SIZE, "10 columns of X"),
        ([2] + [0] * 9, SIZE, r"-1 \(falls\), 0 \(free\) and 1"),
        ([1] * 10, Size(9, 9, 10, 2, [], 9.0), "several outputs"),
        ([1] * 10, Size(9, 9, 10, 1, [3], 9.0), "more than two classes"),
    ],
)
def test_wrong_monotonic_cst_is_refused(monotonic_cst, size, match):
    with pytest.raises(ValueError, match=match):
        monotonic_directions(monotonic_cst, size)


def test_monotonic_cst():
    wish = np.array([1, 0, -1] + [0] * 7)
    assert monotonic_directions(wish, SIZE) == wish.tolist()
    assert monotonic_directions([0] * 10, SIZE) == []


def test_what_draws():
    assert not draws_columns(config(), 10)
    assert draws_columns(config(max_features=9), 10)
    assert draws_columns(config(splitter="random"), 10)

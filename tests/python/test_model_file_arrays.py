"""The core's model by its arrays: what they say, what may be left out, and what is refused."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gbengine import _core
from naive.predict import apply

Arrays = dict[str, NDArray[Any]]

STATISTICS = ("split_gain", "hess_sum", "n_samples", "impurity")


def random_tree(rng: np.random.Generator, n_leaves: int, n_features: int) -> Arrays:
    """A tree whose leaves are split in a random order."""
    n_nodes = 2 * n_leaves - 1
    feature = np.full(n_nodes, -1, np.int32)
    left_child = np.full(n_nodes, -1, np.int32)
    leaves = [0]
    for left in range(1, n_nodes, 2):
        node = leaves.pop(rng.integers(len(leaves)))
        feature[node] = rng.integers(n_features)
        left_child[node] = left
        leaves += [left, left + 1]
    inner = feature >= 0
    return {
        "feature": feature,
        "threshold": np.where(inner, rng.integers(-4, 5, n_nodes) / 4, 0.0),
        "left_child": left_child,
        "missing_goes_left": (inner & (rng.random(n_nodes) < 0.5)).astype(np.uint8),
        "split_gain": np.where(inner, rng.random(n_nodes), 0.0),
        "hess_sum": rng.random(n_nodes),
        "n_samples": rng.integers(0, 100, n_nodes),
        "impurity": rng.random(n_nodes),
    }


def forest_arrays(sizes: list[int], leaf_width: int = 1, seed: int = 0) -> Arrays:
    rng = np.random.default_rng(seed)
    trees = [random_tree(rng, n_leaves, n_features=5) for n_leaves in sizes]
    n_nodes = [len(tree["feature"]) for tree in trees]
    return {
        "n_features": np.array([5]),
        "leaf_width": np.array([leaf_width]),
        "base_score": rng.normal(size=leaf_width),
        "tree_begin": np.cumsum([0, *n_nodes]),
        "tree_output": np.zeros(len(sizes), np.int32),
        "value": rng.normal(size=sum(n_nodes) * leaf_width),
        **{name: np.concatenate([tree[name] for tree in trees]) for name in trees[0]},
    }


def rows(n_rows: int, seed: int = 0) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    X = rng.integers(-6, 7, (n_rows, 5)) / 4  # on thresholds too
    X[rng.random(X.shape) < 0.1] = np.nan
    return X


def naive_tree_values(arrays: Arrays, X: NDArray[np.floating]) -> NDArray[np.float64]:
    nodes = apply(arrays, X) + arrays["tree_begin"][:-1]
    return arrays["value"].reshape(-1, int(arrays["leaf_width"][0]))[nodes]


def naive_mean(
    arrays: Arrays, X: NDArray[np.floating], begin: int, end: int
) -> NDArray[np.float64]:
    total = np.zeros((len(X), int(arrays["leaf_width"][0])))
    for values in naive_tree_values(arrays, X).transpose(1, 0, 2)[begin:end]:
        total += values
    return arrays["base_score"] + (total / (end - begin) if begin < end else total)


@pytest.mark.parametrize("leaf_width", [1, 2, 7])
@pytest.mark.parametrize("n_rows", [0, 1, 9, 300])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_forests_predict_the_mean(leaf_width: int, n_rows: int, dtype: type) -> None:
    arrays = forest_arrays([40, 1, 300, 7, 2], leaf_width)
    model = _core.Model.from_arrays(arrays, "identity", "mean")
    X = rows(n_rows).astype(dtype)
    np.testing.assert_array_equal(model.apply(X, 2), apply(arrays, X))
    np.testing.assert_array_equal(model.tree_values(X, 2), naive_tree_values(arrays, X))
    assert model.tree_values(X, 2).shape == (n_rows, 5, leaf_width)
    for begin, end in ((0, 5), (1, 4), (2, 3), (3, 3)):
        raw = model.raw_scores(X, 2, first_tree=begin, last_tree=end)
        np.testing.assert_array_equal(raw, naive_mean(arrays, X, begin, end))
    np.testing.assert_array_equal(model.response(X, 1), naive_mean(arrays, X, 0, 5))
    np.testing.assert_array_equal(model.raw_scores(X, 1), model.raw_scores(X, 3))


def test_sums_start_where_they_are_told_and_means_do_not() -> None:
    arrays = forest_arrays([9, 4, 30], leaf_width=2)
    X = rows(20)
    total = _core.Model.from_arrays(arrays, "identity")
    halfway = total.raw_scores(X, 1, last_tree=1)
    onwards = total.raw_scores(X, 1, first_tree=1, init=halfway)
    np.testing.assert_array_equal(onwards, total.raw_scores(X, 1))
    mean = _core.Model.from_arrays(arrays, "identity", "mean")
    with pytest.raises(ValueError, match="init must be None"):
        mean.raw_scores(X, 1, init=halfway)


def test_what_a_model_says_of_itself() -> None:
    model = _core.Model.from_arrays(forest_arrays([3, 5], leaf_width=3), "softmax", "mean")
    assert (model.leaf_width, model.n_outputs, model.n_trees) == (3, 3, 2)
    assert (model.aggregation, model.link) == ("mean", "softmax")
    assert _core.Model.from_arrays(forest_arrays([3]), "identity").aggregation == "sum"


@pytest.mark.parametrize("left_out", [(), STATISTICS, *((name,) for name in STATISTICS)])
def test_arrays_come_back_with_the_statistics_that_there_are(left_out: tuple[str, ...]) -> None:
    arrays = forest_arrays([6, 1, 20], leaf_width=2)
    for name in left_out:
        del arrays[name]
    model = _core.Model.from_arrays(arrays, "identity", "mean")
    again = model.to_arrays()
    assert again.keys() == arrays.keys()
    for name, values in arrays.items():
        np.testing.assert_array_equal(again[name], values, err_msg=name, strict=True)
    if "split_gain" in left_out:
        with pytest.raises(ValueError, match="it has no split_gain"):
            model.split_gains()
    else:
        assert model.split_gains().sum() == pytest.approx(arrays["split_gain"].sum())
    assert model.split_counts().sum() == (arrays["feature"] >= 0).sum()


def test_older_arrays_are_read() -> None:
    arrays = forest_arrays([8, 3])
    left = arrays["left_child"]
    older = {name: values for name, values in arrays.items() if name != "leaf_width"}
    older["right_child"] = np.where(left < 0, -1, left + 1).astype(np.int32)
    again = _core.Model.from_arrays(older, "identity").to_arrays()
    assert again.keys() == arrays.keys()
    older["right_child"][0] = 3
    with pytest.raises(ValueError, match=r"right_child\[0\] is 3; it must be 2"):
        _core.Model.from_arrays(older, "identity")


@pytest.mark.parametrize("leaf_width", [1, 3])
def test_one_tree(leaf_width: int) -> None:
    arrays = forest_arrays([6, 1, 20], leaf_width)
    del arrays["impurity"]
    model = _core.Model.from_arrays(arrays, "identity", "mean")
    for t in range(3):
        tree = model.tree(t)
        begin, end = arrays["tree_begin"][t : t + 2]
        assert set(tree) == set(arrays) - {
            *("n_features", "leaf_width", "base_score", "tree_begin", "tree_output")
        } | {"right_child"}
        for name in set(tree) - {"value", "right_child"}:
            np.testing.assert_array_equal(tree[name], arrays[name][begin:end], strict=True)
        left = tree["left_child"]
        np.testing.assert_array_equal(tree["right_child"], np.where(left < 0, -1, left + 1))
        np.testing.assert_array_equal(
            tree["value"], arrays["value"].reshape(-1, leaf_width)[begin:end], strict=True
        )
    for outside in (-1, 3):
        with pytest.raises(ValueError, match=f"tree {outside} is not among the model's 3"):
            model.tree(outside)


def test_trees_selected_and_kept() -> None:
    arrays = forest_arrays([6, 1, 20, 4], leaf_width=2)
    model = _core.Model.from_arrays(arrays, "identity", "mean")
    X = rows(50)
    order = [3, 0, 3]
    chosen = model.select(order)
    assert (chosen.n_trees, chosen.aggregation, chosen.leaf_width) == (3, "mean", 2)
    np.testing.assert_array_equal(
        chosen.tree_values(X, 1), naive_tree_values(arrays, X)[:, order, :]
    )
    np.testing.assert_array_equal(model.keep_trees(2).raw_scores(X, 1), naive_mean(arrays, X, 0, 2))
    np.testing.assert_array_equal(
        model.select([]).raw_scores(X, 1), np.tile(arrays["base_score"], (50, 1))
    )
    with pytest.raises(ValueError, match="tree 4 is not among the model's 4"):
        model.select([0, 4])
    for n_trees in (-1, 5):
        with pytest.raises(ValueError, match=f"n_trees is {n_trees}; it must be 0 to 4"):
            model.keep_trees(n_trees)


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("leaf_width", np.array([3]), "leaf_width is 3; it must be 1, or the number of outputs, 2"),
        ("leaf_width", np.array([1]), "length of value is 36"),
        ("leaf_width", np.array([0]), "'leaf_width' must hold one number"),
        ("leaf_width", np.array([2, 2]), "'leaf_width' must hold one number"),
        ("leaf_width", np.array([2.0]), "'leaf_width' must have one dimension and type int64"),
        ("n_features", np.array([2**24 + 1]), "n_features is 16777217"),
        ("n_features", np.array([2**31]), "'n_features' must hold one number"),
        ("value", np.zeros(35), "length of value is 35; it must be 2 .leaf_width. times 18"),
        ("tree_output", np.array([0, 1], np.int32), r"tree_output\[1\] is 1; it must be 0"),
        ("impurity", np.full(18, np.nan), r"impurity\[0\] is nan"),
        ("impurity", np.zeros(17), "length of impurity is 17"),
        ("no_such", np.zeros(18), "the model has 15 arrays; 14 of them are known"),
    ],
)
def test_broken_arrays_are_refused(name: str, values: NDArray[Any], message: str) -> None:
    arrays = forest_arrays([4, 6], leaf_width=2) | {name: values}
    with pytest.raises(ValueError, match=message):
        _core.Model.from_arrays(arrays, "identity", "mean")


def test_unknown_aggregation_is_refused() -> None:
    with pytest.raises(ValueError, match="aggregation is 'median'; allowed are: sum, mean"):
        _core.Model.from_arrays(forest_arrays([2]), "identity", "median")

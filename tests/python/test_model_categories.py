"""The core's model with splits on categories, by its arrays: predictions, copies, refusals."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gbengine import _core
from naive.predict import apply, raw_scores

Arrays = dict[str, NDArray[Any]]

N_CATEGORIES = np.array([3, 0, 300, 0, 40], np.int32)


def random_arrays(sizes: list[int], seed: int = 0) -> Arrays:
    """Trees whose leaves are split in a random order; sets of any bits."""
    rng = np.random.default_rng(seed)
    n_nodes = np.array([2 * n_leaves - 1 for n_leaves in sizes])
    feature = np.full(n_nodes.sum(), -1, np.int32)
    left_child = np.full(n_nodes.sum(), -1, np.int32)
    for begin, n in zip(np.cumsum(n_nodes) - n_nodes, n_nodes, strict=True):
        leaves = [0]
        for left in range(1, n, 2):
            node = begin + leaves.pop(rng.integers(len(leaves)))
            feature[node] = rng.integers(len(N_CATEGORIES))
            left_child[node] = left
            leaves += [left, left + 1]
    inner = feature >= 0
    by_set = inner & (N_CATEGORIES[feature] > 0)
    threshold = np.where(inner, rng.integers(-4, 5, len(feature)) / 4, 0.0)
    threshold[by_set] = np.arange(by_set.sum())
    return {
        "n_features": np.array([len(N_CATEGORIES)]),
        "leaf_width": np.array([1]),
        "base_score": rng.normal(size=1),
        "tree_begin": np.cumsum([0, *n_nodes]),
        "tree_output": np.zeros(len(sizes), np.int32),
        "feature": feature,
        "threshold": threshold,
        "left_child": left_child,
        "missing_goes_left": (inner & (rng.random(len(feature)) < 0.5)).astype(np.uint8),
        "value": rng.normal(size=len(feature)),
        "n_categories": N_CATEGORIES,
        "category_sets": rng.integers(0, 2**64, (by_set.sum(), 4), np.uint64),
    }


def rows(n_rows: int, seed: int = 0) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, np.maximum(N_CATEGORIES, 1), (n_rows, len(N_CATEGORIES)))
    X = np.where(N_CATEGORIES > 0, codes, rng.integers(-6, 7, codes.shape) / 4)
    X[rng.random(X.shape) < 0.1] = np.nan
    return X


@pytest.fixture(params=_core.usable_isas())
def isa(request: pytest.FixtureRequest) -> Iterator[str]:
    _core.force_isa(request.param)
    yield request.param
    _core.force_isa("")


@pytest.mark.parametrize("n_rows", [0, 1, 9, 300])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("sizes", [[31, 1, 8, 64], [300, 900]])
def test_predictions_are_the_naive_ones(
    isa: str, n_rows: int, dtype: type, sizes: list[int]
) -> None:
    arrays = random_arrays(sizes)
    model = _core.Model.from_arrays(arrays, "identity")
    X = rows(n_rows).astype(dtype)
    np.testing.assert_array_equal(model.apply(X, 2), apply(arrays, X))
    expected = raw_scores(arrays, X)
    for table in (X, np.asfortranarray(X), np.repeat(X, 2, axis=1)[:, ::2]):
        np.testing.assert_array_equal(model.raw_scores(table, 2), expected)


@pytest.mark.parametrize("copy", [True, False])
def test_arrays_come_back(copy: bool) -> None:
    arrays = random_arrays([9, 1, 30])
    model = _core.Model.from_arrays(arrays, "identity")
    again = model.to_arrays(copy=copy)
    np.testing.assert_array_equal(model.n_categories, N_CATEGORIES, strict=True)
    np.testing.assert_array_equal(model.category_sets, arrays["category_sets"], strict=True)
    del model  # which views keep alive
    assert again.keys() == arrays.keys()
    for name, values in arrays.items():
        np.testing.assert_array_equal(again[name], values, err_msg=name, strict=True)
    assert again["category_sets"].flags.writeable == copy


def test_a_model_of_numbers_has_no_such_arrays() -> None:
    arrays = random_arrays([9, 1, 30])
    for name in ("n_categories", "category_sets"):
        del arrays[name]
    model = _core.Model.from_arrays(arrays, "identity")
    assert model.to_arrays().keys() == arrays.keys()
    assert "category_sets" not in model.tree(0)
    assert (model.n_categories.shape, model.category_sets.shape) == ((0,), (0, 4))


def test_a_model_without_splits_on_categories_has_no_sets() -> None:
    arrays = random_arrays([1, 1])
    again = _core.Model.from_arrays(arrays, "identity").to_arrays(copy=False)
    assert again["category_sets"].shape == (0, 4)
    del arrays["category_sets"]
    assert _core.Model.from_arrays(arrays, "identity").to_arrays().keys() == again.keys()


def test_trees_take_their_own_sets_along() -> None:
    arrays = random_arrays([9, 1, 30, 17])
    model = _core.Model.from_arrays(arrays, "identity")
    X = rows(80)
    values = model.tree_values(X, 1)
    for t in range(4):
        tree = model.tree(t)
        by_set = (tree["feature"] >= 0) & (N_CATEGORIES[tree["feature"]] > 0)
        np.testing.assert_array_equal(tree["threshold"][by_set], np.arange(by_set.sum()))
        assert tree["category_sets"].shape == (by_set.sum(), 4)
        alone = arrays | {
            "tree_begin": np.array([0, len(by_set)]),
            **{name: tree[name] for name in ("feature", "threshold", "left_child")},
            **{name: tree[name] for name in ("missing_goes_left", "category_sets")},
        }
        np.testing.assert_array_equal(apply(alone, X)[:, 0], model.apply(X, 1)[:, t])
    order = [3, 0, 3]
    chosen = model.select(order)
    np.testing.assert_array_equal(chosen.tree_values(X, 1), values[:, order])
    sets = [len(model.tree(t)["category_sets"]) for t in order]
    assert len(chosen.category_sets) == sum(sets)
    np.testing.assert_array_equal(model.keep_trees(2).tree_values(X, 1), values[:, :2])


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("n_categories", np.array([3, 0, 300, 0], np.int32), "length of n_categories is 4"),
        ("n_categories", N_CATEGORIES.astype(np.int64), "'n_categories' must have one dimension"),
        ("n_categories", -N_CATEGORIES, r"n_categories\[0\] is -3; it must be >= 0"),
        ("n_categories", np.zeros(5, np.int32), "length of category_sets"),
        ("category_sets", np.zeros((0, 4), np.uint64), "length of category_sets is 0"),
        ("category_sets", np.zeros((99, 4), np.uint64), "length of category_sets is 99"),
        ("category_sets", np.zeros((4, 3), np.uint64), r"type uint64 and shape \(n, 4\)"),
        ("category_sets", np.zeros(16, np.uint64), r"type uint64 and shape \(n, 4\)"),
        ("category_sets", np.zeros((4, 4), np.int64), r"type uint64 and shape \(n, 4\)"),
    ],
)
def test_broken_arrays_are_refused(name: str, values: NDArray[Any], message: str) -> None:
    arrays = random_arrays([9, 6]) | {name: values}
    with pytest.raises(ValueError, match=message):
        _core.Model.from_arrays(arrays, "identity")


@pytest.mark.parametrize("wrong", [0.0, 1.5, -1.0, np.inf, 1e300])
def test_splits_number_their_sets_in_order(wrong: float) -> None:
    arrays = random_arrays([20])
    by_set = np.flatnonzero((arrays["feature"] >= 0) & (N_CATEGORIES[arrays["feature"]] > 0))
    arrays["threshold"][by_set[1]] = wrong
    message = rf"threshold\[{by_set[1]}\] is .*; it must be 1, the number of splits on categories"
    with pytest.raises(ValueError, match=message):
        _core.Model.from_arrays(arrays, "identity")

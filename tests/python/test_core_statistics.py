"""Statistics of the target by category: the core against its twin, and what must not matter."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from naive_support import examples
from numpy.typing import NDArray

from gbengine import _core
from naive.target_statistics import row_folds, tables

Floats = NDArray[np.float64]
OUTPUTS = [[0], [2], [4], [1], [0, 0], [3, 2]]


def problem(
    n_rows: int, n_categories: int, n_classes: list[int], seed: int = 0
) -> tuple[Floats, Floats]:
    """Codes, some missing, as the second column; y are multiples of 1/8, or classes."""
    rng = np.random.default_rng(seed)
    X = rng.integers(-2, 3, (n_rows, 3)).astype(np.float64)
    X[:, 1] = np.minimum(rng.geometric(0.2, n_rows) - 1, n_categories - 1)
    X[rng.random(X.shape) < 0.1] = np.nan
    y = [
        rng.integers(-80, 80, n_rows) / 8 if n == 0 else rng.integers(0, n, n_rows)
        for n in n_classes
    ]
    return X, np.array(y, dtype=np.float64).T.copy()


def statistics(
    X: NDArray[Any],
    n_categories: int,
    y: Floats,
    n_classes: list[int],
    weight: Floats | None = None,
    *,
    seed: int = 0,
    n_threads: int = 1,
) -> tuple[Floats, Floats, float]:
    folds = _core.category_folds(X, seed, n_threads)
    return _core.category_statistics(X, 1, n_categories, y, n_classes, weight, folds, n_threads)


def assert_is_naive(found: Floats, expected: Floats) -> None:
    """Means are equal bit for bit; the core's logarithm is not libm's."""
    np.testing.assert_array_equal(found[:-1], expected[:-1])
    np.testing.assert_allclose(found[-1], expected[-1], rtol=1e-15)


@examples(60)
@given(data=st.data())
def test_statistics_are_the_naive_ones(data: Any) -> None:
    n_rows, n_categories = data.draw(st.integers(1, 60)), data.draw(st.integers(1, 12))
    n_classes = data.draw(st.sampled_from(OUTPUTS))
    seed = data.draw(st.integers(0, 2**64 - 1))
    X, y = problem(n_rows, n_categories, n_classes, seed % 1000)
    weights = {"none": None, "whole": np.arange(n_rows) % 4 + 1.0}
    weights["broken"] = (np.arange(n_rows) % 7 + 1) / 16
    weight = weights[data.draw(st.sampled_from(sorted(weights)))]
    folds = _core.category_folds(X, seed, 2)
    assert folds.tolist() == row_folds(X, seed)
    table, training, _ = statistics(X, n_categories, y, n_classes, weight, seed=seed)
    targets = (y, n_classes, weight)
    expected = tables(X, 1, n_categories, targets, folds.tolist())
    assert_is_naive(table, expected[0])
    assert_is_naive(training, expected[1])


@pytest.mark.parametrize("n_classes", OUTPUTS)
@pytest.mark.parametrize("isa", _core.usable_isas())
def test_threads_types_layouts_and_instruction_sets_give_the_same_bits(
    n_classes: list[int], isa: str
) -> None:
    X, y = problem(30_000, 700, n_classes)
    weight = np.random.default_rng(1).random(len(X)) + 0.5
    expected = statistics(X, 700, y, n_classes, weight, seed=3)
    _core.force_isa(isa)
    try:
        for table in (X, np.asfortranarray(X), X.astype(np.float32), np.repeat(X, 2, 1)[:, ::2]):
            found = statistics(table, 700, y, n_classes, weight, seed=3, n_threads=4)
            for one, other in zip(found, expected, strict=True):
                np.testing.assert_array_equal(one, other)
    finally:
        _core.force_isa("")


@pytest.mark.parametrize("n_classes", OUTPUTS)
def test_order_of_rows_does_not_matter(n_classes: list[int]) -> None:
    X, y = problem(2000, 50, n_classes)
    y = y * 0.1 if n_classes[0] == 0 else y
    weight = np.random.default_rng(1).random(len(X)) + 0.5
    order = np.random.default_rng(2).permutation(len(X))
    table, training, spread = statistics(X, 50, y, n_classes, weight)
    found = statistics(X[order], 50, y[order], n_classes, weight[order])
    np.testing.assert_array_equal(found[0], table)
    np.testing.assert_array_equal(found[1], training[:, order])
    assert found[2] == spread


@pytest.mark.parametrize("n_classes", OUTPUTS)
def test_weight_is_copies(n_classes: list[int]) -> None:
    X, y = problem(1000, 50, n_classes)
    y = y * 0.1 if n_classes[0] == 0 else y
    copies = np.random.default_rng(1).integers(1, 5, len(X))
    rows = np.repeat(np.arange(len(X)), copies)
    table, training, spread = statistics(X, 50, y, n_classes, copies.astype(np.float64))
    found = statistics(X[rows], 50, y[rows], n_classes)
    np.testing.assert_array_equal(found[0], table)
    np.testing.assert_array_equal(found[1], training[:, rows])
    assert found[2] == spread


def test_a_row_is_not_in_its_own_statistics() -> None:
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=500), rng.integers(0, 40, 500), np.zeros(500)])
    y = rng.normal(size=(500, 1))
    _, training, _ = statistics(X, 40, y, [0])
    folds = _core.category_folds(X, 0, 1)
    # The overall mean, and the scale of integers, stay as they were.
    low, high = np.flatnonzero(folds == 2)[:2]
    swapped = y.copy()
    swapped[[low, high]] = y[[high, low]]
    _, found, _ = statistics(X, 40, swapped, [0])
    np.testing.assert_array_equal(found[:, folds == 2], training[:, folds == 2])
    assert (found != training).any() == (X[low, 1] != X[high, 1])


def test_spread_tells_whether_folds_divide_categories() -> None:
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=5000), rng.integers(0, 40, 5000), np.zeros(5000)])
    y = rng.normal(size=(5000, 1))
    assert statistics(X, 40, y, [0])[2] == pytest.approx(0.8, abs=0.02)
    X[:, 0] = 0.0
    assert statistics(X, 40, y, [0])[2] == 0.0


def test_extreme_numbers_stay_finite() -> None:
    X = np.column_stack([np.arange(6.0), [0, 0, 1, 1, 2, np.nan], np.zeros(6)])
    for size, heavy in ((1e30, 2.0**50), (1e-300, 1e-300), (0.0, 1.0)):
        y = size * np.array([[1.0], [-1.0], [1.0], [0.5], [-1.0], [1.0]])
        weight = heavy * np.array([1.0, 1.0, 3.0, 1.0, 1.0, 1e-9])
        table, training, spread = statistics(X, 3, y, [0], weight)
        assert np.isfinite(table).all()
        assert np.isfinite(training[:, :5]).all()
        assert np.isnan(training[:, 5]).all()
        assert 0 <= spread <= 1


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"feature": 3}, "feature 3 of 2 categories is no column of X, which has 3"),
        ({"feature": -1}, "feature -1"),
        ({"n_categories": 0}, "of 0 categories"),
        ({"n_categories": 1}, r"X\[1, 1\] is 1; a column of 1 categories"),
        ({"y": np.ones((3, 1))}, "y must have a row for each of X"),
        ({"y": np.full((4, 1), np.nan)}, r"y\[0, 0\] is nan"),
        ({"n_classes": []}, "as many columns as n_classes"),
        ({"n_classes": [1]}, r"y\[0, 0\] is 1; it must be finite, and of 1 classes"),
        ({"sample_weight": np.zeros(4)}, r"sample_weight\[0\] is 0"),
        ({"sample_weight": np.ones(3)}, "sample_weight must have one dimension and 4 values"),
        ({"folds": np.full(4, 5, np.uint8)}, "folds must be below 5"),
        ({"folds": np.zeros(3, np.uint8)}, "one number for each row"),
        ({"n_threads": 0}, "n_threads is 0"),
        ({"X": np.ones((0, 3))}, "needs at least one row"),
        ({"X": np.full((4, 3), 0.5)}, r"X\[0, 1\] is 0.5"),
    ],
)
def test_hostile_arguments_are_refused(wrong: dict[str, Any], text: str) -> None:
    arguments: dict[str, Any] = {
        "X": np.tile([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0]], (2, 1)),
        "feature": 1,
        "n_categories": 2,
        "y": np.ones((4, 1)),
        "n_classes": [0],
        "sample_weight": None,
        "folds": np.zeros(4, np.uint8),
        "n_threads": 1,
    }
    if "X" in wrong and len(wrong["X"]) == 0:
        wrong = {**wrong, "y": np.ones((0, 1)), "folds": np.zeros(0, np.uint8)}
    with pytest.raises(ValueError, match=text):
        _core.category_statistics(**(arguments | wrong))

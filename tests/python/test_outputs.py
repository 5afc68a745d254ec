"""Targets of several outputs, their classes and class weights."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.exceptions import DataConversionWarning
from sklearn.utils.class_weight import compute_sample_weight

from gbengine._outputs import (
    check_poisson,
    class_outputs,
    n_copies,
    regression_outputs,
    target_columns,
    times_class_weights,
)

Y = np.array([["a", "x"], ["b", "y"], ["a", "z"], ["a", "x"], ["b", "x"]])


@pytest.mark.parametrize(
    "make", [np.asarray, np.ndarray.tolist, pd.DataFrame, pl.DataFrame, np.asfortranarray]
)
def test_kinds_of_tables(make):
    columns = target_columns(make(Y), 5, warns_of_column=True)
    assert columns.tolist() == Y.tolist()


def test_flat_targets_are_one_column():
    assert target_columns([1, 2, 3], 3, warns_of_column=True).tolist() == [[1], [2], [3]]


def test_column_is_warned_about_where_wanted():
    column = np.ones((3, 1))
    assert target_columns(column, 3, warns_of_column=False).shape == (3, 1)
    with pytest.warns(DataConversionWarning, match="column-vector y"):
        target_columns(column, 3, warns_of_column=True)


@pytest.mark.parametrize(
    ("y", "match"),
    [
        (None, "y is None|target y is None"),
        (np.ones((4, 2)), "5 in X, 4 in y"),
        (np.ones((5, 2, 1)), "must have shape"),
        (np.ones((5, 0)), "n_outputs >= 1"),
    ],
)
def test_wrong_shapes_are_refused(y, match):
    with pytest.raises(ValueError, match=match):
        target_columns(y, 5, warns_of_column=False)


def test_sparse_targets_are_refused():
    from scipy import sparse

    with pytest.raises(ValueError, match=r"y is sparse.*toarray"):
        target_columns(sparse.eye(3), 3, warns_of_column=False)


def test_classes_and_codes():
    found = class_outputs(Y)
    assert [classes.tolist() for classes in found.classes] == [["a", "b"], ["x", "y", "z"]]
    assert found.n_classes == [2, 3]
    assert found.values.tolist() == [[0, 0], [1, 1], [0, 2], [0, 0], [1, 0]]
    assert found.values.dtype == np.float64
    assert found.values.flags.c_contiguous


def test_outputs_of_different_kinds():
    mixed = np.array([["a", 3], ["b", 1], ["a", 1]], dtype=object)
    found = class_outputs(mixed)
    assert [classes.tolist() for classes in found.classes] == [["a", "b"], [1, 3]]


def test_one_class_is_allowed():
    assert class_outputs(np.array([["a"], ["a"]])).n_classes == [1]


def test_numbers():
    found = regression_outputs(np.array([[1, 2], [3, 4]]))
    assert found.values.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert found.values.flags.c_contiguous
    assert found.n_classes == []
    with pytest.raises(ValueError, match=r"Input y contains NaN \(row 1\)"):
        regression_outputs(np.array([[1.0, 2.0], [3.0, np.nan]]))


def test_poisson_wants_counts():
    check_poisson(regression_outputs(np.array([[0.0], [2.0]])))
    with pytest.raises(ValueError, match=r"y >= 0: row 1 has -2"):
        check_poisson(regression_outputs(np.array([[0.0], [-2.0]])))
    with pytest.raises(ValueError, match="all values are 0"):
        check_poisson(regression_outputs(np.zeros((3, 1))))


@pytest.mark.parametrize(
    "class_weight", ["balanced", [{"a": 2.0, "b": 0.5}, {"x": 1.0, "y": 3.0, "z": 0.25}]]
)
def test_class_weights_are_those_of_scikit_learn(class_weight):
    ours = times_class_weights(None, class_outputs(Y), class_weight)
    np.testing.assert_allclose(ours, compute_sample_weight(class_weight, Y), rtol=1e-15)


def test_balanced_counts_weights_as_copies():
    weight = np.array([3.0, 1.0, 2.0, 1.0, 2.0])
    repeated = np.repeat(np.arange(5), weight.astype(int))
    ours = times_class_weights(weight, class_outputs(Y), "balanced")
    of_copies = times_class_weights(None, class_outputs(Y[repeated]), "balanced")
    np.testing.assert_array_equal(ours, np.bincount(repeated, of_copies))


@pytest.mark.parametrize(
    ("class_weight", "match"),
    [
        ({"a": 2.0}, "a list of 2 dicts"),
        ([{"a": 2.0}], "each of the 2 outputs"),
        ([{"c": 2.0}, {"x": 1.0}], "names \\['c'\\], which y does not hold"),
        ([{"a": -1.0}, {"x": 1.0}], "class 'a' must be a number > 0"),
    ],
)
def test_wrong_class_weights_are_refused(class_weight, match):
    with pytest.raises(ValueError, match=match):
        times_class_weights(None, class_outputs(Y), class_weight)


def test_whole_weights_are_copies():
    assert n_copies(None, 4) == 4
    assert n_copies(np.array([2.0, 1.0, 3.0]), 3) == 6
    assert n_copies(np.array([2.0, 1.5, 3.0]), 3) == 3
    assert n_copies(np.array([2.0**30, 2.0**30]), 2) == 2**31
    assert n_copies(np.array([2.0**30, 2.0**30 + 1]), 2) == 2

"""y and weights as users pass them; rows of weight 0 are not there; whole weights are copies."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from conftest import estimator_for, make_problem, raw_scores
from scipy import sparse
from sklearn.exceptions import DataConversionWarning

from gbengine import GradientBoostingClassifier, GradientBoostingRegressor
from gbengine._labels import MAX_ABS_TARGET, MAX_TOTAL_WEIGHT, times_class_weight
from gbengine._state import to_bytes

REGRESSION = make_problem("regression", n_rows=200)
MULTICLASS = make_problem("multiclass", n_rows=200)


def fit_regressor(y, **arguments):
    return estimator_for(REGRESSION).fit(REGRESSION.X, y, **arguments)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.nan, r"y contains NaN \(row 3\)"),
        (np.inf, r"y contains infinity \(row 3\)"),
        (-np.inf, r"y contains infinity \(row 3\)"),
        (1e308, r"y contains 1e\+308 \(row 3\).*1e\+30"),
        (-1e31, r"y contains -1e\+31 \(row 3\)"),
    ],
)
def test_targets_that_are_not_finite_or_too_large(value, text):
    y = REGRESSION.y.copy()
    y[3] = value
    with pytest.raises(ValueError, match=text):
        fit_regressor(y)


@pytest.mark.parametrize("scale", [1e-30, 1e-300, MAX_ABS_TARGET / 10])
@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "huber"])
def test_targets_of_any_allowed_size_give_finite_answers(scale, loss):
    model = estimator_for(REGRESSION, loss=loss).fit(REGRESSION.X, REGRESSION.y * scale)
    assert np.all(np.isfinite(model.predict(REGRESSION.X)))


@pytest.mark.parametrize(
    "form",
    [
        list,
        tuple,
        pd.Series,
        pl.Series,
        lambda y: pd.Series(y, dtype="Float64"),
        lambda y: y.astype(object),
        lambda y: y.astype(">f8"),
        lambda y: np.repeat(y, 2)[::2],
    ],
)
def test_every_form_of_a_target(form):
    expected = fit_regressor(REGRESSION.y).predict(REGRESSION.X)
    np.testing.assert_array_equal(fit_regressor(form(REGRESSION.y)).predict(REGRESSION.X), expected)


def test_column_vector_is_warned_about():
    with pytest.warns(DataConversionWarning, match="column-vector y"):
        fit_regressor(REGRESSION.y[:, None])


@pytest.mark.parametrize(
    ("y", "text"),
    [
        (None, "requires y to be passed"),
        (REGRESSION.y[:-1], "200 in X, 199 in y"),
        (np.zeros((200, 2, 1)), "y must have shape"),
        (np.zeros((200, 0)), "y must have shape"),
        (np.zeros((199, 2)), "200 in X, 199 in y"),
        (sparse.csr_array(np.eye(200)), "y is sparse"),
        (np.where(np.arange(400).reshape(200, 2) == 7, np.nan, 0.0), r"NaN \(row 3\)"),
        (["a"] * 200, "regressor needs numbers"),
        ([None] * 200, "NaN"),
        ([{}] * 200, "y cannot be read as numbers"),
        (np.zeros(200) * 1j, "Complex"),
    ],
)
def test_wrong_targets(y, text):
    with pytest.raises(ValueError, match=text):
        fit_regressor(y)


@pytest.mark.parametrize(
    ("loss", "y", "text"),
    [
        ("poisson", -1.0, "y.*-1.*poisson|poisson.*-1"),
        ("gamma", 0.0, "y.*0.*gamma|gamma.*0"),
        ("tweedie", -0.5, "y.*-0.5.*tweedie|tweedie.*-0.5"),
    ],
)
def test_targets_outside_a_losss_domain(loss, y, text):
    targets = np.abs(REGRESSION.y) + 1
    targets[7] = y
    with pytest.raises(ValueError, match=text):
        estimator_for(REGRESSION, loss=loss).fit(REGRESSION.X, targets)


LABELS = {
    "int": np.array([3, -1, 7, 10]),
    "uint8": np.array([3, 1, 7, 200], dtype=np.uint8),
    "large int": np.array([2**62, 2**62 + 1, -(2**62), 0]),
    "float": np.array([3.0, -1.0, 7.0, 10.0]),
    "str": np.array(["d", "a", "ü", "b"]),
    "object": np.array(["d", "a", "ü", "b"], dtype=object),
    "int objects": np.array([3, -1, 7, 10], dtype=object),
}


@pytest.mark.parametrize("kind", LABELS)
def test_classes_of_every_kind(kind):
    codes = np.unique(MULTICLASS.y, return_inverse=True)[1]
    labels = LABELS[kind]
    y = labels[codes]
    model = estimator_for(MULTICLASS).fit(MULTICLASS.X, y)
    assert model.classes_.tolist() == sorted(labels.tolist())
    assert set(model.predict(MULTICLASS.X).tolist()) <= set(labels.tolist())
    assert np.mean(model.predict(MULTICLASS.X) == y) > 0.6
    if kind != "int objects":
        assert model.classes_.dtype == labels.dtype


@pytest.mark.parametrize(
    "y",
    [
        pd.Series(["b", "a"] * 100),
        pd.Series(["b", "a"] * 100, dtype="category"),
        pl.Series(["b", "a"] * 100),
        pl.Series(["b", "a"] * 100, dtype=pl.Categorical),
        ["b", "a"] * 100,
        np.array([True, False] * 100),
        pd.Series([True, False] * 100, dtype="boolean"),
        pd.Series([2, 1] * 100, dtype="Int64"),
    ],
)
def test_two_classes_in_every_container(y):
    X = np.arange(200.0)[:, None] % 2
    model = GradientBoostingClassifier(n_estimators=5).fit(X, y)
    assert model.predict(X).tolist() == list(y)
    assert model.decision_function(X).shape == (200,)
    assert model.n_trees_per_iteration_ == 1


@pytest.mark.parametrize(
    ("y", "text"),
    [
        (["a"] * 200, "only one class, 'a'"),
        (np.ones(200, dtype=int), "only one class, 1 "),
        (np.linspace(0, 1, 200), "Unknown label type: continuous"),
        (["a", None] * 100, r"Input y contains NaN \(row \d+\), a missing label"),
        (np.array(["a", 1.5] * 100, dtype=object), "y holds values of type float, str"),
        ([0.0, np.nan] * 100, "y contains NaN"),
        (pd.Series(["a", None] * 100), "Unknown label type|NaN"),
        (np.array(["2020-01-01", "2021-01-01"] * 100, dtype="M8[D]"), "Unknown label type"),
        (np.array([["a", "b"]] * 200), "1d array"),
    ],
)
def test_wrong_classes(y, text):
    with pytest.raises(ValueError, match=text):
        estimator_for(MULTICLASS).fit(MULTICLASS.X, y)


def test_validation_label_that_was_not_trained_on():
    X, y = MULTICLASS.X, MULTICLASS.y
    for y_val in (np.where(y == "red", "pink", y), np.arange(200)):
        with pytest.raises(ValueError, match="y_val holds labels that y does not: "):
            estimator_for(MULTICLASS).fit(X, y, X_val=X, y_val=y_val)
    with pytest.raises(ValueError, match="y_val holds labels"):
        estimator_for(MULTICLASS).fit(X, np.arange(200) % 3, X_val=X, y_val=np.full(200, np.nan))


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"y_val": MULTICLASS.y}, "y_val but no X_val"),
        ({"sample_weight_val": np.ones(200)}, "sample_weight_val but no X_val"),
        ({"X_val": MULTICLASS.X}, "X_val but no y_val"),
        ({"X_val": MULTICLASS.X, "y_val": MULTICLASS.y[:9]}, "200 in X_val, 9 in y_val"),
        (
            {"X_val": MULTICLASS.X, "y_val": MULTICLASS.y, "sample_weight_val": np.zeros(200)},
            "sample_weight_val is zero in every row",
        ),
    ],
)
def test_wrong_validation_arguments(arguments, text):
    with pytest.raises(ValueError, match=text):
        estimator_for(MULTICLASS).fit(MULTICLASS.X, MULTICLASS.y, **arguments)


def weights_with(value):
    weight = np.ones(200)
    weight[5] = value
    return weight


@pytest.mark.parametrize(
    ("weight", "text"),
    [
        (weights_with(-1), r"sample_weight must not be negative: row 5 has -1"),
        (weights_with(np.nan), r"sample_weight contains NaN \(row 5\)"),
        (weights_with(np.inf), r"sample_weight contains infinity \(row 5\)"),
        (weights_with(1e300), r"sample_weight contains 1e\+300 \(row 5\)"),
        (np.full(200, MAX_TOTAL_WEIGHT / 100), "sample_weight sums to"),
        (np.zeros(200), "sample_weight is zero in every row"),
        (0, "sample_weight is zero in every row"),
        (np.ones(199), r"shape \(200,\)"),
        (np.ones((200, 1)), r"shape \(200,\)"),
        (["heavy"] * 200, "sample_weight cannot be read as numbers"),
    ],
)
def test_wrong_weights(weight, text):
    with pytest.raises(ValueError, match=text):
        fit_regressor(REGRESSION.y, sample_weight=weight)


@pytest.mark.parametrize("form", [list, pd.Series, pl.Series, lambda w: w.astype(np.float32)])
def test_every_form_of_weights(form):
    weight = np.arange(200) % 3 + 1
    expected = to_bytes(fit_regressor(REGRESSION.y, sample_weight=weight))[0]
    assert to_bytes(fit_regressor(REGRESSION.y, sample_weight=form(weight)))[0] == expected


def test_equal_weights_of_one_are_no_weights():
    expected = to_bytes(fit_regressor(REGRESSION.y))[0]
    for weight in (np.ones(200), [1] * 200, 1, True):
        assert to_bytes(fit_regressor(REGRESSION.y, sample_weight=weight))[0] == expected


def test_rows_of_weight_zero_are_left_out(problem):
    keep = np.arange(len(problem.y)) % 3 > 0
    zeroed = estimator_for(problem).fit(problem.X, problem.y, np.where(keep, problem.weight, 0))
    without = estimator_for(problem).fit(problem.X[keep], problem.y[keep], problem.weight[keep])
    assert to_bytes(zeroed)[0] == to_bytes(without)[0]


def test_rows_of_weight_zero_bring_no_class():
    y = np.where(np.arange(200) < 5, "ghost", np.where(np.arange(200) % 2, "a", "b"))
    model = estimator_for(MULTICLASS).fit(MULTICLASS.X, y, (y != "ghost").astype(int))
    assert model.classes_.tolist() == ["a", "b"]
    with pytest.raises(ValueError, match="only one class, 'ghost'"):
        estimator_for(MULTICLASS).fit(MULTICLASS.X, y, (y == "ghost").astype(int))


def test_whole_weights_are_copies(problem):
    weight = np.arange(len(problem.y)) % 4
    weighted = estimator_for(problem).fit(problem.X, problem.y, weight)
    repeated = estimator_for(problem).fit(
        np.repeat(problem.X, weight, axis=0), np.repeat(problem.y, weight)
    )
    np.testing.assert_array_equal(raw_scores(weighted, problem.X), raw_scores(repeated, problem.X))


@pytest.mark.parametrize("scale", [1e-12, 1e-3, 1e9])
def test_weights_of_any_scale_give_finite_answers(scale):
    model = fit_regressor(REGRESSION.y, sample_weight=REGRESSION.weight * scale)
    assert np.all(np.isfinite(model.predict(REGRESSION.X)))


def test_class_weight_multiplies():
    X, y = MULTICLASS.X, MULTICLASS.y
    by_class = {"red": 2.0, "blue": 0.5}
    per_row = np.array([by_class.get(label, 1.0) for label in y]) * MULTICLASS.weight
    a = estimator_for(MULTICLASS, class_weight=by_class).fit(X, y, MULTICLASS.weight)
    b = estimator_for(MULTICLASS).fit(X, y, per_row)
    np.testing.assert_array_equal(a.decision_function(X), b.decision_function(X))


@pytest.mark.parametrize("weight", [None, np.array([1.0, 3.0, 0.5, 0.5, 5.0, 1.0])])
def test_balanced_classes_weigh_the_same(weight):
    codes = np.array([0.0, 0.0, 1.0, 1.0, 1.0, 2.0])
    product = times_class_weight(weight, codes, np.array(["a", "b", "c"]), "balanced")
    totals = np.bincount(codes.astype(int), weights=product)
    np.testing.assert_allclose(totals, totals[0])
    np.testing.assert_allclose(totals.sum(), 6 if weight is None else weight.sum())


def test_balanced_where_validation_rows_lack_a_class():
    X, y = MULTICLASS.X, MULTICLASS.y
    model = estimator_for(MULTICLASS, class_weight="balanced")
    model.fit(X, y, X_val=X[y != "red"], y_val=y[y != "red"])
    assert np.all(np.isfinite(model.validation_score_))


@pytest.mark.parametrize(
    ("class_weight", "text"),
    [
        ({"pink": 2}, "class_weight names .'pink'., which y does not hold"),
        ({"red": 0}, "class_weight of class 'red' must be a number > 0: 0"),
        ({"red": -1.0}, "'red' must be a number > 0"),
        ({"red": np.nan}, "'red' must be a number > 0"),
        ({"red": "much"}, "'red' must be a number > 0: 'much'"),
    ],
)
def test_wrong_class_weights(class_weight, text):
    with pytest.raises(ValueError, match=text):
        estimator_for(MULTICLASS, class_weight=class_weight).fit(MULTICLASS.X, MULTICLASS.y)


def test_constant_target():
    model = GradientBoostingRegressor(n_estimators=3).fit(REGRESSION.X, np.full(200, 2.5))
    np.testing.assert_array_equal(model.predict(REGRESSION.X), np.full(200, 2.5))

"""Rows set aside for early stopping: by what they hold, by groups, or the last ones."""

import hashlib
import struct

import numpy as np
import pandas as pd
import pytest
from conftest import estimator_for, make_problem
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from sklearn import config_context
from sklearn.model_selection import GroupKFold, cross_validate

import gbengine
from gbengine import BinnedDataset, _validation_rows
from gbengine._parts import Part
from gbengine._runtime import core
from gbengine._state import to_bytes
from naive.rng import MASK_64, CounterRng, Purpose, mix
from naive.row_order import places_by_content, varying_columns

REGRESSION = make_problem("regression", n_rows=400)
CLASSES = make_problem("multiclass", n_rows=400)
STOPS = {"early_stopping": True, "random_state": 3, "n_estimators": 6}


def digest(model):
    return hashlib.sha256(to_bytes(model)[0]).hexdigest()


def bits(cell):
    if np.isnan(cell):
        return 1
    return 0 if cell == 0 else struct.unpack("<Q", struct.pack("<d", cell))[0]


def naive_order(X, columns, seed):
    """Row numbers in random order, as core.shuffled_rows defines it."""
    cells = [[bits(float(x)) for x in row] for row in X]
    columns_that_vary = varying_columns(cells)
    hashes = [
        sum(mix(mix(f) ^ row[f]) for f in columns_that_vary if row[f]) & MASK_64 for row in cells
    ]
    places = places_by_content(hashes, columns)
    rng = CounterRng(seed, Purpose.ROW_SHUFFLE)
    return sorted(range(len(places)), key=lambda row: rng.bits(places[row]))


few_values = st.sampled_from([0.0, -0.0, 1.0, 0.5, np.nan, -np.inf])


@settings(deadline=None)
@given(
    rows=st.lists(st.tuples(few_values, few_values), min_size=1, max_size=30),
    seed=st.integers(0, 2**64 - 1),
)
def test_order_is_that_of_the_twin(rows, seed):
    X = np.array(rows)
    columns = np.array([np.arange(len(X)) % 3, np.arange(len(X)) % 2], dtype=float)
    expected = naive_order(X, columns, seed)
    for table in (X, np.asfortranarray(X), X.astype(np.float32), csr_array(X)):
        for n_threads in (1, 2):
            order = core.shuffled_rows(table, columns, seed, n_threads)
            np.testing.assert_array_equal(order, expected)


def test_order_does_not_follow_the_rows():
    X, rows = REGRESSION.X, np.random.default_rng(0).permutation(400)
    one = core.shuffled_rows(X, np.zeros((0, 400)), 1, 1)
    other = core.shuffled_rows(X[rows], np.zeros((0, 400)), 1, 1)
    np.testing.assert_array_equal(one, rows[other])
    assert (core.shuffled_rows(X, np.zeros((0, 400)), 2, 1) != one).any()
    with pytest.raises(ValueError, match="a value for each row"):
        core.shuffled_rows(X, np.zeros((1, 399)), 1, 1)


def test_a_constant_column_changes_nothing():
    X, y = REGRESSION.X, REGRESSION.y
    for value in (0.0, 7.5, np.nan):
        wider = np.column_stack([X, np.full(400, value)])
        for params in (STOPS, {"subsample": 0.5, "random_state": 0}):
            one = estimator_for(REGRESSION, **params).fit(X, y)
            other = estimator_for(REGRESSION, **params).fit(wider, y)
            np.testing.assert_array_equal(one.predict(X), other.predict(wider))
            stored = csr_array((wider.ravel(), np.tile(np.arange(7), 400), np.arange(401) * 7))
            other = estimator_for(REGRESSION, **params).fit(stored, y)  # zeros are stored, too
            np.testing.assert_array_equal(one.predict(X), other.predict(wider))


def made_of_few_values(problem):
    """Many rows are equal, also in y."""
    X = np.round(np.nan_to_num(problem.X, posinf=1, neginf=-1))[:, :3]
    return X, np.round(problem.y) if problem.y.dtype.kind == "f" else problem.y


@pytest.mark.parametrize("problem", [REGRESSION, CLASSES], ids=["regression", "classes"])
@pytest.mark.parametrize(
    "params",
    [
        {},
        {"validation_fraction": 37},
        {"scoring": None},
        {"scoring": None, "validation_fraction": None},
        {"early_stopping": False, "subsample": 0.5},
        {"subsample": 0.5},
    ],
    ids=str,
)
@pytest.mark.parametrize("is_weighted", [False, True])
@pytest.mark.parametrize("has_equal_rows", [False, True])
def test_a_shuffled_table_gives_the_same_model(problem, params, is_weighted, has_equal_rows):
    X, y = made_of_few_values(problem) if has_equal_rows else (problem.X, problem.y)
    weight = problem.weight if is_weighted else np.ones(400)
    model = estimator_for(problem, **STOPS | params).fit(X, y, weight)
    for seed in (1, 2):
        rows = np.random.default_rng(seed).permutation(400)
        other = estimator_for(problem, **STOPS | params).fit(X[rows], y[rows], weight[rows])
        assert digest(other) == digest(model)


def test_order_of_rows_with_starts_targets_and_groups():
    rng = np.random.default_rng(0)
    X, rows, years = REGRESSION.X, rng.permutation(400), rng.random(400) + 0.5
    y, start = np.floor(np.exp(REGRESSION.y)), rng.normal(size=400)
    # All rows are equal but in their starts.
    for table in (X, np.zeros((400, 1))):
        known = {"exposure": years, "init_score": start, "validation_groups": np.arange(400) // 7}
        models = [
            gbengine.GradientBoostingRegressor("poisson", subsample=0.8, **STOPS).fit(
                table[order], y[order], **{name: x[order] for name, x in known.items()}
            )
            for order in (np.arange(400), rows)
        ]
        assert digest(models[0]) == digest(models[1])
    y = np.column_stack([y, start])
    models = [
        gbengine.GradientBoostingRegressor(subsample=0.8, **STOPS).fit(X[order], y[order])
        for order in (np.arange(400), rows)
    ]
    assert digest(models[0]) == digest(models[1])


def test_sparse_and_binned_tables_draw_the_same_rows():
    X = np.where(np.abs(np.nan_to_num(REGRESSION.X)) > 1, REGRESSION.X, 0)
    params = {"subsample": 0.6, "random_state": 1}
    plain = estimator_for(REGRESSION, **params).fit(X, REGRESSION.y)
    for table in (csr_array(X), BinnedDataset(X), BinnedDataset(csr_array(X))):
        other = estimator_for(REGRESSION, **params).fit(table, REGRESSION.y)
        np.testing.assert_array_equal(other.predict(X), plain.predict(X))
    plain = estimator_for(REGRESSION, **STOPS).fit(X, REGRESSION.y)
    assert digest(estimator_for(REGRESSION, **STOPS).fit(csr_array(X), REGRESSION.y)) == digest(
        plain
    )


def part_of(y, X=None, groups=None):
    y = np.asarray(y, dtype=np.float64)
    X = np.arange(float(len(y)))[:, None] if X is None else X
    return Part(X, y, None, groups=groups)


def set_aside(part, fraction, split="random", seed=0, *, is_stratified=False):
    params = {"validation_fraction": fraction, "validation_split": split, "n_jobs": 1}
    return _validation_rows.set_aside(part, params, seed, is_stratified=is_stratified)


@given(
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=6),
    fraction=st.floats(0.02, 0.9),
    seed=st.integers(0, 5),
)
def test_classes_keep_their_shares(sizes, fraction, seed):
    y = np.repeat(np.arange(len(sizes)), sizes)
    n_wanted = int(np.ceil(fraction * len(y)))
    if n_wanted > len(y) - len(sizes):
        with pytest.raises(ValueError, match=r"need a row to train on|leaves none to train on"):
            set_aside(part_of(y), fraction, seed=seed, is_stratified=True)
        return
    training, validation = set_aside(part_of(y), fraction, seed=seed, is_stratified=True)
    assert len(validation.y) == n_wanted
    np.testing.assert_array_equal(
        np.sort(np.concatenate([training.X, validation.X]), axis=0), part_of(y).X
    )
    assert (np.diff(training.X[:, 0]) > 0).all()
    left, taken = (np.bincount(part.y.astype(int), minlength=len(sizes)) for part in (
        training, validation
    ))  # fmt: skip
    assert left.min() >= 1
    spare = np.array(sizes) > 1
    exact = np.array(sizes) * n_wanted / len(y)
    # Classes that give all they may leave their share to the others.
    if (np.minimum(exact, np.array(sizes) - 1) >= np.floor(exact)).all() and spare.all():
        assert (np.abs(taken - exact) <= 1 + (taken == np.array(sizes) - 1).sum()).all()


def test_equal_rows_are_on_both_sides():
    y = np.zeros(1000)
    training, validation = set_aside(part_of(y, np.zeros((1000, 2))), 0.3)
    assert (len(training.y), len(validation.y)) == (700, 300)


def test_seeds_draw_other_rows():
    drawn = [set(set_aside(part_of(np.zeros(200)), 0.5, seed=s)[1].X[:, 0]) for s in range(4)]
    for a in range(4):
        for b in range(a):
            assert 30 < len(drawn[a] & drawn[b]) < 70  # 50 by chance, with a deviation of 3.5


def test_last_rows_by_time():
    X, y, weight = REGRESSION.X, REGRESSION.y, REGRESSION.weight
    params = {"early_stopping": True, "n_iter_no_change": 50}
    model = estimator_for(REGRESSION, validation_split="time", **params).fit(X, y, weight)
    other = estimator_for(REGRESSION, validation_fraction=None, **params)
    other.fit(X[:360], y[:360], weight[:360], X[360:], y[360:], weight[360:])
    np.testing.assert_array_equal(model.validation_score_, other.validation_score_)
    np.testing.assert_array_equal(model.predict(X), other.predict(X))


def test_rows_of_weight_zero_are_not_the_last():
    X, y, weight = REGRESSION.X, REGRESSION.y, REGRESSION.weight.copy()
    weight[300:] = 0
    params = STOPS | {"validation_split": "time"}
    one = estimator_for(REGRESSION, **params).fit(X, y, weight)
    other = estimator_for(REGRESSION, **params).fit(X[:300], y[:300], weight[:300])
    assert digest(one) == digest(other)


@given(
    sizes=st.lists(st.integers(1, 30), min_size=2, max_size=20),
    fraction=st.floats(0.05, 0.9),
    seed=st.integers(0, 3),
)
def test_groups_are_not_parted(sizes, fraction, seed):
    groups = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))
    n_rows = len(groups)
    n_wanted = int(np.ceil(fraction * n_rows))
    if n_wanted == n_rows:
        return
    training, validation = set_aside(part_of(np.zeros(n_rows), groups=groups), fraction, seed=seed)
    assert not set(training.groups) & set(validation.groups)
    assert len(training.y) + len(validation.y) == n_rows
    assert len(training.y) > 0
    off = abs(len(validation.y) - n_wanted)
    assert off <= max(sizes)
    # No group that is left would bring it nearer.
    if len(validation.y) < n_wanted and len(set(training.groups)) > 1:
        for g in set(training.groups):
            assert abs(len(validation.y) + sizes[g] - n_wanted) >= off


def test_a_class_keeps_a_group_to_train_on():
    y = np.repeat([0, 1, 0, 1], [10, 10, 40, 3])
    groups = np.repeat([0, 0, 1, 1], [10, 10, 40, 3])
    for seed in range(5):
        training, _ = set_aside(part_of(y, groups=groups), 0.4, seed=seed, is_stratified=True)
        assert set(training.y) == {0.0, 1.0}
    groups = np.repeat([0, 1, 0, 1], [10, 10, 40, 3])  # each has all rows of a class
    with pytest.raises(ValueError, match="all rows of a class"):
        set_aside(part_of(y, groups=groups), 0.4, is_stratified=True)


@pytest.mark.parametrize(
    "labels",
    [
        lambda g: [f"g{k:03}" for k in g],
        lambda g: pd.Series(g, index=range(7, 407)).astype("category"),
        lambda g: pd.Series(g).astype("Int64"),
        lambda g: g * 0.5,
        lambda g: g.reshape(-1, 1),
        lambda g: np.datetime64("2020-01-01") + g,
    ],
)
def test_labels_of_any_kind(labels):
    groups = np.random.default_rng(0).integers(0, 40, 400)
    X, y = REGRESSION.X, REGRESSION.y
    expected = estimator_for(REGRESSION, **STOPS).fit(X, y, validation_groups=groups)
    other = estimator_for(REGRESSION, **STOPS).fit(X, y, validation_groups=labels(groups))
    assert digest(other) == digest(expected)


def test_groups_of_other_rows_give_another_model():
    X, y = REGRESSION.X, REGRESSION.y
    one, other = (
        estimator_for(REGRESSION, **STOPS).fit(X, y, validation_groups=groups).validation_score_
        for groups in (np.arange(400) // 10, np.arange(400) % 40)
    )
    assert (one != other).any()


NO_GROUPS = "validation_groups has no effect "


@pytest.mark.parametrize(
    ("params", "given", "match"),
    [
        ({}, {"validation_groups": np.arange(399)}, r"validation_groups must have shape \(400,\)"),
        ({}, {"validation_groups": np.zeros((400, 2))}, "validation_groups must have shape"),
        ({}, {"validation_groups": 3}, "validation_groups must have shape"),
        ({}, {"validation_groups": np.zeros(400)}, "has only one group"),
        ({}, {"validation_groups": [np.nan] + [1] * 399}, "missing: row 0 has nan"),
        ({}, {"validation_groups": ["a"] * 399 + [None]}, "missing: row 399 has None"),
        ({}, {"validation_groups": pd.Series(["a"] * 399 + [pd.NA])}, "missing: row 399"),
        ({}, {"validation_groups": np.array(["a"] * 399 + [pd.NA], object)}, "missing: row 399"),
        ({}, {"validation_groups": ["a", 1] * 200}, "labels of one kind"),
        ({"early_stopping": False}, {"validation_groups": np.arange(400)}, NO_GROUPS + "with ear"),
        (
            {"validation_fraction": None},
            {"validation_groups": np.arange(400)},
            NO_GROUPS + "with validation_fraction=None",
        ),
        (
            {"validation_split": "time"},
            {"validation_groups": np.arange(400)},
            NO_GROUPS + "with validation_split='time'",
        ),
        (
            {"validation_fraction": None},
            {"validation_groups": np.arange(400), "X_val": CLASSES.X, "y_val": CLASSES.y},
            NO_GROUPS + "when fit is given X_val",
        ),
        ({"validation_fraction": 400}, {}, "sets 400 of 400 rows aside"),
        ({"validation_fraction": 397}, {}, "4 classes need a row to train on"),
        ({"validation_split": "last"}, {}, "validation_split"),
        (
            {"validation_split": "time", "early_stopping": False},
            {},
            "validation_split='time' has no effect with early_stopping=False",
        ),
        (
            {"validation_split": "time", "validation_fraction": None},
            {},
            "validation_split='time' has no effect with validation_fraction=None",
        ),
        (
            {"validation_split": "time", "validation_fraction": None},
            {"X_val": CLASSES.X, "y_val": CLASSES.y},
            "validation_split='time' has no effect when fit is given X_val",
        ),
    ],
)
def test_what_cannot_be(params, given, match):
    model = estimator_for(CLASSES, **STOPS | params)
    with pytest.raises(ValueError, match=match):
        model.fit(CLASSES.X, CLASSES.y, **given)
    assert not hasattr(model, "n_iter_")


def test_a_class_that_only_the_last_rows_have():
    order = np.argsort(CLASSES.y)
    model = estimator_for(CLASSES, validation_split="time", validation_fraction=0.3, **STOPS)
    with pytest.raises(ValueError, match=r"have no row of 1 of the classes .*classes_\[3\]"):
        model.fit(CLASSES.X[order], CLASSES.y[order])


def test_warm_start_sets_the_same_rows_aside():
    groups = np.arange(400) // 10
    params = STOPS | {"n_iter_no_change": 50}
    straight = estimator_for(REGRESSION, **params)
    straight.fit(REGRESSION.X, REGRESSION.y, validation_groups=groups)
    model = estimator_for(REGRESSION, **params | {"n_estimators": 3, "warm_start": True})
    model.fit(REGRESSION.X, REGRESSION.y, validation_groups=groups)
    with pytest.raises(ValueError, match="validation_groups must stay as in the first fit"):
        model.set_params(n_estimators=6).fit(REGRESSION.X, REGRESSION.y)
    model.fit(REGRESSION.X, REGRESSION.y, validation_groups=groups)
    np.testing.assert_array_equal(model.validation_score_, straight.validation_score_)
    with pytest.raises(ValueError, match="validation_split must stay as in the first fit"):
        model.set_params(validation_split="time").fit(REGRESSION.X, REGRESSION.y)


def test_groups_are_routed():
    groups = np.arange(400) // 10
    model = estimator_for(REGRESSION, **STOPS)
    with config_context(enable_metadata_routing=True):
        routed = estimator_for(REGRESSION, **STOPS).set_fit_request(validation_groups=True)
        found = cross_validate(
            routed,
            REGRESSION.X,
            REGRESSION.y,
            cv=GroupKFold(3),
            params={"validation_groups": groups, "groups": groups},
            return_estimator=True,
        )
    rows, _ = next(GroupKFold(3).split(REGRESSION.X, groups=groups))
    model.fit(REGRESSION.X[rows], REGRESSION.y[rows], validation_groups=groups[rows])
    assert digest(found["estimator"][0]) == digest(model)

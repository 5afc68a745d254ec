"""What cannot be fitted: each mistake has an error that names it, and leaves no trace.

The walk takes every mistake through a fresh estimator, a fitted one, one that goes on
(warm_start, fit_more), and where it may be made there through gbengine.cv.
"""

import re
import threading

import numpy as np
import pandas as pd
import pytest
from conftest import estimator_for, make_problem
from sklearn.base import clone

import gbengine
from gbengine._state import to_bytes
from gbengine.callbacks import RoundCallback

PROBLEMS = {
    "classes": make_problem("multiclass", n_rows=300),
    "numbers": make_problem("regression", n_rows=300),
}
STOPS = {"early_stopping": True}
OWN_ROWS = {"early_stopping": True, "validation_fraction": None}
NAMES = [f"column {k}" for k in range(6)]


def frame(X, names=NAMES):
    return pd.DataFrame(X, columns=names)


def validation(problem, **others):
    return {"X_val": problem.X[:50], "y_val": problem.y[:50], **others}


def nan_from_round_2(model, X, y):
    nan_from_round_2.calls += 1
    return np.nan if nan_from_round_2.calls > 4 else nan_from_round_2.calls


# name: parameters, arguments of fit, of which X and y replace the right ones, and the error
MISTAKES = {
    "y too short": (
        {},
        lambda p: {"y": p.y[:-1]},
        "as many rows as each other: 300 in X, 299 in y$",
    ),
    "no y": ({}, lambda p: {"y": None}, "y is None"),
    "y missing": ({}, lambda p: {"y": [np.nan, *p.y[1:]]}, "y"),
    "weights too few": ({}, lambda p: {"sample_weight": np.ones(299)}, "sample_weight must have"),
    "weights of two columns": (
        {},
        lambda p: {"sample_weight": np.ones((300, 2))},
        r"sample_weight must have shape \(300,\)",
    ),
    "weight below 0": (
        {},
        lambda p: {"sample_weight": [-1, *[1] * 299]},
        "sample_weight must not be negative: row 0",
    ),
    "weight NaN": ({}, lambda p: {"sample_weight": [np.nan] * 300}, "sample_weight"),
    "weights all 0": ({}, lambda p: {"sample_weight": 0.0}, "sample_weight is zero in every row"),
    "starts too few": ({}, lambda p: {"init_score": np.ones(3)}, "init_score must have shape"),
    "starts NaN": ({}, lambda p: {"init_score": np.full(300, np.nan)}, "init_score"),
    "groups too few": (
        STOPS,
        lambda p: {"validation_groups": np.arange(299)},
        r"validation_groups must have shape \(300,\)",
    ),
    "group missing": (
        STOPS,
        lambda p: {"validation_groups": [None, *"ab" * 149, "a"]},
        "validation_groups must not be missing: row 0 has None",
    ),
    "groups for nothing": (
        {},
        lambda p: {"validation_groups": np.arange(300)},
        "validation_groups has no effect with early_stopping=False",
    ),
    "more rows aside than there are": (
        STOPS | {"validation_fraction": 300},
        lambda p: {},
        "validation_fraction=300 sets 300 of 300 rows aside",
    ),
    "scorer gives NaN": (
        STOPS | {"scoring": nan_from_round_2},
        lambda p: {},
        r"nan_from_round_2.* gave nan for the training rows after [2-4] rounds",
    ),
    "scorer that is none": (STOPS | {"scoring": "best"}, lambda p: {}, "best"),
    "scorers of one name": (
        STOPS | {"scoring": ["loss", "loss"]},
        lambda p: {},
        "two metrics of the name 'loss'",
    ),
    "nothing to stop": (
        {"refit_after_stopping": True},
        lambda p: {},
        "refit_after_stopping=True has no effect with early_stopping=False",
    ),
    "unknown split": (STOPS | {"validation_split": "last"}, lambda p: {}, "validation_split"),
    "X_val without y_val": (OWN_ROWS, lambda p: {"X_val": p.X}, "X_val but no y_val"),
    "y_val without X_val": (OWN_ROWS, lambda p: {"y_val": p.y}, "y_val but no X_val"),
    "y_val too short": (
        OWN_ROWS,
        lambda p: validation(p, y_val=p.y[:49]),
        "as many rows as each other: 50 in X_val, 49 in y_val",
    ),
    "weights of X_val too few": (
        OWN_ROWS,
        lambda p: validation(p, sample_weight_val=[1.0]),
        "sample_weight_val must have shape",
    ),
    "X_val of other width": (
        OWN_ROWS,
        lambda p: validation(p, X_val=p.X[:50, :3]),
        "X_val has 3 features",
    ),
    "X_val of other names": (
        OWN_ROWS,
        lambda p: validation(p, X=frame(p.X), X_val=frame(p.X[:50], [*NAMES[1:], "new"])),
        "feature names",
    ),
    "X_val of other order": (
        OWN_ROWS,
        lambda p: validation(p, X=frame(p.X), X_val=frame(p.X[:50], NAMES[::-1])),
        "feature names",
    ),
    "X_val of text": (
        OWN_ROWS,
        lambda p: validation(p, X_val=np.full((50, 6), "a", dtype=object)),
        "X_val",
    ),
    "starts of X_val missing": (
        OWN_ROWS,
        lambda p: validation(p, init_score=np.zeros(300)),
        "init_score but no init_score_val",
    ),
    "unseen class in y_val": (
        OWN_ROWS,
        lambda p: validation(p, y_val=["violet"] * 50),
        "y_val",
    ),
}

ALLOWED = (ValueError, TypeError)


def fitted(problem, **params):
    return estimator_for(problem, **{"random_state": 0, **params}).fit(problem.X, problem.y)


def refuses(call, match):
    """Check that a call raises, and that no thread is left at work."""
    nan_from_round_2.calls = 0
    n_threads = threading.active_count()
    with pytest.raises(ALLOWED, match=match):
        call()
    assert threading.active_count() == n_threads


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_fits_fresh_and_again(mistake, problem):
    params, wrong, match = MISTAKES[mistake]
    arguments = {"X": problem.X, "y": problem.y, **wrong(problem)}
    fresh = estimator_for(problem, **params)
    before = vars(fresh).copy()
    refuses(lambda: fresh.fit(**arguments), match)
    assert vars(fresh) == before
    old = fitted(problem)
    before, state = old.get_params(deep=False), to_bytes(old)
    old.set_params(**params)
    refuses(lambda: old.fit(**arguments), match)
    assert to_bytes(old.set_params(**before)) == state


@pytest.mark.parametrize("mistake", MISTAKES)
def test_going_on(mistake):
    problem = PROBLEMS["numbers"]
    params, wrong, match = MISTAKES[mistake]
    of_fit = {"early_stopping", "validation_fraction"} & params.keys()
    rows = validation(problem) if params == OWN_ROWS else {}
    model = estimator_for(problem, **{name: params[name] for name in of_fit if not rows})
    if rows:
        model.set_params(**OWN_ROWS)
    if params.get("validation_fraction") == 300:
        model.set_params(validation_fraction=0.1)
    model.fit(problem.X, problem.y, **rows)
    predicted, n_rounds = model.predict(problem.X), model.n_iter_
    model.set_params(**params)
    arguments = {"X": problem.X, "y": problem.y, **wrong(problem)}
    # The first fit may not have been given this, which is an error, too.
    match = f"{match}|must stay as in the first fit|with warm_start=True"
    refuses(lambda: model.fit_more(n_estimators=3, **arguments), match)
    model.set_params(warm_start=True, n_estimators=20)
    refuses(lambda: model.fit(**arguments), match)
    assert model.n_iter_ == n_rounds
    np.testing.assert_array_equal(model.predict(problem.X), predicted)


OF_CV = [name for name in MISTAKES if "_val" not in name and name != "y missing"]


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("mistake", OF_CV)
def test_cross_validation(mistake, n_jobs):
    problem = PROBLEMS["numbers"]
    params, wrong, match = MISTAKES[mistake]
    arguments = {"X": problem.X, "y": problem.y, **wrong(problem)}
    model = estimator_for(problem, n_jobs=n_jobs, random_state=0, **params)
    before = vars(model).copy()
    match = match.replace("300 of 300", "300 of 200")
    match = "y must have 300 rows" if mistake in {"y too short", "no y"} else match
    refuses(lambda: gbengine.cv(model, cv=3, **arguments), match)
    assert vars(model) == before


CHANGES = {
    "early_stopping": False,
    "scoring": ["loss", "r2"],
    "validation_fraction": 0.2,
    "validation_split": "time",
    "loss": "huber",
    "n_parallel_trees": 2,
    "base_score": 1.0,
    "init": "zero",
    "random_state": 5,
    "n_estimators": 1,
}


@pytest.mark.parametrize("name", CHANGES)
def test_parameters_that_cannot_change(name):
    problem = PROBLEMS["numbers"]
    params = {"subsample": 0.9, "warm_start": True, "n_estimators": 4, "random_state": 0}
    model = fitted(problem, **STOPS, **params)
    predicted = model.predict(problem.X)
    model.set_params(**{"n_estimators": 8, name: CHANGES[name]})
    match = f"with warm_start=True {name} must stay as in the first fit: it was"
    match = "n_estimators=1 must be at least n_iter_=" if name == "n_estimators" else match
    refuses(lambda: model.fit(problem.X, problem.y), re.escape(match))
    np.testing.assert_array_equal(model.predict(problem.X), predicted)


class Fails(RoundCallback):
    """Raises before or after a round."""

    def __init__(self, when, n_rounds):
        self.when, self.n_rounds = when, n_rounds

    def before_round(self, now):
        if (self.when, self.n_rounds) == ("before", now.n_rounds):
            raise OSError("the disk is full")

    def after_round(self, now):
        if (self.when, self.n_rounds) == ("after", now.n_rounds):
            raise OSError("the disk is full")


@pytest.mark.parametrize("where", ["fit", "fit_more", "cv"])
@pytest.mark.parametrize("when", [("before", 0), ("before", 2), ("after", 1), ("after", 5)])
@pytest.mark.parametrize("params", [{}, STOPS | {"n_iter_no_change": 50}], ids=["plain", "stops"])
def test_callbacks_that_raise(params, when, where):
    problem = PROBLEMS["classes"]
    model = estimator_for(problem, **params, random_state=0, n_jobs=2)
    if where == "fit_more":
        model.fit(problem.X, problem.y)
        when = (when[0], when[1] + model.n_iter_)
    before = set(vars(model))
    pytest.importorskip("sklearn.callback")  # without it clone, so cv, drops callbacks
    model.set_callbacks(Fails(*when))
    calls = {
        "fit": lambda: model.fit(problem.X, problem.y),
        "fit_more": lambda: model.fit_more(problem.X, problem.y, 6),
        "cv": lambda: gbengine.cv(model, problem.X, problem.y),
    }
    n_threads = threading.active_count()
    with pytest.raises(OSError, match="the disk is full"):
        calls[where]()
    assert threading.active_count() == n_threads
    assert set(vars(model)) == before | {"_skl_callbacks"}
    assert clone(model).set_callbacks().fit(problem.X, problem.y).n_iter_ > 0

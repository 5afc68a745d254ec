"""Odd and bad exposures, starts and targets: each row of the tables in docs/starts.md is tried."""

import re

import numpy as np
import pandas as pd
import pytest
from conftest import REPO
from scipy import sparse
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsRegressor
from sklearn.svm import LinearSVC

from gbengine import BinnedDataset, GradientBoostingClassifier, GradientBoostingRegressor

N = 60
RNG = np.random.default_rng(0)
X = RNG.normal(size=(N, 3))
Y = RNG.poisson(1.0, N) + 1.0
E = RNG.random(N) + 0.5
CLASSES = np.arange(N) % 3


def rows_below(title):
    """The rows of a table of the document: a tuple of cells each."""
    text = (REPO / "docs" / "starts.md").read_text(encoding="utf-8")
    section = re.search(rf"^## {title}\n(.*?)(^## |\Z)", text, re.DOTALL | re.MULTILINE)[1]
    table = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [tuple(cell.strip() for cell in cells) for cells in table[2:]]


def regressor(loss="poisson", **params):
    params = {"n_estimators": 3, "min_samples_leaf": 5, **params}
    return GradientBoostingRegressor(loss=loss, **params)


def classifier(**params):
    return GradientBoostingClassifier(n_estimators=3, min_samples_leaf=5, **params)


def fit(y=Y, *, loss="poisson", arguments=None, **params):
    return lambda: regressor(loss, **params).fit(X, y, **(arguments or {}))


def classify(y=CLASSES, *, arguments=None, **params):
    return lambda: classifier(**params).fit(X, y, **(arguments or {}))


def exposed(exposure, **params):
    return fit(arguments={"exposure": exposure}, **params)


def scored(init_score):
    return fit(arguments={"init_score": init_score})


def predicted(exposure, loss="poisson"):
    return lambda: regressor(loss).fit(X, Y).predict(X, exposure=exposure)


def validated(**arguments):
    return fit(
        arguments={"X_val": X, "y_val": Y, **arguments}, validation_fraction=None, scoring="loss"
    )


def twice(first, second, params=None, changed=None, y=Y):
    def run():
        model = regressor(warm_start=True, **(params or {})).fit(X, y[0], **first)
        model.set_params(n_estimators=4, **(changed or {})).fit(X, y[1], **second)

    y = y if isinstance(y, tuple) else (y, y)
    return run


def at_3(value, values=E):
    values = values.copy()
    values[3] = value
    return values


class PredictsNaN(LinearRegression):
    def predict(self, X):
        return np.full(len(X), np.nan)


class PredictsOne(LinearRegression):
    def predict(self, X):
        return np.ones(len(X))


def save_with_init():
    regressor(init=DummyRegressor()).fit(X, Y).save_model("never")


def same_as_without():
    a = regressor().fit(X, Y, exposure=np.ones(N)).predict(X)
    np.testing.assert_array_equal(a, regressor().fit(X, Y).predict(X))


def extreme_exposures():
    model = exposed(np.where(np.arange(N) % 2, 1e-300, 1e30))()
    assert np.isfinite(model.predict(X)).all()


def same_exposures(form):
    def run():
        a = regressor().fit(X, Y, exposure=form(np.ceil(E))).predict(X)
        np.testing.assert_array_equal(a, regressor().fit(X, Y, exposure=np.ceil(E)).predict(X))

    return run


def without_weight():
    weight = np.where(np.arange(N) == 3, 0.0, 1.0)
    a = regressor().fit(X, Y, weight, exposure=at_3(1e30)).predict(X)
    rows = np.arange(N) != 3
    b = regressor().fit(X[rows], Y[rows], exposure=E[rows]).predict(X)
    np.testing.assert_array_equal(a, b)


def shifted():
    a = regressor("squared_error").fit(X, Y, init_score=np.full(N, 2.0)).predict(X)
    b = regressor("squared_error", base_score=2.0).fit(X, Y).predict(X)
    np.testing.assert_allclose(a + 2.0, b, rtol=1e-12)


def one_column():
    a = scored(E)().predict(X)
    np.testing.assert_array_equal(a, scored(E[:, None])().predict(X))


def certain():
    y = (CLASSES == 0).astype(int)
    init = DummyClassifier(strategy="constant", constant=1)
    raw = classifier(init=init).fit(X, y).decision_function(X)
    assert np.isfinite(raw).all()
    limited = classifier(init=init, max_delta_step=1.0, min_hessian_leaf=0.0).fit(X, y)
    np.testing.assert_allclose(limited.decision_function(X), np.log(2.0**23 - 1) - 0.3, atol=1e-5)


def flat():
    with pytest.warns(match="column-vector"):
        assert fit(Y[:, None])().predict(X).shape == (N,)


def constant_target():
    model = fit(np.column_stack([Y, np.full(N, 2.5)]), loss="squared_error")()
    np.testing.assert_array_equal(model.predict(X)[:, 1], 2.5)


ODD = {
    "exposures that are all 1": same_as_without,
    "exposures of 1e-300 and 1e30": extreme_exposures,
    "exposures as a frame of one column": same_exposures(lambda e: pd.DataFrame({"e": e})),
    "exposures as whole numbers": same_exposures(lambda e: e.astype(np.int16)),
    "rows of weight 0 with an exposure of any size": without_weight,
    "init_score that is the same in all rows": shifted,
    "init_score of one column for one raw score": one_column,
    "init that predicts certainty": certain,
    "y of one column": flat,
    "several targets, one of them constant": constant_target,
}

TWO = np.column_stack([Y, Y])
GIVEN = {"exposure": E}
ERRORS = {
    "an exposure of 0": exposed(at_3(0.0)),
    "a negative exposure": exposed(at_3(-1.0)),
    "an exposure of NaN": exposed(at_3(np.nan)),
    "an infinite exposure": exposed(at_3(np.inf)),
    "an exposure beyond 1e30": exposed(at_3(1e31)),
    "a missing exposure": exposed([None if i == 3 else 1.0 for i in range(N)]),
    "too few exposures": exposed(E[1:]),
    "one exposure for all rows": exposed(2.0),
    "two columns of exposures": exposed(np.ones((N, 2))),
    "exposures as text": exposed(["1.5"] * N),
    "exposures as text in objects": exposed(np.array(["1.5"] * N, dtype=object)),
    "complex exposures": exposed(E + 0j),
    "exposures that are dates": exposed(np.array(["2020-01-01"] * N, dtype="M8[D]")),
    "an exposure for squared errors": exposed(E, loss="squared_error"),
    "an exposure for predictions of squared errors": predicted(E, "squared_error"),
    "an exposure of 0 for predictions": predicted(at_3(0.0)),
    "too few exposures for predictions": predicted(E[1:]),
    "exposures of X but not of X_val": validated(exposure=E),
    "exposures of X_val but not of X": validated(exposure_val=E),
    "a wrong exposure in X_val": validated(exposure=E, exposure_val=at_3(0.0)),
    "exposures of rows that are not there": fit(arguments={"exposure": E, "exposure_val": E}),
    "exposures in a second fit with warm_start": twice({}, GIVEN),
    "an init_score of NaN": scored(at_3(np.nan)),
    "an init_score beyond 1e30": scored(at_3(-1e31)),
    "an init_score as text": scored(["1.5"] * N),
    "too few init_scores": scored(E[1:]),
    "an init_score of three dimensions": scored(E[:, None, None]),
    "an init_score without columns": scored(np.empty((N, 0))),
    "two columns of init_score for one raw score": scored(TWO),
    "one column of init_score for three classes": classify(arguments={"init_score": E}),
    "init_score of X but not of X_val": validated(init_score=E),
    "init_score in a second fit with warm_start": twice({}, {"init_score": E}),
    "base_score and init": fit(base_score=1.0, init="zero"),
    "init and init_score": fit(init="zero", arguments={"init_score": E}),
    "a base_score of 0 for a logarithm": fit(base_score=0.0),
    "a base_score that is infinite": fit(base_score=np.inf),
    "a base_score of NaN": fit(base_score=np.nan, loss="huber"),
    "two base_scores for one target": fit(base_score=[1.0, 2.0]),
    "a base_score as text": fit(base_score="a"),
    "base_scores as text": fit(base_score=["a"]),
    "a probability of 0": classify(CLASSES == 0, base_score=0.0),
    "a probability of NaN": classify(CLASSES == 0, base_score=np.nan),
    "probabilities that sum to 2": classify(base_score=[0.9, 0.9, 0.2]),
    "one probability for three classes": classify(base_score=0.3),
    "another base_score in a second fit with warm_start": twice(
        {}, {}, {"base_score": 1.0}, {"base_score": 2.0}
    ),
    "an init that is no estimator": fit(init=3),
    "an init that is another word": fit(init="mean"),
    "an init without predict_proba": classify(init=LinearSVC()),
    "an init without weights": fit(init=KNeighborsRegressor(), arguments={"sample_weight": E}),
    "an init that predicts negative rates": fit(
        init=DummyRegressor(strategy="constant", constant=-1.0)
    ),
    "an init that predicts NaN": fit(init=PredictsNaN(), loss="squared_error"),
    "an init that predicts one target of two": fit(TWO, init=PredictsOne(), loss="squared_error"),
    "an init with a BinnedDataset": lambda: regressor(init=DummyRegressor()).fit(
        BinnedDataset(X), Y
    ),
    "an init in a model file": save_with_init,
    "another init in a second fit with warm_start": twice(
        {}, {}, {"init": DummyRegressor()}, {"init": LinearRegression()}
    ),
    "two targets for a classifier": classify(np.column_stack([CLASSES, CLASSES])),
    "two targets with three in y_val": lambda: regressor(validation_fraction=None).fit(
        X, TWO, X_val=X, y_val=np.column_stack([Y, Y, Y])
    ),
    "a target of NaN among two": fit(np.column_stack([Y, at_3(np.nan, Y)])),
    "no target": fit(np.empty((N, 0))),
    "targets of three dimensions": fit(TWO[:, :, None]),
    "sparse targets": fit(sparse.csr_array(TWO)),
    "another number of targets in a second fit with warm_start": twice({}, {}, y=(TWO, Y)),
}


def test_tables_and_cases_are_the_same():
    assert [row[0] for row in rows_below("Odd, but allowed")] == list(ODD)
    assert [row[0] for row in rows_below("Errors")] == list(ERRORS)


@pytest.mark.parametrize("case", ODD)
def test_odd_but_allowed(case):
    ODD[case]()


@pytest.mark.parametrize(("case", "text"), rows_below("Errors"))
def test_errors(case, text):
    with pytest.raises(ValueError, match=re.escape(text)):
        ERRORS[case]()

"""fit_more: rounds added to a fitted model, and what it, scorers and X_val refuse."""

import numpy as np
import pandas as pd
import pytest
from conftest import estimator_for, make_problem, raw_scores
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression

from gbengine.callbacks import RoundCallback

REGRESSION = make_problem("regression")
BINARY = make_problem("binary")
MULTICLASS = make_problem("multiclass")


def test_same_rows_give_the_rounds_of_one_fit(problem):
    X, y, weight = problem.X, problem.y, problem.weight
    params = {"subsample": 0.7, "random_state": 0}
    straight = estimator_for(problem, n_estimators=12, **params).fit(X, y, weight)
    model = estimator_for(problem, n_estimators=5, **params).fit(X, y, weight)
    before = model.get_params()
    assert model.fit_more(X, y, 3, weight).fit_more(X, y, 4, sample_weight=weight) is model
    assert model.n_iter_ == 12
    assert model.get_params() == before
    np.testing.assert_array_equal(raw_scores(model, X), raw_scores(straight, X))


def test_other_rows_give_the_rounds_of_warm_start(problem):
    X, y = problem.X, problem.y
    warm = estimator_for(problem, n_estimators=5, warm_start=True).fit(X, y)
    model = estimator_for(problem, n_estimators=5).fit(X, y)
    model.fit_more(X[:400], y[:400], 4)
    warm.set_params(n_estimators=9).fit(X[:400], y[:400])
    np.testing.assert_array_equal(raw_scores(model, X), raw_scores(warm, X))


def test_scores_go_on(problem):
    X, y = problem.X, problem.y
    val = {"X_val": X[:200], "y_val": y[:200]}
    straight = estimator_for(problem, n_estimators=12).fit(X, y, **val)
    model = estimator_for(problem, n_estimators=5).fit(X, y, **val).fit_more(X, y, 7, **val)
    np.testing.assert_array_equal(model.validation_score_, straight.validation_score_)
    assert model.best_iteration_ == straight.best_iteration_


@pytest.mark.parametrize(
    ("params", "exposure"),
    [({}, None), ({"init": LinearRegression()}, None), ({"loss": "poisson"}, np.arange(1.0, 601))],
)
def test_categories_and_starts(params, exposure):
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"number": rng.normal(size=600), "text": rng.choice(list("xyz"), 600)})
    y = np.exp(X.number / 4) + (X.text == "x")
    arguments = {} if exposure is None else {"exposure": exposure}
    straight = estimator_for(REGRESSION, n_estimators=12, **params).fit(X, y, **arguments)
    model = estimator_for(REGRESSION, n_estimators=5, **params).fit(X, y, **arguments)
    model.fit_more(X, y, 7, **arguments)
    np.testing.assert_array_equal(model.predict(X), straight.predict(X))


class StopAfter8(RoundCallback):
    def after_round(self, now):
        return now.n_rounds == 8


def test_callbacks_are_asked():
    model = estimator_for(REGRESSION, n_estimators=5)
    model.set_callbacks(StopAfter8())
    model.fit(REGRESSION.X, REGRESSION.y).fit_more(REGRESSION.X, REGRESSION.y, 7)
    assert model.n_iter_ == 8


@pytest.mark.parametrize("n_estimators", [0, -1, 1.5, "3", None, True])
def test_wrong_number_of_rounds(n_estimators):
    model = estimator_for(REGRESSION).fit(REGRESSION.X, REGRESSION.y)
    with pytest.raises(ValueError, match="n_estimators, the number of rounds to add, must be"):
        model.fit_more(REGRESSION.X, REGRESSION.y, n_estimators)


def test_not_fitted(problem):
    with pytest.raises(NotFittedError):
        estimator_for(problem).fit_more(problem.X, problem.y, 3)


def test_refusals_leave_the_model_as_it_was():
    X, y = BINARY.X, BINARY.y
    model = estimator_for(BINARY).fit(X, y)
    raw, params = raw_scores(model, X), model.get_params()
    for arguments, text in [
        ((X[:, :3], y), "number of features in X must stay"),
        ((MULTICLASS.X, MULTICLASS.y), "the set of classes in y must stay"),
        ((X, y[:-1]), "y"),
    ]:
        with pytest.raises(ValueError, match=text):
            model.fit_more(*arguments, 2)
    with pytest.raises(ValueError, match="the presence of X_val must stay"):
        model.fit_more(X, y, 2, X_val=X, y_val=y)
    with pytest.raises(TypeError, match="no_such"):
        model.fit_more(X, y, 2, no_such=1)
    np.testing.assert_array_equal(raw_scores(model, X), raw)
    assert (model.n_iter_, model.get_params()) == (12, params)


def always_nan(model, X, y):
    return np.nan


def nan_later(model, X, y):
    return float("nan") if len(y) < 100 and model.feature_importances_.any() else 1.0


@pytest.mark.parametrize(
    ("scorer", "text"),
    [
        (always_nan, "always_nan.*gave nan for the training rows after 0 rounds"),
        (nan_later, "nan_later.*gave nan for the validation rows after 1 rounds"),
    ],
)
def test_scorer_that_gives_nan(scorer, text):
    model = estimator_for(BINARY, early_stopping=True, scoring=scorer, random_state=0)
    with pytest.raises(ValueError, match=text):
        model.fit(BINARY.X, BINARY.y)
    assert not hasattr(model, "n_iter_")


def test_validation_rows_of_another_table():
    X, y = BINARY.X, BINARY.y
    model = estimator_for(BINARY)
    with pytest.raises(ValueError, match="X_val"):
        model.fit(X, y, X_val=X[:, :3], y_val=y)
    unseen = np.where(np.arange(len(y)) == 0, "unseen", y)
    with pytest.raises(ValueError, match="unseen"):
        model.fit(X, y, X_val=X, y_val=unseen)
    frame = pd.DataFrame(X, columns=list("abcdef"))
    with pytest.raises(ValueError, match="feature names"):
        model.fit(frame, y, X_val=frame.rename(columns={"a": "z"}), y_val=y)

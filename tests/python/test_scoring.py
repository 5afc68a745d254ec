"""Several metrics in ``scoring``: all are recorded by name, and the first stops fit."""

import pickle
import re

import numpy as np
import pytest
from conftest import estimator_for, make_problem
from sklearn.metrics import get_scorer

import gbengine
from gbengine import BinnedDataset

BINARY = make_problem("binary", n_rows=400)
REGRESSION = make_problem("regression", n_rows=400)
STOPS = {"early_stopping": True, "random_state": 0}


def first_probability(model, X, y):
    return float(model.predict_proba(X)[0, 1])


SEVERAL = {
    "list": ["roc_auc", "loss", "accuracy"],
    "tuple": ("roc_auc", "loss", "accuracy"),
    "dict": {"roc_auc": "roc_auc", "loss": "loss", "accuracy": get_scorer("accuracy")},
}


@pytest.mark.parametrize("kind", SEVERAL)
def test_each_curve_is_that_of_the_metric_alone(kind):
    X, y, weight = BINARY.X, BINARY.y, BINARY.weight
    params = STOPS | {"n_iter_no_change": 50}
    model = estimator_for(BINARY, scoring=SEVERAL[kind], **params).fit(X, y, weight)
    found = model.evals_result_
    assert [list(curves) for curves in found.values()] == [["roc_auc", "loss", "accuracy"]] * 2
    for name in ("roc_auc", "loss", "accuracy"):
        alone = estimator_for(BINARY, scoring=name, **params).fit(X, y, weight)
        np.testing.assert_array_equal(found["train"][name], alone.train_score_)
        np.testing.assert_array_equal(found["validation"][name], alone.validation_score_)
    np.testing.assert_array_equal(model.validation_score_, found["validation"]["roc_auc"])
    assert model.best_score_ == found["validation"]["roc_auc"].max()
    found["train"]["loss"][:] = 0  # the caller's own
    assert model.evals_result_["train"]["loss"].any()


def test_the_first_one_stops():
    def better(model, X, y):
        return better.calls

    def worse(model, X, y):
        better.calls += 1
        return -better.calls

    better.calls = 0
    params = STOPS | {"n_iter_no_change": 3, "n_estimators": 20}
    X, y = BINARY.X, BINARY.y
    stopped = estimator_for(BINARY, scoring=[worse, better], **params).fit(X, y)
    assert len(stopped.validation_score_) == 4
    assert stopped.best_iteration_ == 0
    going_on = estimator_for(BINARY, scoring=[better, worse], **params).fit(X, y)
    assert len(going_on.validation_score_) == 21
    assert going_on.best_iteration_ == going_on.n_iter_ == 20


def test_names_of_functions_and_of_ones_own():
    X, y = BINARY.X, BINARY.y
    model = estimator_for(BINARY, scoring=[first_probability, "loss"], **STOPS).fit(X, y)
    assert list(model.evals_result_["train"]) == ["first_probability", "loss"]
    model = estimator_for(BINARY, scoring={"mine": first_probability}, **STOPS).fit(X, y)
    assert list(model.evals_result_["validation"]) == ["mine"]


def test_rows_of_ones_own_without_stopping():
    X, y = REGRESSION.X, REGRESSION.y
    model = estimator_for(REGRESSION, scoring=["r2", "loss"], validation_fraction=None)
    model.fit(X[:200], y[:200], X_val=X[200:], y_val=y[200:])
    assert len(model.evals_result_["validation"]["loss"]) == 13
    assert model.evals_result_["validation"]["r2"][-1] == pytest.approx(
        model.score(X[200:], y[200:])
    )


def test_training_rows_alone():
    model = estimator_for(REGRESSION, scoring=["loss", "r2"], validation_fraction=None, **STOPS)
    model.fit(REGRESSION.X, REGRESSION.y)
    assert list(model.evals_result_) == ["train"]
    again = pickle.loads(pickle.dumps(model))
    assert list(again.evals_result_) == ["train"]


@pytest.mark.parametrize("kind", ["list", "tuple", "dict"])
def test_there_after_a_pickle_and_in_a_file(kind, tmp_path):
    scoring = ["roc_auc", "loss", "accuracy"]
    if kind != "list":
        # An order that is not that of the alphabet.
        scoring = tuple(scoring) if kind == "tuple" else dict(zip("zab", scoring, strict=True))
    model = estimator_for(BINARY, scoring=scoring, **STOPS).fit(BINARY.X, BINARY.y)
    model.save_model(tmp_path / "model")
    for other in (pickle.loads(pickle.dumps(model)), gbengine.load_model(tmp_path / "model")):
        for rows, curves in model.evals_result_.items():
            assert list(other.evals_result_[rows]) == list(curves)
            for name, curve in curves.items():
                np.testing.assert_array_equal(other.evals_result_[rows][name], curve)
        other.set_params(warm_start=True, n_estimators=15, n_iter_no_change=50)
        other.fit(BINARY.X, BINARY.y)
        assert list(other.scoring) == list(scoring)
        assert len(other.evals_result_["train"]["loss" if kind != "dict" else "a"]) == 16


def test_warm_start_goes_on_with_all_curves():
    X, y = REGRESSION.X, REGRESSION.y
    params = STOPS | {"scoring": ["r2", "loss"], "n_iter_no_change": 50}
    straight = estimator_for(REGRESSION, **params).fit(X, y)
    model = estimator_for(REGRESSION, n_estimators=5, warm_start=True, **params).fit(X, y)
    model.set_params(n_estimators=12).fit(X, y)
    for rows, curves in straight.evals_result_.items():
        for name, curve in curves.items():
            np.testing.assert_array_equal(model.evals_result_[rows][name], curve)
    # Another order has another first one.
    with pytest.raises(ValueError, match="scoring must stay as in the first fit"):
        model.set_params(n_estimators=13, scoring=["loss", "r2"]).fit(X, y)


@pytest.mark.parametrize(
    ("scoring", "match"),
    [
        ([], "has no metric"),
        ({}, "has no metric"),
        (["loss", "loss"], "two metrics of the name 'loss': give a dict"),
        ([first_probability, first_probability], "two metrics of the name 'first_probability'"),
        ([3], "not 'score': 3"),
        ([None, "loss"], "not 'score': None"),
        ({1: "loss"}, "not 1: 'loss'"),
        ({"one": ["loss"]}, "must have names of scorers"),
        (["loss", "no_such_score"], "no_such_score"),
        (["loss", lambda m, X, y: np.nan], "gave nan for the training rows after 0 rounds"),
        ({"mine": lambda m, X, y: "good"}, "scoring must return a number, got 'good'"),
        ({"mine": lambda m, X, y: {"a": 1}}, "scoring must return a number"),
        (3, "scoring"),
    ],
)
def test_what_cannot_be_scored(scoring, match):
    model = estimator_for(BINARY, scoring=scoring, **STOPS)
    with pytest.raises(ValueError, match=re.escape(match)):
        model.fit(BINARY.X, BINARY.y)
    assert not hasattr(model, "n_iter_")


def test_nan_names_the_metric_and_the_round():
    def late(model, X, y):
        late.calls += 1
        return np.nan if late.calls == 4 else 1.0

    late.calls = 0
    model = estimator_for(BINARY, scoring=["roc_auc", late], n_iter_no_change=50, **STOPS)
    with pytest.raises(ValueError, match=r"late.* gave nan for the validation rows after 1 rounds"):
        model.fit(BINARY.X, BINARY.y)


def test_bins_can_be_scored_by_the_loss_alone():
    data = BinnedDataset(REGRESSION.X)
    params = STOPS | {"validation_fraction": None}
    model = estimator_for(REGRESSION, scoring=["loss"], **params).fit(data, REGRESSION.y)
    assert list(model.evals_result_["train"]) == ["loss"]
    with pytest.raises(ValueError, match="BinnedDataset has not"):
        estimator_for(REGRESSION, scoring=["loss", "r2"], **params).fit(data, REGRESSION.y)


def test_progress_shows_all(capsys):
    estimator_for(REGRESSION, scoring=["loss", "r2"], verbose=2, **STOPS).fit(
        REGRESSION.X, REGRESSION.y
    )
    line = capsys.readouterr().out.splitlines()[0]
    assert re.match(
        r"round 1/12, train loss 0\.\d+, validation loss 0\.\d+, train r2 0\.\d+, "
        r"validation r2 0\.\d+, ",
        line,
    )

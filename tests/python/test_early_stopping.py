"""Scores after each round and stopping: as HistGradientBoosting defines them."""

import numpy as np
import pytest
from conftest import estimator_for, make_problem
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import get_scorer, log_loss, make_scorer, mean_squared_error, roc_auc_score

from gbengine import GradientBoostingClassifier
from gbengine import _early_stopping as early_stopping
from gbengine._runtime import core

REGRESSION = make_problem("regression")
BINARY = make_problem("binary")
MULTICLASS = make_problem("multiclass")


def halves(problem):
    half = len(problem.y) // 2
    train = (problem.X[:half], problem.y[:half], problem.weight[:half])
    return train, (problem.X[half:], problem.y[half:], problem.weight[half:])


@given(
    scores=st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.25, 0.5]), max_size=12),
    n_iter_no_change=st.integers(1, 6),
    tol=st.sampled_from([0.0, 0.25, 1.0]),
)
def test_should_stop_is_scikit_learns(scores, n_iter_no_change, tol):
    theirs = HistGradientBoostingClassifier(n_iter_no_change=n_iter_no_change, tol=tol)
    expected = theirs._should_stop(scores)
    assert early_stopping.should_stop(scores, n_iter_no_change, tol) == expected


def test_nothing_is_scored_unasked(problem):
    model = estimator_for(problem).fit(problem.X, problem.y)
    assert model.train_score_.shape == model.validation_score_.shape == (0,)


def staged_losses(model, X, y, weight):
    if hasattr(model, "classes_"):
        return [
            -log_loss(y, p, labels=model.classes_, sample_weight=weight)
            for p in model.staged_predict_proba(X)
        ]
    return [-mean_squared_error(y, p, sample_weight=weight) / 2 for p in model.staged_predict(X)]


def test_scores_are_the_losses_of_each_stage(problem):
    train, (X_val, y_val, weight_val) = halves(problem)
    model = estimator_for(problem).fit(*train, X_val, y_val, weight_val)
    assert model.n_iter_ == 12
    assert model.train_score_.shape == model.validation_score_.shape == (13,)
    scale = model.validation_score_[-1] / staged_losses(model, X_val, y_val, weight_val)[-1]
    assert scale == pytest.approx(1, rel=1e-9) or scale == pytest.approx(2, rel=1e-9)
    for scores, rows in (
        (model.train_score_, train),
        (model.validation_score_, (X_val, y_val, weight_val)),
    ):
        expected = np.array(staged_losses(model, *rows)) * round(scale)
        np.testing.assert_allclose(scores[1:], expected, rtol=1e-9)
    assert model.validation_score_[0] < model.validation_score_[1]


def test_entry_0_is_the_base_score():
    X, y = REGRESSION.X, REGRESSION.y
    model = estimator_for(REGRESSION, scoring="neg_mean_squared_error")
    model.fit(X, y, X_val=X, y_val=y)
    assert model.train_score_[0] == pytest.approx(-np.var(y))


@pytest.mark.parametrize(
    ("problem", "scoring"),
    [
        (REGRESSION, "r2"),
        (REGRESSION, "neg_mean_absolute_error"),
        (REGRESSION, None),
        (BINARY, "roc_auc"),
        (BINARY, "accuracy"),
        (BINARY, "neg_log_loss"),
        (BINARY, "average_precision"),
        (BINARY, None),
        (MULTICLASS, "roc_auc_ovr"),
        (MULTICLASS, "balanced_accuracy"),
    ],
)
def test_scorers_see_the_model_of_each_round(problem, scoring):
    (X, y, weight), (X_val, y_val, weight_val) = halves(problem)
    if scoring == "average_precision":
        y, y_val = y == "red", y_val == "red"
    params = {"early_stopping": True, "scoring": scoring, "n_iter_no_change": 50}
    with pytest.MonkeyPatch.context() as patch:
        # Scores must come from the raw scores at hand, never from predicting again.
        patch.setattr(early_stopping.ModelInTraining, "_now", lambda self: pytest.fail("slow"))
        model = estimator_for(problem, **params, validation_fraction=None)
        model.fit(X, y, weight, X_val, y_val, weight_val)
    scorer = model.score if scoring is None else get_scorer(scoring)
    first = [] if scoring is None else [model]
    for scores, (table, labels, w) in (
        (model.train_score_, (X, y, weight)),
        (model.validation_score_, (X_val, y_val, weight_val)),
    ):
        assert scores[model.n_iter_] == pytest.approx(
            scorer(*first, table, labels, sample_weight=w)
        )
    n_before = model.n_iter_ // 2
    shorter = estimator_for(problem, n_estimators=n_before).fit(X, y, weight)
    scorer = shorter.score if scoring is None else get_scorer(scoring)
    first = [] if scoring is None else [shorter]
    expected = scorer(*first, X_val, y_val, sample_weight=weight_val)
    assert model.validation_score_[n_before] == pytest.approx(expected)


def test_scorer_function_may_do_what_it_likes():
    X, y = BINARY.X, BINARY.y
    seen = []

    def scorer(model, X, y):
        seen.append((type(model), X.shape, set(y), model.get_params()["max_leaf_nodes"]))
        few = roc_auc_score(y[:50], model.predict_proba(X[:50])[:, 1])  # not the table as given
        assert few == roc_auc_score(y[:50], model.decision_function(X)[:50])
        assert model.score(X, y) == np.mean(model.predict(X) == y)
        assert model.feature_importances_.shape == (6,)
        return few

    model = estimator_for(BINARY, early_stopping=True, scoring=scorer, random_state=0).fit(X, y)
    assert seen[0] == (GradientBoostingClassifier, (540, 6), set(model.classes_), 8)
    assert seen[1][1] == (60, 6)
    assert len(seen) == 2 * len(model.train_score_)


def test_scorer_object_and_name_agree():
    scorer = make_scorer(roc_auc_score, response_method="decision_function")
    params = {"early_stopping": True, "random_state": 0}
    a = estimator_for(BINARY, scoring=scorer, **params).fit(BINARY.X, BINARY.y)
    b = estimator_for(BINARY, scoring="roc_auc", **params).fit(BINARY.X, BINARY.y)
    np.testing.assert_array_equal(a.validation_score_, b.validation_score_)


def test_scorer_works_on_named_columns():
    import pandas as pd

    frame = pd.DataFrame(BINARY.X, columns=list("abcdef"))
    estimator_for(BINARY, early_stopping=True, scoring="roc_auc").fit(frame, BINARY.y)


@pytest.mark.parametrize(
    ("scoring", "text"),
    [("no_such_score", "no_such_score"), (lambda m, X, y: "good", "must return a number")],
)
def test_wrong_scoring(scoring, text):
    with pytest.raises(ValueError, match=text):
        estimator_for(BINARY, early_stopping=True, scoring=scoring).fit(BINARY.X, BINARY.y)


def test_many_training_rows_are_sampled_for_a_scorer(monkeypatch):
    monkeypatch.setattr(early_stopping, "_MAX_SCORED_TRAINING_ROWS", 100)
    seen = []

    def scorer(model, X, y):
        seen.append(len(y))
        return model.score(X, y)

    params = {"early_stopping": True, "scoring": scorer, "random_state": 0}
    estimator_for(MULTICLASS, **params).fit(MULTICLASS.X, MULTICLASS.y)
    assert set(seen) == {100, 60}


def test_stops_when_the_score_stalls():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(400, 3)), rng.integers(0, 2, 400)  # nothing to learn
    model = GradientBoostingClassifier(
        n_estimators=500, early_stopping=True, n_iter_no_change=4, random_state=0
    ).fit(X, y)
    scores = model.validation_score_
    assert 4 < len(scores) < 100
    assert early_stopping.should_stop(scores.tolist(), 4, 1e-7)
    assert not any(
        early_stopping.should_stop(scores[:n].tolist(), 4, 1e-7) for n in range(len(scores))
    )
    assert model.n_iter_ == max(1, model.best_iteration_) < len(scores) - 1
    assert len(list(model.staged_predict(X))) == model.n_iter_


def test_without_stopping_all_rounds_are_scored():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(400, 3)), rng.integers(0, 2, 400)
    model = GradientBoostingClassifier(n_estimators=60).fit(X, y, X_val=X[:99], y_val=y[:99])
    assert model.n_iter_ == 60
    assert len(model.validation_score_) == 61


def test_training_score_stops_where_nothing_is_set_aside():
    X = np.repeat([[0.0], [1.0]], 50, axis=0)
    model = GradientBoostingClassifier(
        n_estimators=2000,
        learning_rate=1.0,
        early_stopping=True,
        validation_fraction=None,
        tol=1e-3,
        n_iter_no_change=2,
    ).fit(X, X[:, 0])
    assert len(model.train_score_) < 50
    assert model.validation_score_.shape == (0,)


@pytest.mark.parametrize("fraction", [0.25, 150])
def test_rows_set_aside_are_drawn_by_what_they_hold(problem, fraction):
    X, y, weight = problem.X, problem.y, problem.weight
    params = {"early_stopping": True, "random_state": 9, "n_iter_no_change": 50}
    model = estimator_for(problem, validation_fraction=fraction, **params).fit(X, y, weight)
    codes = np.unique(y, return_inverse=True)[1] if hasattr(model, "classes_") else y
    columns = np.array([codes, weight], dtype=np.float64)
    order = core.shuffled_rows(X, columns, 9, 1)
    if hasattr(model, "classes_"):  # which are of one size
        shares = np.array_split(np.arange(150), len(model.classes_))
        drawn = [order[codes[order] == k][: len(share)] for k, share in enumerate(shares)]
        val = np.concatenate(drawn)
    else:
        val = order[:150]
    train = np.setdiff1d(np.arange(600), val)
    assert len(val) == 150
    given = estimator_for(problem, validation_fraction=None, **params)
    given.fit(X[train], y[train], weight[train], X[val], y[val], weight[val])
    np.testing.assert_array_equal(given.validation_score_, model.validation_score_)
    np.testing.assert_array_equal(given.train_score_, model.train_score_)


def test_warm_start_goes_on_with_the_scores(problem):
    X, y = problem.X, problem.y
    params = {"early_stopping": True, "n_iter_no_change": 50, "random_state": 0}
    straight = estimator_for(problem, n_estimators=12, **params).fit(X, y)
    model = estimator_for(problem, n_estimators=5, warm_start=True, **params).fit(X, y)
    assert len(model.validation_score_) == 6
    model.set_params(n_estimators=12).fit(X, y)
    np.testing.assert_array_equal(model.validation_score_, straight.validation_score_)
    np.testing.assert_array_equal(model.train_score_, straight.train_score_)


def test_too_few_rows_to_set_aside():
    with pytest.raises(ValueError, match=r"2 classes need a row to train on, each"):
        GradientBoostingClassifier(early_stopping=True).fit([[0.0], [1.0]], [0, 1])

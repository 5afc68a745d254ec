"""warm_start: more rounds on a fitted model are the rounds it would have had from the start."""

import numpy as np
import pytest
from conftest import estimator_for, make_problem, raw_scores

REGRESSION = make_problem("regression")
BINARY = make_problem("binary")
MULTICLASS = make_problem("multiclass")


def test_warm_start_adds_rounds(problem):
    X, y = problem.X, problem.y
    params = {"subsample": 0.7, "random_state": 0}
    straight = estimator_for(problem, n_estimators=12, **params).fit(X, y)
    model = estimator_for(problem, n_estimators=5, warm_start=True, **params).fit(X, y)
    five = model._model
    model.set_params(n_estimators=12).fit(X, y)
    assert model.n_iter_ == 12
    assert model._model is not five
    np.testing.assert_array_equal(raw_scores(model, X), raw_scores(straight, X))
    model.fit(X, y)  # no more rounds to add
    np.testing.assert_array_equal(raw_scores(model, X), raw_scores(straight, X))
    model.set_params(learning_rate=0.5, max_leaf_nodes=4, n_estimators=13).fit(X, y)
    assert model.n_iter_ == 13


def test_warm_start_refuses_what_cannot_change():
    X, y = REGRESSION.X, REGRESSION.y

    def again(change, X=X, y=y, **arguments):
        model = estimator_for(REGRESSION, n_estimators=3, warm_start=True, random_state=0)
        model.fit(X, y).set_params(**{"n_estimators": 5, **change})
        return lambda X=X, y=y: model.fit(X, y, **arguments)

    for change, text in [
        ({"loss": "absolute_error"}, "loss must stay .* 'squared_error'.* 'absolute_error'"),
        ({"early_stopping": True}, "early_stopping must stay"),
        ({"random_state": 4}, "random_state must stay as in the first fit: it was 0"),
        ({"n_estimators": 2}, "n_estimators=2 must be at least n_iter_=3"),
    ]:
        with pytest.raises(ValueError, match=text):
            again(change)()
    with pytest.raises(ValueError, match="number of features in X must stay"):
        again({})(X[:, :3])
    with pytest.raises(ValueError, match="the presence of X_val must stay"):
        again({}, X_val=X, y_val=y)()
    model = estimator_for(BINARY, warm_start=True).fit(BINARY.X, BINARY.y)
    with pytest.raises(ValueError, match="the set of classes in y must stay"):
        model.set_params(n_estimators=20).fit(MULTICLASS.X, MULTICLASS.y)

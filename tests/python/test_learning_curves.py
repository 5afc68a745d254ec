"""The best round and the curves by name are read off the scores, wherever the model comes from."""

import pickle

import numpy as np
import pytest
from conftest import estimator_for, make_problem
from sklearn.exceptions import NotFittedError
from sklearn.metrics import roc_auc_score

import gbengine

BINARY = make_problem("binary")


def overfitted(**params):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 3))
    y = X[:, 0] + rng.normal(size=600)
    model = gbengine.GradientBoostingRegressor(n_estimators=60, learning_rate=0.3, **params)
    return model, (X[:300], y[:300]), (X[300:], y[300:])


def test_none_where_nothing_is_scored(problem):
    model = estimator_for(problem).fit(problem.X, problem.y)
    assert model.best_iteration_ is model.best_score_ is None
    assert model.evals_result_ == {}


@pytest.mark.parametrize("name", ["best_iteration_", "best_score_", "evals_result_"])
def test_not_there_before_fit(problem, name):
    with pytest.raises(NotFittedError):
        getattr(estimator_for(problem), name)


def test_best_round_is_that_of_the_best_stage():
    model, train, (X_val, y_val) = overfitted()
    model.fit(*train, X_val=X_val, y_val=y_val)
    errors = [np.mean((y_val - p) ** 2) for p in model.staged_predict(X_val)]
    assert 1 <= model.best_iteration_ == 1 + np.argmin(errors) < model.n_iter_ == 60
    assert model.best_score_ == model.validation_score_[model.best_iteration_]


def test_round_0_is_the_best_where_nothing_can_be_learnt():
    model, (X, y), _ = overfitted()
    model.fit(X, y, X_val=X, y_val=-y)
    assert model.best_iteration_ == 0


def test_fewest_rounds_of_equal_scores():
    model, (X, y), _ = overfitted(scoring=lambda model, X, y: 1.0)
    assert model.fit(X, y, X_val=X, y_val=y).best_iteration_ == 0


def test_training_rows_count_where_no_others_are_scored():
    model, (X, y), _ = overfitted(early_stopping=True, validation_fraction=None)
    model.fit(X, y)
    assert model.best_score_ == model.train_score_.max()
    assert list(model.evals_result_) == ["train"]


def auc(model, X, y):
    return roc_auc_score(y, model.predict_proba(X)[:, 1])


@pytest.mark.parametrize(
    ("scoring", "name"),
    [("loss", "loss"), ("roc_auc", "roc_auc"), (auc, "auc"), (None, "score")],
)
def test_curves_have_the_name_of_what_is_scored(scoring, name):
    model = estimator_for(BINARY, early_stopping=True, scoring=scoring, random_state=0)
    model.fit(BINARY.X, BINARY.y)
    result = model.evals_result_
    assert {rows: list(curves) for rows, curves in result.items()} == {
        "train": [name],
        "validation": [name],
    }
    np.testing.assert_array_equal(result["train"][name], model.train_score_)
    np.testing.assert_array_equal(result["validation"][name], model.validation_score_)
    result["train"][name][:] = 0  # the caller's own
    assert model.train_score_.any()


def test_there_after_warm_start_pickle_and_file(tmp_path):
    model, (X, y), (X_val, y_val) = overfitted(warm_start=True)
    straight, *_ = overfitted()
    straight.fit(X, y, X_val=X_val, y_val=y_val)
    model.set_params(n_estimators=2).fit(X, y, X_val=X_val, y_val=y_val)
    model.set_params(n_estimators=60).fit(X, y, X_val=X_val, y_val=y_val)
    model.save_model(tmp_path / "model")
    others = [model, pickle.loads(pickle.dumps(model)), gbengine.load_model(tmp_path / "model")]
    for other in others:
        assert other.best_iteration_ == straight.best_iteration_
        assert other.best_score_ == straight.best_score_
        assert list(other.evals_result_["validation"]) == ["loss"]

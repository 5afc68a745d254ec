"""What the estimators give: shapes, agreements between methods, every loss, real data."""

import os
import subprocess
import sys
import tomllib

import numpy as np
import pytest
from conftest import REPO, estimator_for, make_problem, raw_scores
from sklearn import config_context
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import gbengine
from gbengine import GradientBoostingClassifier, GradientBoostingRegressor

REGRESSION = make_problem("regression")
BINARY = make_problem("binary")
MULTICLASS = make_problem("multiclass")
CLASSIFICATION = [BINARY, MULTICLASS]
IDS = ["binary", "multiclass"]


def test_regressor():
    X, y = REGRESSION.X, REGRESSION.y
    model = estimator_for(REGRESSION, n_estimators=100).fit(X, y)
    assert model.predict(X).shape == (600,)
    assert model.score(X, y) > 0.9
    assert model.n_iter_ == 100
    assert model.n_trees_per_iteration_ == 1
    assert model.n_features_in_ == 6
    assert not hasattr(model, "decision_function")


@pytest.mark.parametrize("problem", CLASSIFICATION, ids=IDS)
def test_classifier_methods_agree(problem):
    X, y = problem.X, problem.y
    model = estimator_for(problem).fit(X, y)
    raw, probability = model.decision_function(X), model.predict_proba(X)
    n_classes = len(model.classes_)
    assert probability.shape == (600, n_classes)
    np.testing.assert_allclose(probability.sum(axis=1), 1)
    np.testing.assert_array_equal(model.predict_log_proba(X), np.log(probability))
    if n_classes == 2:
        assert raw.shape == (600,)
        np.testing.assert_allclose(probability[:, 1], 1 / (1 + np.exp(-raw)))
        np.testing.assert_array_equal(model.predict(X), model.classes_[(raw > 0).astype(int)])
    else:
        assert raw.shape == (600, n_classes)
        exp = np.exp(raw)
        np.testing.assert_allclose(probability, exp / exp.sum(axis=1, keepdims=True))
        np.testing.assert_array_equal(model.predict(X), model.classes_[raw.argmax(axis=1)])
    assert model.n_trees_per_iteration_ == (1 if n_classes == 2 else n_classes)
    assert model.score(X, y) == np.mean(model.predict(X) == y)


def test_log_probability_of_the_impossible_is_minus_infinity_without_a_warning():
    X = np.arange(40.0)[:, None]
    model = GradientBoostingClassifier(
        n_estimators=60, learning_rate=50.0, min_samples_leaf=1, min_hessian_leaf=0.0
    ).fit(X, X[:, 0] > 19.5)
    assert not np.isnan(model.predict_log_proba(X)).any()


def test_stages_end_at_the_whole_model(problem):
    X = problem.X
    model = estimator_for(problem).fit(X, problem.y)
    names = ["predict"]
    if hasattr(model, "predict_proba"):
        names += ["predict_proba", "decision_function"]
    for name in names:
        stages = list(getattr(model, f"staged_{name}")(X))
        assert len(stages) == model.n_iter_
        np.testing.assert_array_equal(stages[-1], getattr(model, name)(X))
        shorter = estimator_for(problem, n_estimators=4).fit(X, problem.y)
        np.testing.assert_array_equal(stages[3], getattr(shorter, name)(X))


def test_stages_check_their_table_at_once():
    with pytest.raises(NotFittedError):
        GradientBoostingRegressor().staged_predict(REGRESSION.X)
    model = estimator_for(REGRESSION).fit(REGRESSION.X, REGRESSION.y)
    with pytest.raises(ValueError, match="X has 1 features"):
        model.staged_predict(REGRESSION.X[:, :1])


def test_apply_gives_the_leaves_that_the_scores_come_from(problem):
    model = estimator_for(problem).fit(problem.X, problem.y)
    leaves = model.apply(problem.X)
    n_outputs = model.n_trees_per_iteration_
    assert leaves.shape == (600, model.n_iter_ * n_outputs)
    assert leaves.dtype == np.int32
    arrays = model._model.to_arrays()
    raw = np.tile(arrays["base_score"], (600, 1))
    for tree in range(leaves.shape[1]):
        nodes = arrays["tree_begin"][tree] + leaves[:, tree]
        assert np.all(arrays["feature"][nodes] == -1)
        raw[:, tree % n_outputs] += arrays["value"][nodes]
    expected = raw_scores(model, problem.X)
    np.testing.assert_array_equal(raw[:, 0] if n_outputs == 1 else raw, expected)


def test_importances(problem):
    rng = np.random.default_rng(0)
    X = np.column_stack([problem.X, np.ones(600), rng.normal(size=600)])
    model = estimator_for(problem).fit(X, problem.y)
    importances = model.feature_importances_
    np.testing.assert_allclose(importances.sum(), 1)
    assert importances[6] == 0  # the constant column
    assert importances[7] < importances[0]  # noise
    arrays = model._model.to_arrays()
    features = arrays["feature"][arrays["feature"] >= 0]
    counts = model.feature_importances("split")
    np.testing.assert_array_equal(counts, np.bincount(features, minlength=8))
    gains = model.feature_importances("gain")
    np.testing.assert_allclose(importances, gains / gains.sum())
    with pytest.raises(ValueError, match="kind must be 'gain' or 'split', got 'cover'"):
        model.feature_importances("cover")


def test_importances_where_nothing_was_split():
    model = GradientBoostingRegressor(n_estimators=1).fit(np.ones((30, 2)), np.arange(30))
    np.testing.assert_array_equal(model.feature_importances_, [0, 0])


RANDOM = [
    {"subsample": 0.5},
    {"max_features": 0.5},
    {"early_stopping": True},
    {"max_features_per_level": 0.5, "max_features_per_tree": 0.8},
]


@pytest.mark.parametrize("params", RANDOM, ids=str)
def test_random_state(params, problem):
    def fitted(random_state):
        model = estimator_for(problem, random_state=random_state, **params)
        return raw_scores(model.fit(problem.X, problem.y), problem.X)

    np.testing.assert_array_equal(fitted(5), fitted(5))
    np.testing.assert_array_equal(
        fitted(np.random.RandomState(2)), fitted(np.random.RandomState(2))
    )
    assert not np.array_equal(fitted(5), fitted(6))
    assert not np.array_equal(fitted(None), fitted(None))


def test_failed_fit_leaves_the_estimator_as_it_was(problem):
    X, y = problem.X, problem.y
    model = estimator_for(problem).fit(X, y)
    before = dict(vars(model))
    for arguments in [(X, y[:-1]), (X[:, :0], y), (X, y, -np.ones(600))]:
        with pytest.raises(ValueError, match=r"."):
            model.fit(*arguments)
        assert vars(model) == before
    fresh = estimator_for(problem)
    with pytest.raises(ValueError, match=r"."):
        fresh.fit(X, y[:-1])
    assert vars(fresh) == vars(estimator_for(problem))


def test_interrupt_leaves_the_estimator_as_it_was():
    def interrupt(model, X, y):
        if len(calls) == 3:
            raise KeyboardInterrupt
        calls.append(1)
        return 0.0

    calls = []
    model = estimator_for(REGRESSION, early_stopping=True, scoring=interrupt)
    before = dict(vars(model))
    with pytest.raises(KeyboardInterrupt):
        model.fit(REGRESSION.X, REGRESSION.y)
    assert vars(model) == before


def test_fit_writes_no_file_and_says_nothing(problem, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    estimator_for(problem, early_stopping=True).fit(problem.X, problem.y).predict(problem.X)
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("verbose", [1, 2, True])
@pytest.mark.parametrize("has_tqdm", [True, False])
def test_verbose_shows_progress(verbose, has_tqdm, monkeypatch, capfd):
    if not has_tqdm:
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    model = estimator_for(BINARY, verbose=verbose, early_stopping=True)
    model.fit(BINARY.X, BINARY.y)
    out, err = capfd.readouterr()
    assert "12/12" in out + err
    assert "validation loss" in out + err
    if verbose == 2:
        assert out.count("\n") == len(model.validation_score_) - 1


def test_in_scikit_learns_tools():
    X, y = BINARY.X, BINARY.y
    pipeline = make_pipeline(StandardScaler(), estimator_for(BINARY))
    X = np.where(np.isinf(X), 9, X)
    assert cross_val_score(pipeline, X, y, cv=3).mean() > 0.7
    search = GridSearchCV(estimator_for(BINARY), {"max_leaf_nodes": [2, 8]}, cv=3).fit(X, y)
    assert search.best_params_ == {"max_leaf_nodes": 8}


def test_weights_are_routed():
    with config_context(enable_metadata_routing=True):
        model = estimator_for(BINARY).set_fit_request(sample_weight=True, X_val=True, y_val=True)
        requested = model.get_metadata_routing().fit.requests
    assert requested == {
        "sample_weight": True,
        "X_val": True,
        "y_val": True,
        "sample_weight_val": None,
        "init_score": None,
        "init_score_val": None,
        "validation_groups": None,
    }


def test_environment_is_as_it_was_before_the_import():
    code = (
        "import os; before = dict(os.environ); import gbengine; assert dict(os.environ) == before"
    )
    for extra in ({}, {"OMP_WAIT_POLICY": "ACTIVE"}, {"GOMP_SPINCOUNT": "100"}):
        subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, **extra})


def test_version():
    project = tomllib.loads((REPO / "pyproject.toml").read_text())["project"]
    assert gbengine.__version__ in (project["version"], "0+source")

"""Regression of several targets: each as if fitted alone."""

import pickle

import numpy as np
import pandas as pd
import pytest
from conftest import make_problem
from sklearn.datasets import load_linnerud
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score

import gbengine
from gbengine import BinnedDataset, GradientBoostingRegressor
from gbengine._params import REGRESSION_LOSSES

PROBLEM = make_problem("regression")
X = PROBLEM.X
TARGETS = np.abs(np.column_stack([PROBLEM.y, PROBLEM.y**2, np.roll(PROBLEM.y, 7)])) + 0.125


def regressor(loss="squared_error", **params):
    own = {"quantile": 0.7} if loss == "quantile" else {}
    params = {"n_estimators": 12, "max_leaf_nodes": 8, **params}
    return GradientBoostingRegressor(loss, **own, **params)


@pytest.mark.parametrize("weight", [None, PROBLEM.weight])
@pytest.mark.parametrize("loss", REGRESSION_LOSSES)
def test_each_target_is_as_if_alone(loss, weight):
    model = regressor(loss).fit(X, TARGETS, weight)
    alone = [regressor(loss).fit(X, y, weight) for y in TARGETS.T]
    predicted = np.column_stack([one.predict(X) for one in alone])
    np.testing.assert_array_equal(model.predict(X), predicted)
    stages = zip(*(one.staged_predict(X) for one in alone), strict=True)
    for ours, theirs in zip(model.staged_predict(X), stages, strict=True):
        np.testing.assert_array_equal(ours, np.column_stack(theirs))
    assert model.n_trees_per_iteration_ == 3
    assert model.apply(X).shape == (600, 36)
    np.testing.assert_allclose(model.score(X, TARGETS), r2_score(TARGETS, predicted))


@pytest.mark.parametrize(
    "form", [list, lambda y: y.tolist(), pd.DataFrame, np.asfortranarray, lambda y: y.astype("O")]
)
def test_every_form_of_targets(form):
    expected = regressor().fit(X, TARGETS).predict(X)
    np.testing.assert_array_equal(regressor().fit(X, form(TARGETS)).predict(X), expected)


def test_saved_and_pickled(tmp_path):
    model = regressor("huber", n_parallel_trees=2, subsample=0.5, random_state=1).fit(X, TARGETS)
    model.save_model(tmp_path / "model")
    for again in (gbengine.load_model(tmp_path / "model"), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(again.predict(X), model.predict(X))
        assert again.n_trees_per_iteration_ == 6


def test_stops_by_the_mean_of_the_losses():
    validation = {"X_val": X, "y_val": TARGETS}
    model = regressor(validation_fraction=None).fit(X, TARGETS, **validation)
    scores = [
        regressor(validation_fraction=None).fit(X, y, X_val=X, y_val=y).validation_score_
        for y in TARGETS.T
    ]
    np.testing.assert_allclose(model.validation_score_, np.mean(scores, axis=0))
    stopped = regressor(n_estimators=400, early_stopping=True, random_state=0, learning_rate=0.5)
    assert stopped.fit(X, TARGETS).n_iter_ < 400
    scored = stopped.set_params(scoring="neg_mean_squared_error").fit(X, TARGETS)
    assert scored.n_iter_ < 400


def test_warm_start_and_bins():
    through = regressor("gamma").fit(X, TARGETS)
    model = regressor("gamma", warm_start=True, n_estimators=5).fit(BinnedDataset(X), TARGETS)
    model.set_params(n_estimators=12).fit(X, TARGETS)
    np.testing.assert_array_equal(model.predict(X), through.predict(X))


def test_starts_of_several_targets():
    table = np.nan_to_num(X, posinf=3, neginf=-3)
    model = regressor(init=LinearRegression()).fit(table, TARGETS)
    start = model.init_.predict(table)
    other = regressor().fit(table, TARGETS, init_score=start)
    np.testing.assert_allclose(model.predict(table), start + other.predict(table))
    exposure = PROBLEM.weight
    together = regressor("poisson").fit(X, TARGETS, exposure=exposure)
    alone = [regressor("poisson").fit(X, y, exposure=exposure) for y in TARGETS.T]
    predicted = np.column_stack([one.predict(X, exposure=exposure) for one in alone])
    np.testing.assert_array_equal(together.predict(X, exposure=exposure), predicted)


@pytest.mark.parametrize("cat_encoding", ["sets", "target"])
def test_categories_of_several_targets(cat_encoding):
    letters = np.array(list("abcdef"))[np.digitize(np.roll(PROBLEM.y, 7), [-2, -1, 0, 1, 2])]
    frame = pd.DataFrame({"x": X[:, 0], "c": letters})
    params = {"cat_encoding": cat_encoding, "random_state": 0}
    model = regressor(**params).fit(frame, TARGETS)
    assert model.predict(frame).shape == TARGETS.shape
    assert model.score(frame, TARGETS) > 0.3
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(frame), model.predict(frame))


def test_real_targets():
    table, targets = load_linnerud(return_X_y=True)
    model = regressor(min_samples_leaf=3).fit(table, targets)
    assert model.predict(table).shape == targets.shape
    assert model.score(table, targets) > 0.3

"""Every loss and every parameter of the trees reaches the core and does its work."""

import numpy as np
import pytest
from conftest import estimator_for, make_problem

from gbengine._params import REGRESSION_LOSSES

REGRESSION = make_problem("regression")


@pytest.mark.parametrize("loss", REGRESSION_LOSSES)
def test_every_loss_learns(loss):
    X = REGRESSION.X
    y = REGRESSION.y
    params = {"quantile": {"quantile": 0.8}}.get(loss, {})
    if loss in ("poisson", "tweedie"):
        y = np.floor(np.exp(y / 2))
    elif loss == "gamma":
        y = np.exp(y / 2)
    model = estimator_for(REGRESSION, n_estimators=60, loss=loss, **params)
    model.fit(X, y, X_val=X, y_val=y)
    assert model.validation_score_[-1] > 0.9 * model.validation_score_[0]
    assert model.validation_score_[-1] > model.validation_score_[0]
    prediction = model.predict(X)
    assert np.all(np.isfinite(prediction))
    if loss in ("poisson", "tweedie", "gamma"):
        assert np.all(prediction > 0)
    if loss == "quantile":
        assert abs(np.mean(y <= prediction) - 0.8) < 0.05


def test_rounds_that_diverge_name_the_rate():
    with pytest.raises(ValueError, match=r"not finite.*learning_rate=1e\+308 is too large"):
        estimator_for(REGRESSION, learning_rate=1e308).fit(REGRESSION.X, REGRESSION.y)


def test_loss_parameters_reach_the_core():
    X, y = REGRESSION.X, REGRESSION.y
    positive = np.exp(y)
    for a, b, target in [
        ({"loss": "quantile", "quantile": 0.1}, {"loss": "quantile", "quantile": 0.9}, y),
        ({"loss": "huber", "alpha": 0.2}, {"loss": "huber"}, y),
        ({"loss": "tweedie", "tweedie_power": 1.1}, {"loss": "tweedie"}, positive),
    ]:
        left = estimator_for(REGRESSION, **a).fit(X, target).predict(X)
        right = estimator_for(REGRESSION, **b).fit(X, target).predict(X)
        assert not np.array_equal(left, right)


@pytest.mark.parametrize(
    "params",
    [
        {"learning_rate": 0.3},
        {"max_leaf_nodes": 4},
        {"max_leaf_nodes": None},
        {"max_depth": 2},
        {"min_samples_leaf": 60},
        {"min_hessian_leaf": 90.0},
        {"min_split_gain": 20.0},
        {"l1_regularization": 10.0},
        {"l2_regularization": 10.0},
        {"max_delta_step": 0.1},
        {"subsample": 0.5},
        {"max_features": 0.5},
        {"max_features_per_level": 0.5},
        {"max_features_per_tree": 0.5},
        {"max_bins": 8},
        {"grow_policy": "depth_wise"},
        {"n_estimators": 3},
    ],
    ids=str,
)
def test_every_parameter_reaches_the_core(params):
    X, y = REGRESSION.X, REGRESSION.y
    base = estimator_for(REGRESSION, random_state=0).fit(X, y).predict(X)
    changed = estimator_for(REGRESSION, random_state=0, **params).fit(X, y).predict(X)
    assert not np.array_equal(base, changed)

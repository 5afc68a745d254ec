"""The twin against scikit-learn's histogram trees and XGBoost: equal settings, equal models.

Every value is its own bin on all sides, so only their float32 arithmetic is left to differ.
"""

from typing import Any

import numpy as np
import pytest
from naive_support import Loss, make_problem
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from naive.config import Config
from naive.losses import make_objective
from naive.trainer import train

PROBLEM = make_problem(250, 4, seed=1)
PROBLEM.X[:, :] = PROBLEM.X.round(2)  # below 255 distinct values
PROBLEM.signal[:] += np.random.default_rng(0).normal(size=250) * 0.05  # few equal gains

ALIKE = [
    Loss("squared_error", {}),
    Loss("poisson", {}),
    Loss("gamma", {}),
    Loss("binary_log_loss", {}),
    Loss("multiclass_log_loss", {"n_classes": 3}),
]


@pytest.mark.parametrize("loss", ALIKE, ids=lambda loss: loss.name)
def test_scikit_learn(loss: Loss) -> None:
    y = loss.labels(PROBLEM.signal)
    config = Config(min_samples_leaf=7, max_leaf_nodes=8, l2_regularization=0.5)
    ours = train(
        PROBLEM.X,
        y,
        None,
        make_objective(loss.name, loss.params),
        config,
        n_rounds=6,
    )
    settings: dict[str, Any] = {
        "max_iter": 6,
        "max_leaf_nodes": 8,
        "min_samples_leaf": 7,
        "l2_regularization": 0.5,
        "early_stopping": False,
    }
    if loss.name.endswith("log_loss"):
        theirs = HistGradientBoostingClassifier(**settings)
    else:
        theirs = HistGradientBoostingRegressor(loss=loss.name, **settings)
    with threadpool_limits(1):
        raw = theirs.fit(PROBLEM.X, y)._raw_predict(PROBLEM.X).reshape(len(y), -1)
    if loss.name == "multiclass_log_loss":  # theirs starts from scores of mean 0
        raw += ours.base_score - theirs._baseline_prediction
    np.testing.assert_allclose(ours.raw.T, raw, atol=1e-6)


XGBOOST_NAMES = {
    "squared_error": "reg:squarederror",
    "binary_log_loss": "binary:logistic",
    "tweedie": "reg:tweedie",
}


@pytest.mark.parametrize(
    "penalties",
    [
        {"l1_regularization": 0.2},
        {"max_delta_step": 0.5, "min_split_gain": 0.01},
        {"min_split_gain": 0.1, "l2_regularization": 2.0},
    ],
    ids=str,
)
@pytest.mark.parametrize("policy", ["leaf_wise", "depth_wise"])
@pytest.mark.parametrize("name", XGBOOST_NAMES)
def test_xgboost(name: str, policy: str, penalties: dict[str, float]) -> None:
    xgboost = pytest.importorskip("xgboost")
    loss = Loss(name, {"power": 1.5} if name == "tweedie" else {})
    y = loss.labels(PROBLEM.signal)
    limits = {"max_leaf_nodes": 8} if policy == "leaf_wise" else {"max_depth": 3}
    config = Config(
        min_samples_leaf=1,
        min_hessian_leaf=3.0,
        grow_policy=policy,
        **{"max_leaf_nodes": 0, **limits, **penalties},
    )
    objective = make_objective(name, loss.params)
    ours = train(PROBLEM.X, y, None, objective, config, n_rounds=6)
    settings = {
        "objective": XGBOOST_NAMES[name],
        "nthread": 1,
        "tree_method": "hist",
        "max_bin": 500,
        "eta": config.learning_rate,
        "grow_policy": "lossguide" if policy == "leaf_wise" else "depthwise",
        "max_leaves": config.max_leaf_nodes,
        "max_depth": config.max_depth,
        "min_child_weight": config.min_hessian_leaf,
        "gamma": config.min_split_gain,
        "alpha": config.l1_regularization,
        "lambda": config.l2_regularization,
        "max_delta_step": config.max_delta_step,
    }
    if name == "tweedie":
        settings["tweedie_variance_power"] = 1.5
    start = np.full(len(y), ours.base_score[0])
    theirs = xgboost.train(settings, xgboost.DMatrix(PROBLEM.X, y, base_margin=start), 6)
    raw = theirs.predict(xgboost.DMatrix(PROBLEM.X, base_margin=start), output_margin=True)
    np.testing.assert_allclose(ours.raw[0], raw, atol=1e-5)

"""Losses on a test set, the same code for every library. Used by measure.py and quality.py.

Example: `test_metrics("binary", y_test, model_probabilities, None, n_classes=2)`
gives `{"log loss": 0.31, "AUC": 0.93}`. The first entry is the loss that libraries are compared by
(lower is better); the second, if any, is for the reader.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import (
    log_loss,
    mean_gamma_deviance,
    mean_poisson_deviance,
    mean_squared_error,
    r2_score,
    roc_auc_score,
)

Task = Literal["binary", "multiclass", "regression", "poisson", "gamma"]

LOSS_NAME: dict[str, str] = {
    "binary": "log loss",
    "multiclass": "log loss",
    "regression": "RMSE",
    "poisson": "Poisson deviance",
    "gamma": "gamma deviance",
}


def is_classification(task: Task) -> bool:
    return task in ("binary", "multiclass")


def _probabilities(pred: NDArray[Any], n_classes: int) -> NDArray[np.float64]:
    """(rows, n_classes) in float64; float32 rows do not sum to one exactly, so normalise them."""
    p = np.asarray(pred, dtype=np.float64)
    if p.ndim == 1:
        p = np.column_stack([1.0 - p, p])
    if p.shape[1] != n_classes:
        raise ValueError(f"predictions have {p.shape[1]} columns, expected {n_classes}")
    p = np.clip(p, 1e-15, 1.0)
    normalised: NDArray[np.float64] = p / p.sum(axis=1, keepdims=True)
    return normalised


def test_metrics(
    task: Task,
    y: NDArray[Any],
    pred: NDArray[Any],
    weight: NDArray[Any] | None,
    n_classes: int,
) -> dict[str, float]:
    """Loss first. `pred`: probabilities for classification, expected values otherwise."""
    if is_classification(task):
        p = _probabilities(pred, n_classes)
        loss = float(log_loss(y, p, sample_weight=weight, labels=np.arange(n_classes)))
        if task == "binary":
            both = np.unique(y).size == 2
            auc = float(roc_auc_score(y, p[:, 1], sample_weight=weight)) if both else float("nan")
            return {"log loss": loss, "AUC": auc}
        accuracy = float(np.average(p.argmax(axis=1) == y, weights=weight))
        return {"log loss": loss, "accuracy": accuracy}
    mean = np.asarray(pred, dtype=np.float64).reshape(-1)
    if task == "regression":
        rmse = float(np.sqrt(mean_squared_error(y, mean, sample_weight=weight)))
        return {"RMSE": rmse, "R2": float(r2_score(y, mean, sample_weight=weight))}
    mean = np.maximum(mean, 1e-300)
    deviance = mean_poisson_deviance if task == "poisson" else mean_gamma_deviance
    return {LOSS_NAME[task]: float(deviance(y, mean, sample_weight=weight))}


def constant_prediction(
    task: Task, y: NDArray[Any], weight: NDArray[Any] | None, n_rows: int, n_classes: int
) -> NDArray[np.float64]:
    """What a model without features would say for `n_rows` rows: the yardstick of a loss."""
    if is_classification(task):
        share = np.bincount(y.astype(np.int64), weights=weight, minlength=n_classes)
        return np.tile(share / share.sum(), (n_rows, 1))
    return np.full(n_rows, np.average(y, weights=weight))

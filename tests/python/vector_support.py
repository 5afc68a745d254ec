"""Trains trees that all targets share, by the core and by its naive twin."""

from dataclasses import replace
from typing import Any

import numpy as np
from core_support import assert_same_model, comparable_objective, core_config
from naive_support import LOSSES, Loss, Problem

from gbengine import _core
from naive.config import Config
from naive.losses import Floats
from naive.trainer import TrainedModel
from naive.vector_trees import VectorTrainer

REGRESSION = [loss for loss in LOSSES if not loss.name.endswith("log_loss")]
BY_NAME = {loss.name: loss for loss in LOSSES}


def targets_of(problem: Problem, loss: Loss, n_targets: int) -> Floats:
    """Labels of several targets, which have something in common; multiples of 1/8."""
    signal = problem.signal
    signals = [signal, np.abs(signal) * 2 - 1, signal[::-1].copy(), signal * 0 + 0.5]
    return np.stack([loss.labels(signals[k % 4] + k // 4) for k in range(n_targets)])


def train_core(  # noqa: PLR0917 (private, called in few places)
    problem: Problem, y: Floats, loss: Loss, config: Config, n_rounds: int, n_threads: int = 1
) -> _core.Model:
    X, weight = problem.X, problem.weight
    if weight is not None:
        kept = weight > 0
        X, y, weight = X[kept], np.ascontiguousarray(y[:, kept]), weight[kept]
    settings = core_config(loss, replace(config, multi_output="shared"), n_threads)
    table: Any = X
    if problem.n_categories is not None:
        table = _core.Table(X, weight, config.max_bins, n_threads, problem.n_categories)
    trainer = _core.Trainer(table, y, weight, settings)
    trainer.run(n_rounds)
    return trainer.model()


def train_naive(
    problem: Problem, y: Floats, loss: Loss, config: Config, n_rounds: int
) -> TrainedModel:
    X, weight = problem.X, problem.weight
    if weight is not None:
        kept = weight > 0
        X, y, weight = X[kept], y[:, kept], weight[kept]
    losses = [comparable_objective(loss) for _ in y]
    trainer = VectorTrainer(X, y, weight, losses, config, problem.n_categories)
    for _ in range(n_rounds):
        trainer.add_round()
    return trainer.model()


def assert_core_is_naive(
    problem: Problem, loss: Loss, config: Config, n_targets: int = 3, n_rounds: int = 2
) -> None:
    y = targets_of(problem, loss, n_targets)
    ours = train_core(problem, y, loss, config, n_rounds)
    expected = train_naive(problem, y, loss, config, n_rounds)
    assert ours.n_outputs == n_targets
    assert_same_model(ours.to_arrays(), expected.to_arrays())

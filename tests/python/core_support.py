"""Trains the core and its naive twin on the same problem."""

from dataclasses import asdict
from typing import Any

import numpy as np
from naive_support import Loss, Problem

from gbengine import _core
from naive.config import Config
from naive.losses import Floats, Gradients, Objective, Weights, make_objective
from naive.trainer import TrainedModel, train


def core_config(loss: Loss, config: Config, n_threads: int = 1) -> dict[str, Any]:
    own = {"objective": loss.name, "objective_params": loss.params, "n_threads": n_threads}
    return own | asdict(config)


def start_core(  # noqa: PLR0917 (private, called in few places)
    problem: Problem,
    loss: Loss,
    config: Config,
    n_threads: int = 1,
    init_model: _core.Model | None = None,
    offset: Floats | None = None,
) -> _core.Trainer:
    X, y, weight = problem.X, loss.labels(problem.signal), problem.weight
    if weight is not None:  # the estimators drop rows of weight 0: the core never sees one
        kept = weight > 0
        X, y, weight = X[kept], y[kept], weight[kept]
        offset = None if offset is None else offset[:, kept]
    settings = core_config(loss, config, n_threads)
    if problem.n_categories is None:
        return _core.Trainer(X, y, weight, settings, init_model, offset)
    table = _core.Table(X, weight, config.max_bins, n_threads, problem.n_categories)
    return _core.Trainer(table, y, weight, settings, init_model, offset)


def train_core(
    problem: Problem, loss: Loss, config: Config, n_rounds: int = 3, n_threads: int = 1
) -> _core.Model:
    trainer = start_core(problem, loss, config, n_threads)
    trainer.run(n_rounds)
    return trainer.model()


class CoreGradients(Objective):
    """A naive loss with the core's own start and gradients.

    Its exp and log differ from ours in the last bit; all else can then be compared with ==.
    """

    def __init__(self, loss: Loss) -> None:
        self.loss = loss
        self.naive = make_objective(loss.name, loss.params)
        self.n_outputs = self.naive.n_outputs

    def base_score(self, y: Floats, weights: Weights, offset: Floats | None = None) -> list[float]:
        w = None if weights is None else np.array(weights)
        score = _core.objective_base_score(self.loss.name, self.loss.params, y, w, offset)
        return [float(s) for s in score]

    def gradients(self, y: Floats, raw: Floats, weights: Weights) -> Gradients:
        return _core.objective_gradients(self.loss.name, self.loss.params, y, raw)


def comparable_objective(loss: Loss) -> Objective:
    naive = make_objective(loss.name, loss.params)
    return naive if naive.is_const_hessian else CoreGradients(loss)


def train_naive(
    problem: Problem,
    loss: Loss,
    config: Config,
    n_rounds: int = 3,
    offset: Floats | None = None,
) -> TrainedModel:
    y = loss.labels(problem.signal)
    objective = comparable_objective(loss)
    return train(
        problem.X,
        y,
        problem.weight,
        objective,
        config,
        n_rounds=n_rounds,
        n_categories=problem.n_categories,
        offset=offset,
    )


def assert_same_model(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert set(first) == set(second)
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name], err_msg=name, strict=True)

"""Models of the core against those of its slow twin in tests/naive: equal arrays, bit for bit.

Where a loss needs exp or log, which may differ in the last bit, the twin grows its trees by the
core's gradients.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from core_support import assert_same_model, start_core, train_core, train_naive
from hypothesis import given
from hypothesis import strategies as st
from naive_support import (
    LOSSES,
    Loss,
    Problem,
    configs,
    examples,
    make_problem,
    problems,
)

from gbengine import _core
from naive.config import Config

BY_NAME = {loss.name: loss for loss in LOSSES}
SQUARED, LOGISTIC = BY_NAME["squared_error"], BY_NAME["binary_log_loss"]


def assert_core_is_naive(problem: Problem, loss: Loss, config: Config, n_rounds: int = 3) -> None:
    ours = train_core(problem, loss, config, n_rounds).to_arrays()
    assert_same_model(ours, train_naive(problem, loss, config, n_rounds).to_arrays())


@examples(300)
@given(problem=problems(), config=configs(), loss=st.sampled_from(LOSSES))
def test_models_of_small_tables(problem: Problem, config: Config, loss: Loss) -> None:
    assert_core_is_naive(problem, loss, config, n_rounds=2)


SETTINGS: list[dict[str, Any]] = [
    {},
    {"max_leaf_nodes": 0},
    {"max_leaf_nodes": 2},
    {"max_leaf_nodes": 13},
    {"max_depth": 1},
    {"max_depth": 3, "max_leaf_nodes": 0},
    {"max_depth": 4, "max_leaf_nodes": 6},
    {"min_samples_leaf": 1, "max_leaf_nodes": 0, "max_bins": 32},
    {"min_samples_leaf": 60},
    {"min_samples_leaf": 200},
    {"min_hessian_leaf": 20.0},
    {"min_split_gain": 1.5},
    {"l1_regularization": 3.0},
    {"l2_regularization": 5.0},
    {"max_delta_step": 0.25},
    {"max_delta_step": 0.25, "l1_regularization": 2.0, "l2_regularization": 1.0},
    {"subsample": 0.5},
    {"subsample": 0.02, "min_samples_leaf": 1},
    {"max_features": 0.5},
    {"max_features_per_level": 0.5},
    {"max_features_per_tree": 0.5},
    {"max_features": 0.7, "max_features_per_level": 0.7, "max_features_per_tree": 0.7},
    {"max_bins": 2},
    {"max_bins": 16, "learning_rate": 1.0},
    {"seed": 2**63 + 11, "subsample": 0.8, "max_features": 0.4},
]


@pytest.mark.parametrize("policy", ["leaf_wise", "depth_wise"])
@pytest.mark.parametrize("options", SETTINGS, ids=str)
def test_every_setting(options: dict[str, Any], policy: str) -> None:
    problem = make_problem(250, 5, seed=len(str(options)))
    config = Config(**{"min_samples_leaf": 5, "grow_policy": policy} | options)
    assert_core_is_naive(problem, SQUARED, config)
    assert_core_is_naive(problem, LOGISTIC, config)


@pytest.mark.parametrize("weights", ["none", "whole", "fractional"])
@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_every_loss(loss: Loss, weights: str) -> None:
    problem = make_problem(250, 4, weights=weights)
    config = Config(min_samples_leaf=5, max_leaf_nodes=9, subsample=0.75, learning_rate=0.5)
    assert_core_is_naive(problem, loss, config)


@pytest.mark.parametrize("min_samples_leaf", [2, 7, 20, 45, 90, 120])
@pytest.mark.parametrize("weights", ["none", "whole", "fractional"])
def test_counts_that_the_first_search_overlooks(weights: str, min_samples_leaf: int) -> None:
    """Noise, and hessians that say nothing about counts: the best split is often too thin."""
    problem = make_problem(240, 4, seed=min_samples_leaf, weights=weights)
    problem.signal[:] = np.random.default_rng(1).integers(-80, 80, 240) ** 3 / 4096
    config = Config(
        min_samples_leaf=min_samples_leaf,
        min_hessian_leaf=0.0,
        max_leaf_nodes=0,
        learning_rate=1.0,
        max_bins=24,
    )
    for loss in (LOGISTIC, BY_NAME["poisson"], SQUARED, BY_NAME["gamma"]):
        for policy in ("leaf_wise", "depth_wise"):
            assert_core_is_naive(problem, loss, replace(config, grow_policy=policy), n_rounds=2)


@pytest.mark.parametrize("name", ["binary_log_loss", "poisson"])
def test_hessians_that_fade_away(name: str) -> None:
    """Long steps until most rows fit so well that their integers are 0, missing ones among them."""
    X = make_problem(60, 3, missing=0.0).X
    signal = np.where(X[:, 0] > 0, 5e7, -0.25)
    X[X < -1] = np.nan
    X[:6] = np.nan  # rows that no split can part
    signal[:6:2] = -0.25
    loss = BY_NAME[name]
    config = Config(
        learning_rate=1.0,
        min_samples_leaf=2,
        min_hessian_leaf=0.0,
        max_leaf_nodes=0,
    )
    n_rounds = 30
    assert_core_is_naive(Problem(X, signal), loss, config, n_rounds)
    trainer = start_core(Problem(X, signal), loss, config)
    trainer.run(n_rounds)
    raw = np.ascontiguousarray(trainer.train_raw().T)
    _, hess = _core.objective_gradients(name, loss.params, loss.labels(signal), raw)
    assert (hess.min(axis=1) < hess.sum(axis=1) * 2.0**-32).any()  # half a unit at most


@pytest.mark.parametrize("n_rows", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_few_rows(loss: Loss, n_rows: int) -> None:
    problem = make_problem(n_rows, 1, missing=0.0)
    config = Config(min_samples_leaf=1, min_hessian_leaf=0.0, learning_rate=1.0)
    assert_core_is_naive(problem, loss, config)


def test_huber_when_most_rows_fit() -> None:
    X = np.arange(12.0)[:, None]
    signal = np.where(X[:, 0] < 9, 0.0, X[:, 0])
    config = Config(min_samples_leaf=1, learning_rate=0.5)
    assert_core_is_naive(Problem(X, signal), Loss("huber", {"alpha": 0.5}), config)


@pytest.mark.parametrize("column", [[np.nan] * 6, [3.0] * 6, [-np.inf, np.inf, np.nan] * 2])
def test_odd_columns(column: list[float]) -> None:
    signal = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 8.0])
    config = Config(min_samples_leaf=1)
    odd = np.array(column)[:, None]
    for X in (odd, np.hstack([odd, odd]), np.hstack([signal[:, None] % 3, odd, signal[:, None]])):
        assert_core_is_naive(Problem(X, signal), SQUARED, config)


@pytest.mark.parametrize("min_samples_leaf", [1, 2, 3])
def test_missing_rows_too_light_for_any_sum(min_samples_leaf: int) -> None:
    """Rows whose integers are 0 count in min_samples_leaf, on the side they go to."""
    X = np.array([[0.0], [1.0], [2.0], [3.0], [np.nan], [np.nan]])
    signal = np.array([0.0, 0.0, 4.0, 9.0, 1.0, 2.0])
    for light in (1e-13, 1e-20):
        weight = np.array([0.5, 0.5, 0.5, 0.5, light, light])
        config = Config(min_samples_leaf=min_samples_leaf, min_hessian_leaf=0.0)
        assert_core_is_naive(Problem(X, signal, weight), SQUARED, config, n_rounds=1)


def test_wide_cells() -> None:
    problem = make_problem(120, 3)
    weight = np.random.default_rng(0).integers(1, 2**21, 120).astype(np.float64)
    assert weight.sum() > 2**24 > (weight // 8).sum()
    for loss in (SQUARED, LOGISTIC, BY_NAME["huber"]):
        for scaled in (weight, np.floor(weight / 4), np.floor(weight / 8) + 1, weight * 4096 + 0.5):
            heavy = Problem(problem.X, problem.signal, scaled)
            config = Config(min_samples_leaf=9, max_leaf_nodes=6)
            assert_core_is_naive(heavy, loss, config)
    many = Config(min_samples_leaf=2**21, max_leaf_nodes=6)
    assert_core_is_naive(Problem(problem.X, problem.signal, weight), SQUARED, many)


def test_the_last_bit_of_the_scale() -> None:
    """Sums that a scale one step finer would just hold, but for the rounding of 130 rows."""
    most, least = 1 - 2.0**-24, 2.0**-24
    signal = np.array([most, -most] * 64 + [least, -least])
    X = np.where(np.abs(signal) == most, np.sign(signal), signal * 2.0**23)[:, None]
    model = train_naive(Problem(X, signal), SQUARED, Config(min_samples_leaf=1), 1)
    assert 0.0 in model.to_arrays()["value"]  # half a unit is rounded away
    assert_core_is_naive(Problem(X, signal), SQUARED, Config(min_samples_leaf=1), 1)


def test_a_gain_equal_to_the_least_is_too_small() -> None:
    problem = make_problem(100, 3)
    gain = train_core(problem, SQUARED, Config(), 1).to_arrays()["split_gain"][0]
    for least, n_leaves in ((gain, 1), (np.nextafter(gain, 0.0), 2)):
        config = Config(min_split_gain=float(least), max_leaf_nodes=2)
        arrays = train_core(problem, SQUARED, config, 1).to_arrays()
        assert (arrays["feature"] < 0).sum() == n_leaves
        assert_core_is_naive(problem, SQUARED, config, 1)


@pytest.mark.parametrize(
    "loss", [SQUARED, LOGISTIC, BY_NAME["multiclass_log_loss"]], ids=lambda loss: loss.name
)
def test_every_instruction_set(loss: Loss) -> None:
    problem = make_problem(400, 6, weights="whole")
    config = Config(min_samples_leaf=9, l1_regularization=0.5, subsample=0.9)
    expected = train_naive(problem, loss, config).to_arrays()
    before = _core.isa_in_use()
    for isa in _core.usable_isas():
        _core.force_isa(isa)
        for n_threads in (1, 3):
            ours = train_core(problem, loss, config, n_threads=n_threads).to_arrays()
            assert_same_model(ours, expected)
    _core.force_isa(before)


def test_float32_columns() -> None:
    problem = make_problem(300, 4)
    narrow = problem.X.astype(np.float32)
    config = Config(min_samples_leaf=5, max_bins=40)
    trainer_arrays = []
    for X in (narrow, narrow.astype(np.float64), np.asfortranarray(narrow)):
        model = train_core(Problem(X, problem.signal), SQUARED, config)
        trainer_arrays.append(model.to_arrays())
    expected = train_naive(Problem(narrow, problem.signal), SQUARED, config).to_arrays()
    for arrays in trainer_arrays:
        assert_same_model(arrays, expected)


def test_more_rows_than_a_thread_takes_at_once() -> None:
    """The only table here that is cut in pieces for several threads."""
    n_rows = 38_000  # a tenth of them has weight 0
    problem = make_problem(n_rows, 2, weights="fractional")
    config = Config(max_leaf_nodes=4, max_bins=8, subsample=0.999)
    expected = train_naive(problem, LOGISTIC, config, n_rounds=1).to_arrays()
    assert 2**15 < expected["n_samples"][0] < n_rows
    for n_threads in (1, 3):
        model = train_core(problem, LOGISTIC, config, n_rounds=1, n_threads=n_threads)
        assert_same_model(model.to_arrays(), expected)

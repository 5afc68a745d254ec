"""Cuts, gradients, start and prediction of the core against the twin's.

Only exp and log may differ in the last bit: losses that use them need only agree as float32.
"""

from collections.abc import Iterator

import numpy as np
import pytest
from core_support import start_core, train_core, train_naive
from hypothesis import given
from hypothesis import strategies as st
from naive_support import (
    LOSSES,
    SPECIAL_VALUES,
    Loss,
    Problem,
    configs,
    examples,
    make_problem,
    problems,
)

from gbengine import _core
from naive.binning import thresholds_of_column
from naive.config import Config
from naive.losses import make_objective
from naive.predict import apply, raw_scores


@pytest.fixture(params=_core.usable_isas())
def isa(request: pytest.FixtureRequest) -> Iterator[str]:
    before = _core.isa_in_use()
    _core.force_isa(request.param)
    yield request.param
    _core.force_isa(before)


@examples(200)
@given(problem=problems(max_rows=60), max_bins=st.integers(2, 12), narrow=st.booleans())
def test_thresholds(problem: Problem, max_bins: int, narrow: bool) -> None:
    kept = slice(None) if problem.weight is None else problem.weight > 0
    X = np.clip(problem.X[kept], -1e30, 1e30).astype(np.float32 if narrow else np.float64)
    weight = None if problem.weight is None else problem.weight[kept]
    found = _core.bin_thresholds(X, weight, max_bins, 2)
    expected = [thresholds_of_column(column, weight, max_bins) for column in X.T]
    assert [column.tolist() for column in found] == expected


@examples(200)
@given(
    rows=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 6)), min_size=12, max_size=50),
    max_bins=st.integers(2, 9),
)
def test_thresholds_around_heavy_values(rows: list[tuple[int, int]], max_bins: int) -> None:
    column = np.array([float(x) for x, _ in rows])
    weight = np.array([2.0**k if k % 2 else 1.0 for _, k in rows])
    found = _core.bin_thresholds(column[:, None], weight, max_bins, 1)
    assert found[0].tolist() == thresholds_of_column(column, weight.tolist(), max_bins)


@pytest.mark.parametrize("weights", ["none", "whole", "fractional"])
@pytest.mark.parametrize("max_bins", [2, 31, 255])
def test_thresholds_of_long_columns(max_bins: int, weights: str) -> None:
    problem = make_problem(3000, 3, weights=weights)
    kept = slice(None) if problem.weight is None else problem.weight > 0
    X = problem.X[kept]
    X[:, 2] = np.where(np.arange(len(X)) % 3 == 0, np.exp(X[:, 0]), X[:, 2].round(0))
    weight = None if problem.weight is None else problem.weight[kept]
    found = _core.bin_thresholds(X, weight, max_bins, 2)
    expected = [thresholds_of_column(column, weight, max_bins) for column in X.T]
    assert [column.tolist() for column in found] == expected


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_gradients(loss: Loss, isa: str) -> None:
    rng = np.random.default_rng(3)
    y = loss.labels(rng.integers(-40, 40, 700) / 8)
    naive = make_objective(loss.name, loss.params)
    raw = rng.normal(size=(naive.n_outputs, 700)) * 4
    raw[:, 5:9] = 0.0  # some residuals of 0
    grad, hess = _core.objective_gradients(loss.name, loss.params, y, raw)
    naive_grad, naive_hess = naive.gradients(y, raw, None)
    rtol = 0 if naive.is_const_hessian else 2.0**-22
    np.testing.assert_allclose(grad, naive_grad, rtol=rtol, atol=rtol * 1e-8)
    np.testing.assert_allclose(hess, naive_hess, rtol=rtol, atol=rtol * 1e-8)


@pytest.mark.parametrize("weights", ["none", "whole", "fractional"])
@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_base_score(loss: Loss, weights: str) -> None:
    problem = make_problem(300, 3, weights=weights)
    y = loss.labels(problem.signal)
    kept = slice(None) if problem.weight is None else problem.weight > 0
    weight = None if problem.weight is None else problem.weight[kept]
    score = _core.objective_base_score(loss.name, loss.params, y[kept], weight)
    naive = make_objective(loss.name, loss.params)
    expected = naive.base_score(y[kept], weight)
    rtol = 0 if naive.is_const_hessian else 1e-15
    np.testing.assert_allclose(score, expected, rtol=rtol, atol=rtol)


@examples()
@given(problem=problems(), config=configs(), loss=st.sampled_from(LOSSES), seed=st.integers(0, 99))
def test_prediction(problem: Problem, config: Config, loss: Loss, seed: int) -> None:
    model = train_core(problem, loss, config)
    arrays = model.to_arrays()
    rng = np.random.default_rng(seed)
    X = rng.integers(-6, 20, (40, problem.X.shape[1])) / 2
    for value in SPECIAL_VALUES:
        X[rng.random(X.shape) < 0.08] = value
    assert (model.raw_scores(X, 2) == raw_scores(arrays, X)).all()
    assert (model.apply(X, 2) == apply(arrays, X)).all()
    narrow = np.clip(X, -1e30, 1e30).astype(np.float32)
    assert (model.raw_scores(narrow, 1) == raw_scores(arrays, narrow)).all()


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_training_scores(loss: Loss) -> None:
    problem, fresh = make_problem(300, 4), make_problem(80, 4, seed=5)
    config = Config(min_samples_leaf=5, max_leaf_nodes=9, subsample=0.7)
    naive = train_naive(problem, loss, config)
    trainer = start_core(problem, loss, config)
    trainer.set_validation(fresh.X, loss.labels(fresh.signal), None)
    trainer.run(3)
    assert (trainer.train_raw() == naive.raw.T).all()
    assert (trainer.validation_raw() == raw_scores(naive.to_arrays(), fresh.X)).all()

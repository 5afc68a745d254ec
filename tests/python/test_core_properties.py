"""Changes of the training set that must not change the model, and ways to the same model."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from core_support import assert_same_model, core_config, start_core, train_core
from hypothesis import given
from hypothesis import strategies as st
from naive_support import LOSSES, Loss, Problem, configs, examples, make_problem, problems

from gbengine import GradientBoostingClassifier, GradientBoostingRegressor, _core
from naive.config import Config

losses = st.sampled_from(LOSSES)
all_rows = configs(subsample=1.0)  # draws are by row number: they change with the table


def model_of(
    X: np.ndarray, y: np.ndarray, weight: np.ndarray | None, loss: Loss, config: Config
) -> _core.Model:
    if weight is not None:
        X, y, weight = X[weight > 0], y[weight > 0], weight[weight > 0]
    trainer = _core.Trainer(X, y, weight, core_config(loss, config))
    trainer.run(2)
    return trainer.model()


def arrays_but(model: _core.Model, *names: str) -> dict[str, Any]:
    return {name: values for name, values in model.to_arrays().items() if name not in names}


@examples()
@given(problem=problems(), config=all_rows, loss=losses, seed=st.integers(0, 9))
def test_whole_weights_are_repeated_rows(
    problem: Problem, config: Config, loss: Loss, seed: int
) -> None:
    times = np.random.default_rng(seed).integers(1, 4, len(problem.signal))
    y = loss.labels(problem.signal)
    weighted = model_of(problem.X, y, times.astype(float), loss, config)
    rows = np.repeat(np.arange(len(y)), times)
    repeated = model_of(problem.X[rows], y[rows], None, loss, config)
    assert_same_model(arrays_but(weighted, "n_samples"), arrays_but(repeated, "n_samples"))


@examples(40)
@given(problem=problems(), seed=st.integers(0, 9))
def test_rows_of_weight_0_are_absent(problem: Problem, seed: int) -> None:
    weight = np.random.default_rng(seed).integers(0, 3, len(problem.signal)) / 2
    weight[[0, -1]] = 1.0
    kept = weight > 0
    labels = np.where(np.arange(len(weight)) > 0, problem.signal > 0, True)
    labels[-1] = False
    settings = {"n_estimators": 3, "min_samples_leaf": 2, "max_bins": 6}
    for estimator, y in (
        (GradientBoostingRegressor(**settings), problem.signal),
        (GradientBoostingRegressor(loss="absolute_error", **settings), problem.signal),
        (GradientBoostingClassifier(**settings), labels),
    ):
        if len(np.unique(y)) < 2:
            continue
        with_them = estimator.fit(problem.X, y, weight)._model.to_arrays()
        without = estimator.fit(problem.X[kept], y[kept], weight[kept])._model.to_arrays()
        assert_same_model(with_them, without)


@examples()
@given(problem=problems(), config=all_rows, loss=losses, seed=st.integers(0, 99))
def test_row_order_does_not_matter(problem: Problem, config: Config, loss: Loss, seed: int) -> None:
    y = loss.labels(problem.signal)
    order = np.random.default_rng(seed).permutation(len(y))
    weight = None if problem.weight is None else problem.weight[order]
    first = model_of(problem.X, y, problem.weight, loss, config)
    second = model_of(problem.X[order], y[order], weight, loss, config)
    assert_same_model(first.to_arrays(), second.to_arrays())


@examples()
@given(problem=problems(), config=configs(), loss=losses, value=st.sampled_from([0.0, 7.5, np.inf]))
def test_a_constant_column_changes_nothing(
    problem: Problem, config: Config, loss: Loss, value: float
) -> None:
    y = loss.labels(problem.signal)
    constant = np.full((len(y), 1), value)
    plain = model_of(problem.X, y, problem.weight, loss, config)
    # As the last column: draws of features hash the column's number.
    wider = model_of(np.hstack([problem.X, constant]), y, problem.weight, loss, config)
    assert_same_model(arrays_but(plain, "n_features"), arrays_but(wider, "n_features"))


@examples()
@given(problem=problems(), config=configs(), loss=losses)
def test_a_monotone_transform_changes_no_prediction(
    problem: Problem, config: Config, loss: Loss
) -> None:
    X = np.clip(problem.X, -30, 30).round(3)  # exp2 keeps what is left apart
    y = loss.labels(problem.signal)
    plain = model_of(X, y, problem.weight, loss, config)
    warped = model_of(np.exp2(X), y, problem.weight, loss, config)
    seen = slice(None) if problem.weight is None else problem.weight > 0
    assert (plain.raw_scores(X[seen], 1) == warped.raw_scores(np.exp2(X[seen]), 1)).all()
    assert_same_model(arrays_but(plain, "threshold"), arrays_but(warped, "threshold"))


@examples()
@given(problem=problems(), config=configs(), loss=losses)
def test_halved_weights_halve_the_sums(problem: Problem, config: Config, loss: Loss) -> None:
    """A power of two times all weights only scales the sums, without penalties bit for bit."""
    free = replace(
        config,
        min_hessian_leaf=0.0,
        min_split_gain=0.0,
        l1_regularization=0.0,
        l2_regularization=0.0,
    )
    y = loss.labels(problem.signal)
    weight = np.random.default_rng(0).random(len(y)) + 0.25
    first = model_of(problem.X, y, weight, loss, free).to_arrays()
    second = model_of(problem.X, y, weight / 8, loss, free).to_arrays()
    for name in ("split_gain", "hess_sum"):
        second[name] = second[name] * 8
    assert_same_model(first, second)


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_thread_count_does_not_matter(loss: Loss) -> None:
    problem = make_problem(2000, 70, weights="fractional")
    config = Config(subsample=0.8, max_features=0.6)
    expected = train_core(problem, loss, config, n_threads=1).to_arrays()
    for n_threads in (2, 3, 5, 8):
        other = train_core(problem, loss, config, n_threads=n_threads)
        assert_same_model(other.to_arrays(), expected)


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_rounds_may_come_in_parts(loss: Loss) -> None:
    problem = make_problem(200, 4, weights="whole")
    config = Config(min_samples_leaf=5, subsample=0.8, max_features=0.5)
    at_once = train_core(problem, loss, config, n_rounds=5)
    begun = train_core(problem, loss, config, n_rounds=2)
    trainer = start_core(problem, loss, config, init_model=begun)
    assert trainer.n_rounds == 2
    trainer.run(1)
    trainer.run(2)
    assert_same_model(at_once.to_arrays(), trainer.model().to_arrays())


def test_seeds_matter_only_for_draws() -> None:
    problem = make_problem(300, 6)
    plain = [train_core(problem, LOSSES[0], Config(seed=seed)).to_arrays() for seed in (1, 2)]
    assert_same_model(*plain)
    for options in ({"subsample": 0.5}, {"max_features": 0.5}, {"max_features_per_tree": 0.5}):
        drawn = [
            train_core(problem, LOSSES[0], Config(seed=seed, **options)).to_arrays()
            for seed in (1, 2)
        ]
        assert not np.array_equal(drawn[0]["feature"], drawn[1]["feature"])

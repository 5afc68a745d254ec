"""Splits on categories: the core against its twin, and changes that must change nothing."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from category_support import category_configs, category_problems, with_categories
from core_support import assert_same_model, core_config, start_core, train_core, train_naive
from hypothesis import given
from hypothesis import strategies as st
from naive_support import LOSSES, Loss, Problem, examples

from gbengine import _core
from naive.config import Config
from naive.predict import raw_scores

BY_NAME = {loss.name: loss for loss in LOSSES}
SQUARED, LOGISTIC = BY_NAME["squared_error"], BY_NAME["binary_log_loss"]
CATEGORY_SETTINGS: list[dict[str, Any]] = [
    {},
    {"min_samples_category": 1},
    {"min_samples_category": 1, "cat_smooth": 0.0},
    {"min_samples_category": 40},
    {"min_samples_category": 1, "max_cat_threshold": 1},
    {"min_samples_category": 3, "max_cat_threshold": 3, "cat_smooth": 1.0},
    {"min_samples_leaf": 30, "min_samples_category": 1},
    {"max_bins": 7, "min_samples_category": 1},
    {"l1_regularization": 2.0, "l2_regularization": 1.0, "max_delta_step": 0.25},
]


def assert_core_is_naive(problem: Problem, loss: Loss, config: Config, n_rounds: int = 2) -> None:
    ours = train_core(problem, loss, config, n_rounds).to_arrays()
    assert_same_model(ours, train_naive(problem, loss, config, n_rounds).to_arrays())


@examples(300)
@given(problem=category_problems(), config=category_configs(), loss=st.sampled_from(LOSSES))
def test_models_of_small_tables(problem: Problem, config: Config, loss: Loss) -> None:
    assert_core_is_naive(problem, loss, config)


@pytest.mark.parametrize("weights", ["none", "whole", "fractional"])
@pytest.mark.parametrize("options", CATEGORY_SETTINGS, ids=str)
def test_every_setting(options: dict[str, Any], weights: str) -> None:
    problem = with_categories(300, [4, 0, 40, 90], seed=len(str(options)), weights=weights)
    config = Config(**{"min_samples_leaf": 5} | options)
    assert_core_is_naive(problem, SQUARED, config)
    assert_core_is_naive(problem, LOGISTIC, config)


@pytest.mark.parametrize("n", [3, 4, 5, 254, 255, 256, 700])
def test_as_many_categories_as_bins_and_more(n: int) -> None:
    problem = with_categories(500, [n, 0], seed=n)
    assert_core_is_naive(problem, SQUARED, Config(min_samples_leaf=3, min_samples_category=2))
    assert_core_is_naive(problem, SQUARED, Config(min_samples_category=1, max_bins=50))


@pytest.mark.parametrize("min_samples_leaf", [1, 2, 3])
def test_categories_too_light_for_any_sum(min_samples_leaf: int) -> None:
    """Rows whose integers are 0 count in min_samples_leaf, on the heavier side, as missing ones."""
    X = np.array([0.0, 1, 2, 3, 4, 5, 6, 6, np.nan, np.nan, 7, 7])[:, None]
    signal = np.array([0.0, 0, 4, 9, 1, 2, 3, 1, 8, 0, 2, 2])
    for seed in range(20):
        weight = np.random.default_rng(seed).choice([1.0, 0.5, 1e-13, 1e-20], 12)
        config = Config(
            min_samples_leaf=min_samples_leaf, min_hessian_leaf=0.0, min_samples_category=1
        )
        weight[0] = 0.5
        assert_core_is_naive(Problem(X, signal, weight, [9]), SQUARED, config, n_rounds=1)


@pytest.mark.parametrize("loss", [SQUARED, LOGISTIC], ids=lambda loss: loss.name)
def test_wide_cells(loss: Loss) -> None:
    problem = with_categories(150, [3, 30, 0])
    weight = np.random.default_rng(0).integers(1, 2**21, 150).astype(np.float64)
    heavy = replace(problem, weight=weight)
    assert_core_is_naive(heavy, loss, Config(min_samples_category=2**18, min_samples_leaf=2**20))


def test_threads_instruction_sets_and_row_order() -> None:
    problem = with_categories(3000, [60, 0, 3, 255, 400] * 14, weights="whole")
    config = Config(min_samples_leaf=8)
    expected = train_core(problem, LOGISTIC, config).to_arrays()
    before = _core.isa_in_use()
    for isa in _core.usable_isas():
        _core.force_isa(isa)
        for n_threads in (1, 2, 5):
            model = train_core(problem, LOGISTIC, config, n_threads=n_threads)
            assert_same_model(model.to_arrays(), expected)
    _core.force_isa(before)
    assert problem.weight is not None
    y = LOGISTIC.labels(problem.signal)
    kept = np.random.default_rng(0).permutation(np.flatnonzero(problem.weight > 0))
    X, weight = problem.X[kept], problem.weight[kept]
    table = _core.Table(X, weight, config.max_bins, 2, problem.n_categories)
    trainer = _core.Trainer(table, y[kept], weight, core_config(LOGISTIC, config))
    trainer.run(3)
    assert_same_model(trainer.model().to_arrays(), expected)


@pytest.mark.parametrize("min_samples_category", [1, 10])
def test_other_names_give_the_same_predictions(min_samples_category: int) -> None:
    """Codes swapped among each other, where no two categories of a node are tied."""
    problem = with_categories(900, [3, 30, 0], missing=0.05)
    signal = np.random.default_rng(1).normal(size=900) + problem.signal
    names = [np.random.default_rng(2).permutation(n) for n in (3, 30)]
    renamed = problem.X.copy()
    for f, name in enumerate(names):
        seen = ~np.isnan(problem.X[:, f])
        renamed[seen, f] = name[problem.X[seen, f].astype(int)]
    config = Config(min_samples_leaf=5, min_samples_category=min_samples_category)
    scores = []
    for X in (problem.X, renamed):
        trainer = start_core(Problem(X, signal, None, problem.n_categories), SQUARED, config)
        trainer.run(5)
        scores.append(trainer.train_raw())
    np.testing.assert_array_equal(*scores)


@pytest.mark.parametrize("subsample", [1.0, 0.6])
def test_scores_are_those_of_prediction(subsample: float) -> None:
    problem, fresh = with_categories(500, [5, 60, 0]), with_categories(200, [5, 60, 0], seed=9)
    config = Config(min_samples_leaf=5, subsample=subsample, max_bins=40, min_samples_category=2)
    trainer = start_core(problem, LOGISTIC, config)
    trainer.set_validation(fresh.X, LOGISTIC.labels(fresh.signal), None)
    trainer.run(4)
    arrays = trainer.model().to_arrays()
    assert len(arrays["category_sets"]) > 8
    assert (trainer.train_raw() == raw_scores(arrays, problem.X)).all()
    assert (trainer.validation_raw() == raw_scores(arrays, fresh.X)).all()
    assert (trainer.model().raw_scores(fresh.X, 1) == raw_scores(arrays, fresh.X)).all()


def test_rounds_may_come_in_parts() -> None:
    problem = with_categories(300, [5, 60, 0])
    config = Config(min_samples_leaf=5)
    begun = train_core(problem, SQUARED, config, n_rounds=2)
    trainer = start_core(problem, SQUARED, config, init_model=begun)
    trainer.run(2)
    at_once = train_core(problem, SQUARED, config, n_rounds=4)
    assert_same_model(trainer.model().to_arrays(), at_once.to_arrays())


def test_a_model_of_other_categories_cannot_be_continued() -> None:
    problem = with_categories(100, [5, 6, 0])
    begun = train_core(problem, SQUARED, Config())
    for other in ([5, 7, 0], [5, 0, 0], [5, 6, 9]):
        changed = replace(problem, X=np.minimum(np.abs(problem.X).round(), 4), n_categories=other)
        with pytest.raises(ValueError, match="categories in column"):
            start_core(changed, SQUARED, Config(), init_model=begun)
    with pytest.raises(ValueError, match="6 categories in column 1 and the table 0"):
        start_core(replace(problem, n_categories=[5, 0, 0]), SQUARED, Config(), init_model=begun)


def test_validation_rows_must_hold_codes() -> None:
    trainer = start_core(with_categories(100, [5, 0]), SQUARED, Config())
    for bad in (5.0, -1.0, 1.5, np.inf):
        with pytest.raises(ValueError, match="5 categories"):
            trainer.set_validation(np.array([[bad, 0.0]]), np.zeros(1), None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cat_smooth", -1.0),
        ("cat_smooth", np.inf),
        ("cat_smooth", np.nan),
        ("max_cat_threshold", 0),
        ("min_samples_category", 0),
    ],
)
def test_settings_out_of_range(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        train_core(with_categories(50, [5]), SQUARED, replace(Config(), **{name: value}))


@pytest.mark.parametrize("smooth", [0.0, 1e-300, 1e308])
def test_absurd_smoothing(smooth: float) -> None:
    problem = with_categories(200, [40, 0])
    config = Config(cat_smooth=smooth, min_samples_category=1, min_samples_leaf=2)
    assert_core_is_naive(problem, SQUARED, config)
    assert_core_is_naive(replace(problem, signal=problem.signal * 1e29), SQUARED, config)

"""Trees that all outputs share, in the core: against the naive twin, bit for bit."""

from dataclasses import replace

import numpy as np
import pytest
from category_support import category_configs, category_problems, with_categories
from core_support import assert_same_model, core_config
from hypothesis import given
from hypothesis import strategies as st
from naive_support import Loss, Problem, configs, examples, make_problem, problems
from vector_support import BY_NAME, REGRESSION, assert_core_is_naive, targets_of, train_core

from gbengine import _core
from naive.config import Config

SQUARED = BY_NAME["squared_error"]

all_losses = pytest.mark.parametrize("loss", REGRESSION, ids=lambda loss: loss.name)


@examples(150)
@given(
    problem=problems(),
    config=configs(),
    loss=st.sampled_from(REGRESSION),
    n_targets=st.integers(2, 5),
)
def test_models_of_small_tables(
    problem: Problem, config: Config, loss: Loss, n_targets: int
) -> None:
    assert_core_is_naive(problem, loss, config, n_targets)


@pytest.mark.parametrize("weights", ["none", "whole", "fractional"])
@all_losses
def test_every_loss(loss: Loss, weights: str) -> None:
    problem = make_problem(90, 4, weights=weights)
    config = Config(min_samples_leaf=5, max_leaf_nodes=9, learning_rate=0.5, max_bins=16)
    assert_core_is_naive(problem, loss, config)


@pytest.mark.parametrize("n_targets", [2, 3, 4, 7, 8, 15, 16, 17, 31])
@pytest.mark.parametrize("name", ["squared_error", "poisson"])
def test_every_width_of_a_cell(name: str, n_targets: int) -> None:
    problem = make_problem(60, 3)
    config = Config(min_samples_leaf=4, max_leaf_nodes=6, max_bins=12)
    assert_core_is_naive(problem, BY_NAME[name], config, n_targets)


@pytest.mark.parametrize("min_samples_leaf", [2, 20, 35])
@pytest.mark.parametrize("weights", ["none", "whole", "fractional"])
def test_counts_that_the_first_search_overlooks(weights: str, min_samples_leaf: int) -> None:
    problem = make_problem(90, 4, seed=min_samples_leaf, weights=weights)
    problem.signal[:] = np.random.default_rng(1).integers(-80, 80, 90) ** 3 / 4096
    config = Config(
        min_samples_leaf=min_samples_leaf, min_hessian_leaf=0.0, max_leaf_nodes=0, max_bins=16
    )
    for name in ("poisson", "squared_error", "gamma"):
        assert_core_is_naive(problem, BY_NAME[name], config)


def test_wide_cells() -> None:
    problem = make_problem(60, 3)
    weight = np.random.default_rng(0).integers(1, 2**21, 60).astype(np.float64)
    assert weight.sum() > 2**24
    for name in ("squared_error", "poisson", "huber"):
        for scaled in (weight, weight * 4096 + 0.5):
            heavy = Problem(problem.X, problem.signal, scaled)
            config = Config(min_samples_leaf=9, max_leaf_nodes=6, max_bins=16)
            assert_core_is_naive(heavy, BY_NAME[name], config)


@pytest.mark.parametrize("name", ["squared_error", "poisson", "absolute_error"])
def test_every_instruction_set_and_number_of_threads(name: str) -> None:
    problem = make_problem(3000, 40, weights="whole")
    config = Config(min_samples_leaf=9, l1_regularization=0.5, subsample=0.9, max_features=0.7)
    y = targets_of(problem, BY_NAME[name], 5)
    expected = train_core(problem, y, BY_NAME[name], config, 3).to_arrays()
    before = _core.isa_in_use()
    for isa in _core.usable_isas():
        _core.force_isa(isa)
        for n_threads in (1, 3):
            model = train_core(problem, y, BY_NAME[name], config, 3, n_threads)
            assert_same_model(model.to_arrays(), expected)
    _core.force_isa(before)


@all_losses
def test_row_order_does_not_matter(loss: Loss) -> None:
    problem = make_problem(500, 5, weights="fractional")
    y = targets_of(problem, loss, 3)
    order = np.random.default_rng(0).permutation(500)
    assert problem.weight is not None
    shuffled = Problem(problem.X[order], problem.signal[order], problem.weight[order])
    config = Config(min_samples_leaf=3)
    first = train_core(problem, y, loss, config, 3).to_arrays()
    second = train_core(shuffled, np.ascontiguousarray(y[:, order]), loss, config, 3).to_arrays()
    assert_same_model(first, second)


@pytest.mark.parametrize("n_targets", [2, 4])
@all_losses
def test_equal_targets_grow_the_trees_of_one(loss: Loss, n_targets: int) -> None:
    """A power of two of them: then gains are exact multiples, but for rounding nothing differs."""
    problem = make_problem(400, 5, weights="whole")
    config = Config(min_samples_leaf=5, max_delta_step=0.5)
    for one_config in (config, replace(config, max_delta_step=0.0)):
        y = np.tile(loss.labels(problem.signal), (n_targets, 1))
        shared = train_core(problem, y, loss, one_config, 4).to_arrays()
        kept = np.asarray(problem.weight) > 0
        settings = core_config(loss, one_config)
        trainer = _core.Trainer(
            problem.X[kept], y[0][kept], np.asarray(problem.weight)[kept], settings
        )
        trainer.run(4)
        alone = trainer.model().to_arrays()
        names = ("feature", "threshold", "left_child", "missing_goes_left", "n_samples", "hess_sum")
        for name in names:
            np.testing.assert_array_equal(shared[name], alone[name], err_msg=name)
        np.testing.assert_array_equal(shared["split_gain"], n_targets * alone["split_gain"])
        values = shared["value"].reshape(-1, n_targets)
        np.testing.assert_array_equal(values, np.tile(alone["value"][:, None], n_targets))


def test_multiclass_shares_trees_too() -> None:
    """The core makes no difference between targets and classes."""
    problem = make_problem(200, 4)
    loss = BY_NAME["multiclass_log_loss"]
    y = loss.labels(problem.signal)
    settings = core_config(loss, Config(multi_output="shared", min_samples_leaf=5))
    trainer = _core.Trainer(problem.X, y, None, settings)
    before = trainer.train_loss()
    trainer.run(10)
    assert trainer.model().n_trees == 10
    assert trainer.train_loss() < before * 0.9


def test_what_cannot_be_shared() -> None:
    problem = make_problem(50, 3)
    settings = core_config(SQUARED, Config(multi_output="shared"))
    with pytest.raises(ValueError, match="multi_output is shared; with one output"):
        _core.Trainer(problem.X, problem.signal, None, settings)
    with pytest.raises(ValueError, match="multi_output is 'both'; it must be separate or shared"):
        _core.Trainer(problem.X, problem.signal, None, settings | {"multi_output": "both"})


@examples(150)
@given(
    problem=category_problems(),
    config=category_configs(),
    loss=st.sampled_from(REGRESSION),
    n_targets=st.integers(2, 4),
)
def test_categories_of_small_tables(
    problem: Problem, config: Config, loss: Loss, n_targets: int
) -> None:
    assert_core_is_naive(problem, loss, config, n_targets)


@pytest.mark.parametrize("weights", ["none", "whole", "fractional"])
@pytest.mark.parametrize("name", ["squared_error", "poisson", "quantile"])
def test_categories(name: str, weights: str) -> None:
    problem = with_categories(120, [4, 0, 12, 60], weights=weights)
    for options in ({}, {"cat_smooth": 0.0}, {"max_cat_threshold": 3, "max_bins": 20}):
        config = Config(min_samples_leaf=4, max_leaf_nodes=8, min_samples_category=2, **options)
        assert_core_is_naive(problem, BY_NAME[name], config)


@pytest.mark.parametrize("name", ["squared_error", "poisson"])
def test_categories_of_equal_targets_split_as_those_of_one(name: str) -> None:
    problem, loss = with_categories(800, [4, 0, 30, 300]), BY_NAME[name]
    config = Config(min_samples_leaf=5, min_samples_category=3)
    y = np.tile(loss.labels(problem.signal), (2, 1))
    shared = train_core(problem, y, loss, config, 4).to_arrays()
    table = _core.Table(problem.X, None, config.max_bins, 1, problem.n_categories)
    trainer = _core.Trainer(table, y[0], None, core_config(loss, config))
    trainer.run(4)
    alone = trainer.model().to_arrays()
    assert len(alone["category_sets"]) > 20
    for field in ("feature", "threshold", "category_sets", "missing_goes_left", "n_samples"):
        np.testing.assert_array_equal(shared[field], alone[field], err_msg=field)


def test_categories_of_every_instruction_set_and_number_of_threads() -> None:
    problem = with_categories(1000, [4, 0, 30, 300], weights="fractional")
    config = Config(min_samples_leaf=5, min_samples_category=3)
    y = targets_of(problem, SQUARED, 3)
    expected = train_core(problem, y, SQUARED, config, 3).to_arrays()
    before = _core.isa_in_use()
    for isa in _core.usable_isas():
        _core.force_isa(isa)
        for n_threads in (1, 3):
            model = train_core(problem, y, SQUARED, config, 3, n_threads)
            assert_same_model(model.to_arrays(), expected)
    _core.force_isa(before)

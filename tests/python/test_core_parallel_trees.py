"""Parallel trees in the core: against the naive twin, one tree's model, and across rounds."""

from typing import Any

import numpy as np
import pytest
from core_support import assert_same_model, start_core, train_core, train_naive
from naive_support import LOSSES, Loss, make_problem

from gbengine import _core
from naive.config import Config

BY_NAME = {loss.name: loss for loss in LOSSES}

all_losses = pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)


@pytest.mark.parametrize("weights", ["none", "whole", "fractional"])
@all_losses
def test_core_is_naive(loss: Loss, weights: str) -> None:
    problem = make_problem(200, 4, weights=weights)
    sampling: dict[str, Any] = {"subsample": 0.7, "max_features": 0.6}
    config = Config(min_samples_leaf=5, n_parallel_trees=3, learning_rate=0.7, **sampling)
    expected = train_naive(problem, loss, config).to_arrays()
    assert_same_model(train_core(problem, loss, config).to_arrays(), expected)


@all_losses
def test_trees_of_the_first_round_are_those_of_one_tree_shrunk(loss: Loss) -> None:
    """Without sampling they are all equal: none sees what another has done to the scores."""
    problem = make_problem(300, 4)
    alone = train_core(problem, loss, Config(), n_rounds=1).to_arrays()
    four = train_core(problem, loss, Config(n_parallel_trees=4), n_rounds=1)
    arrays = four.to_arrays()
    n_outputs = four.n_outputs
    assert four.n_trees == 4 * n_outputs
    assert arrays["tree_output"].tolist() == np.repeat(np.arange(n_outputs), 4).tolist()
    bounds = arrays["tree_begin"]
    for tree in range(four.n_trees):
        ours = slice(bounds[tree], bounds[tree + 1])
        theirs = slice(*alone["tree_begin"][tree // 4 : tree // 4 + 2])
        np.testing.assert_array_equal(arrays["value"][ours], alone["value"][theirs] / 4)
        for name in ("feature", "threshold", "split_gain", "hess_sum", "n_samples"):
            np.testing.assert_array_equal(arrays[name][ours], alone[name][theirs])


@pytest.mark.parametrize("name", ["squared_error", "absolute_error", "multiclass_log_loss"])
def test_every_tree_has_its_own_draws(name: str) -> None:
    problem = make_problem(300, 20)
    for sampling in ({"subsample": 0.5}, {"max_features": 0.3}, {"max_features_per_tree": 0.4}):
        config = Config(n_parallel_trees=5, **sampling)
        arrays = train_core(problem, BY_NAME[name], config, n_rounds=2).to_arrays()
        bounds = zip(arrays["tree_begin"], arrays["tree_begin"][1:], strict=False)
        trees = {(*arrays["feature"][a:b], *arrays["threshold"][a:b]) for a, b in bounds}
        assert len(trees) == len(arrays["tree_output"])


@all_losses
def test_scores_in_training_are_those_of_the_model(loss: Loss) -> None:
    problem = make_problem(300, 4)
    y = loss.labels(problem.signal)
    trainer = start_core(problem, loss, Config(n_parallel_trees=3, subsample=0.5))
    trainer.set_validation(problem.X[::2], y[::2], None)
    seen: list[int] = []
    assert trainer.run(4, lambda n_rounds: bool(seen.append(n_rounds))) == trainer.n_rounds == 4
    assert seen == [1, 2, 3, 4]
    model = trainer.model()
    assert model.n_trees == 4 * 3 * model.n_outputs
    np.testing.assert_array_equal(trainer.train_raw(), model.raw_scores(problem.X, 1))
    np.testing.assert_array_equal(trainer.validation_raw(), model.raw_scores(problem.X[::2], 1))


def test_core_refuses_what_is_no_number_of_trees() -> None:
    problem = make_problem(30, 2)
    with pytest.raises(ValueError, match="n_parallel_trees is 0; it must be at least 1"):
        start_core(problem, BY_NAME["squared_error"], Config(n_parallel_trees=0))


@pytest.mark.parametrize(
    ("name", "n_before", "n_now"),
    [
        ("squared_error", 2, 3),
        ("multiclass_log_loss", 3, 1),  # whole rounds by their number of trees, not by their order
        ("multiclass_log_loss", 1, 3),
    ],
)
def test_core_continues_whole_rounds_only(name: str, n_before: int, n_now: int) -> None:
    problem, loss = make_problem(100, 3), BY_NAME[name]
    start = train_core(problem, loss, Config(n_parallel_trees=n_before), n_rounds=1)
    with pytest.raises(ValueError, match=f"trees, which are not rounds of .* = {n_now} trees each"):
        start_core(problem, loss, Config(n_parallel_trees=n_now), init_model=start)
    trainer = start_core(problem, loss, Config(n_parallel_trees=n_before), init_model=start)
    assert trainer.run(1) == 2


def test_core_continues_no_forest() -> None:
    problem, loss = make_problem(100, 3), BY_NAME["squared_error"]
    arrays = train_core(problem, loss, Config(), n_rounds=2).to_arrays()
    forest = _core.Model.from_arrays(arrays, "identity", aggregation="mean")
    with pytest.raises(ValueError, match="is no boosted one: its aggregation is mean"):
        start_core(problem, loss, Config(), init_model=forest)

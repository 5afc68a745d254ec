"""The twin of the trainer, alone: does it do what a boosting trainer promises?"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from naive_support import LOSSES, Loss, Problem, configs, examples, make_problem, problems

from naive.config import Config
from naive.fixed_point import row_weights, to_fixed_point
from naive.losses import AbsoluteError, BinaryLogLoss, SquaredError, make_objective
from naive.predict import apply, raw_scores
from naive.trainer import TrainedModel, train

Arrays = dict[str, Any]


def train_problem(problem: Problem, loss: Loss, config: Config, n_rounds: int = 3) -> TrainedModel:
    y = loss.labels(problem.signal)
    objective = make_objective(loss.name, loss.params)
    return train(problem.X, y, problem.weight, objective, config, n_rounds=n_rounds)


def rows_of_nodes(arrays: Arrays, X: np.ndarray, tree: int) -> list[set[int]]:
    """Which rows pass through each node of a tree."""
    begin, end = arrays["tree_begin"][tree : tree + 2]
    rows = [set[int]() for _ in range(end - begin)]
    parents = {}
    for node in range(end - begin):
        if arrays["feature"][begin + node] >= 0:
            left = int(arrays["left_child"][begin + node])
            parents |= {left: node, left + 1: node}
    for i, leaf in enumerate(apply(arrays, X)[:, tree]):
        node: int | None = int(leaf)
        while node is not None:
            rows[node].add(i)
            node = parents.get(node)
    return rows


@examples()
@given(problem=problems(), config=configs(), loss=st.sampled_from(LOSSES))
def test_prediction_of_training_rows_is_the_raw_score(
    problem: Problem, config: Config, loss: Loss
) -> None:
    model = train_problem(problem, loss, config)
    kept = slice(None) if problem.weight is None else problem.weight > 0
    assert (model.raw == raw_scores(model.to_arrays(), problem.X[kept]).T).all()


@examples()
@given(problem=problems(), config=configs(subsample=1.0), loss=st.sampled_from(LOSSES))
def test_limits_hold(problem: Problem, config: Config, loss: Loss) -> None:
    arrays = train_problem(problem, loss, config).to_arrays()
    weight = np.ones(len(problem.signal)) if problem.weight is None else problem.weight
    whole = (weight == np.floor(weight)).all()
    X = problem.X[weight > 0]
    counts = weight[weight > 0] if whole else np.ones(len(X))
    for tree in range(len(arrays["tree_output"])):
        begin = arrays["tree_begin"][tree]
        depth = {0: 0}
        n_leaves = 0
        for node, rows in enumerate(rows_of_nodes(arrays, X, tree)):
            at = begin + node
            assert arrays["n_samples"][at] == len(rows)
            if node > 0:
                assert counts[list(rows)].sum() >= config.min_samples_leaf
                assert arrays["hess_sum"][at] >= config.min_hessian_leaf
            if arrays["feature"][at] >= 0:
                assert arrays["split_gain"][at] > config.min_split_gain
                left = int(arrays["left_child"][at])
                depth |= {left: depth[node] + 1, left + 1: depth[node] + 1}
            else:
                n_leaves += 1
        assert n_leaves <= (config.max_leaf_nodes or n_leaves)
        assert max(depth.values()) <= (config.max_depth or max(depth.values()))


@examples()
@given(problem=problems(), policy=st.sampled_from(["leaf_wise", "depth_wise"]))
def test_leaf_value_is_the_mean_residual(problem: Problem, policy: str) -> None:
    config = Config(learning_rate=1.0, min_samples_leaf=1, grow_policy=policy, max_leaf_nodes=4)
    y, kept = problem.signal, np.ones(len(problem.signal), bool)
    weight = np.ones(len(y)) if problem.weight is None else problem.weight
    kept = weight > 0
    model = train_problem(problem, LOSSES[0], config, n_rounds=1)
    leaves = apply(model.to_arrays(), problem.X[kept])[:, 0]
    for leaf in set(leaves):
        of_leaf = leaves == leaf
        mean = np.average(y[kept][of_leaf], weights=weight[kept][of_leaf])
        assert model.raw[0, of_leaf] == pytest.approx(mean, abs=1e-5)


def test_growing_orders() -> None:
    problem = make_problem(200, 4)
    narrow = Config(min_samples_leaf=5, max_leaf_nodes=12)
    arrays = train_problem(problem, LOSSES[0], narrow, 1).to_arrays()
    level_by_level = replace(narrow, grow_policy="depth_wise")
    wide = train_problem(problem, LOSSES[0], level_by_level, 1).to_arrays()

    # Leaf-wise: a node's turn comes no later than that of any open node of smaller gain.
    inner = np.flatnonzero(arrays["feature"] >= 0)
    turns = inner[np.argsort(arrays["left_child"][inner])]
    open_nodes = {0}
    for node in turns:
        gains = [arrays["split_gain"][other] for other in open_nodes]
        assert arrays["split_gain"][node] == max(gains)
        open_nodes.remove(node)
        open_nodes |= {arrays["left_child"][node], arrays["left_child"][node] + 1}
    # Depth-wise: nodes are created level by level.
    depth = np.zeros(len(wide["feature"]), int)
    for node in np.flatnonzero(wide["feature"] >= 0):
        depth[wide["left_child"][node] + np.arange(2)] = depth[node] + 1
    assert (np.diff(depth) >= 0).all()
    assert (arrays["feature"] < 0).sum() == (wide["feature"] < 0).sum() == 12


@examples()
@given(problem=problems(), config=configs(subsample=1.0), seed=st.integers(0, 99))
def test_row_order_does_not_matter(problem: Problem, config: Config, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(problem.signal))
    weight = None if problem.weight is None else problem.weight[order]
    shuffled = Problem(problem.X[order], problem.signal[order], weight)
    loss = Loss("quantile", {"quantile": 0.5})
    first = train_problem(problem, loss, config).to_arrays()
    second = train_problem(shuffled, loss, config).to_arrays()
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name], err_msg=name)


def test_missing_seen_only_in_other_rows_goes_with_the_heavier_side() -> None:
    X = np.array([[0.0], [1.0], [2.0], [3.0], [4.0]])
    y = np.array([0.0, 0.0, 0.0, 8.0, 8.0])
    config = Config(min_samples_leaf=1, max_leaf_nodes=2)
    arrays = train(X, y, None, SquaredError(), config, n_rounds=1).to_arrays()
    assert arrays["missing_goes_left"].tolist() == [1, 0, 0]
    arrays = train(X, y, np.array([1.0, 1.0, 1.0, 9.0, 9.0]), SquaredError(), config, n_rounds=1)
    assert arrays.to_arrays()["missing_goes_left"].tolist() == [0, 0, 0]


def test_missing_apart_from_all_values() -> None:
    X = np.array([[0.0], [1.0], [np.nan], [np.nan]])
    y = np.array([0.0, 0.0, 8.0, 8.0])
    config = Config(min_samples_leaf=1, learning_rate=1.0)
    arrays = train(X, y, None, SquaredError(), config, n_rounds=1).to_arrays()
    assert arrays["threshold"].tolist() == [np.inf, 0.0, 0.0]
    assert raw_scores(arrays, np.array([[np.inf], [np.nan]]))[:, 0].tolist() == [0.0, 8.0]


def test_absolute_error_leaves_are_medians() -> None:
    X = np.repeat([[0.0], [1.0]], 3, axis=0)
    y = np.array([1.0, 2.0, 9.0, 20.0, 21.0, 40.0])
    config = Config(min_samples_leaf=1, learning_rate=1.0)
    model = train(X, y, None, AbsoluteError(), config, n_rounds=1)
    assert model.raw[0].tolist() == [2.0, 2.0, 2.0, 21.0, 21.0, 21.0]


def test_no_row_drawn_is_a_leaf_of_value_0() -> None:
    X, y = np.array([[0.0], [1.0]]), np.array([0.0, 1.0])
    config = Config(min_samples_leaf=1, subsample=1e-9)
    arrays = train(X, y, None, BinaryLogLoss(), config, n_rounds=2).to_arrays()
    assert arrays["value"].tolist() == [0.0, 0.0]
    assert arrays["n_samples"].tolist() == [0, 0]


def test_a_hessian_that_vanishes_in_fixed_point() -> None:
    hess = np.array([1.0] * 4 + [1e-12], np.float32)
    assert to_fixed_point(hess, row_weights(5, None)).quanta[-1] == 0

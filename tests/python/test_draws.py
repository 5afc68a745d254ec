"""Rows drawn by trees: drawn again from what is kept, without the trainer."""

import pickle

import numpy as np
import pytest
from forest_support import float32_table, make, targets

import gbengine
from gbengine._runtime import core

N_ROWS = 150
SAMPLINGS = ["with_replacement", "without_replacement"]
WEIGHTS = {
    "none": None,
    "whole": np.tile([1.0, 2.0, 3.0], 50),
    "broken": np.tile([0.5, 1.5, 1e-3], 50),
}


def trainer_of(sampling, n_draws, weight):
    X = np.asarray(float32_table(N_ROWS), dtype=np.float64)
    config = {
        "criterion": "squared_error",
        "splitter": "best",
        "max_depth": 2,
        "max_leaf_nodes": 0,
        "min_samples_split": 2,
        "min_samples_leaf": 1,
        "min_weight_leaf": 0.0,
        "min_impurity_decrease": 0.0,
        "max_features": 4,
        "ccp_alpha": 0.0,
        "monotonic_cst": [],
        "sampling": sampling,
        "n_draws": n_draws,
        "features_per_tree": 4,
        "features_with_replacement": False,
        "balance": "none",
        "keep_statistics": False,
        "keep_leaf_samples": False,
        "seed": 2**63 + 5,
        "n_threads": 1,
    }
    y = targets("RandomForestRegressor", X).reshape(-1, 1)
    trainer = core.ForestTrainer(core.Table(X, weight, 0, 1), y, [], weight, config)
    trainer.run(3)
    return trainer


@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("n_draws", [1, 60, N_ROWS])
def test_core_draws_the_same_again(sampling, weight, n_draws):
    weights = WEIGHTS[weight]
    trainer = trainer_of(sampling, n_draws, weights)
    order = trainer.draw_order()
    assert order.dtype == np.uint32
    np.testing.assert_array_equal(np.sort(order), np.arange(N_ROWS))
    for tree in range(3):
        counts = core.draw_counts(order, weights, sampling, n_draws, 2**63 + 5, tree)
        np.testing.assert_array_equal(counts, trainer.in_bag_counts(tree), strict=True)
        assert counts.sum() == n_draws


def test_nothing_to_draw_again():
    assert trainer_of("all", 0, None).draw_order().shape == (0,)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"order": np.array([0, 2, 3, 3], np.uint32)}, "has 3 twice"),
        ({"order": np.array([0, 1, 2, 4], np.uint32)}, "name each of its 4 rows once; it has 4"),
        ({"order": np.zeros(0, np.uint32)}, "order is empty"),
        ({"order": np.zeros((2, 2), np.uint32)}, "order must have one dimension"),
        ({"sample_weight": np.ones(3)}, "sample_weight must have one dimension and 4 values"),
        ({"sample_weight": np.array([1, 1, 0, 1.0])}, r"sample_weight\[2\] is 0"),
        ({"sampling": "all"}, "nothing is drawn"),
        ({"sampling": "some"}, "sampling is 'some'; it must be"),
        ({"n_draws": 0}, "n_draws is 0"),
        ({"n_draws": 2**32}, "n_draws is 4294967296"),
        ({"sampling": "without_replacement", "n_draws": 5}, "asks for 5 rows"),
        ({"tree": -1}, "tree is -1"),
    ],
)
def test_core_refuses_what_no_trainer_had(change, message):
    arguments = {
        "order": np.arange(4, dtype=np.uint32),
        "sample_weight": None,
        "sampling": "with_replacement",
        "n_draws": 4,
        "seed": 0,
        "tree": 0,
    }
    assert core.draw_counts(**arguments).sum() == 4
    with pytest.raises(ValueError, match=message):
        core.draw_counts(**arguments | change)


MODELS = {
    "forest": lambda: make("RandomForestRegressor"),
    "some rows": lambda: make("ExtraTreesRegressor", bootstrap=True, max_samples=40),
    "bagging": lambda: gbengine.BaggingRegressor(random_state=0),
    "pasting": lambda: gbengine.BaggingRegressor(bootstrap=False, max_samples=30, random_state=0),
    "isolation": lambda: gbengine.IsolationForest(n_estimators=5, max_samples=20, random_state=0),
}


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("weight", WEIGHTS)
def test_rows_are_those_of_the_trees(kind, weight):
    X = float32_table(N_ROWS)
    model = MODELS[kind]()
    model.set_params(**{"keep_statistics": True} if hasattr(model, "keep_statistics") else {})
    y = targets("RandomForestRegressor", X)
    model.fit(X, y, WEIGHTS[weight])
    for rows, tree in zip(model.estimators_samples_, model.estimators_, strict=True):
        assert tree.tree_.n_node_samples[0] == len(np.unique(rows))
        assert tree.tree_.weighted_n_node_samples[0] == len(rows)
        if kind != "isolation":
            assert tree.tree_.value[0, 0, 0] == pytest.approx(y[rows].mean())


def test_rows_survive_a_pickle_and_a_change_of_the_weights():
    X, weight = float32_table(N_ROWS), WEIGHTS["broken"].copy()
    model = make("RandomForestRegressor").fit(X, targets("RandomForestRegressor", X), weight)
    before = model.estimators_samples_
    weight[:] = 1
    for again in (model, pickle.loads(pickle.dumps(model))):
        for a, b in zip(before, again.estimators_samples_, strict=True):
            np.testing.assert_array_equal(a, b)


def test_rows_without_draws_are_nobody_elses():
    X = float32_table(N_ROWS)
    weight = np.tile([0, 1, 1], 50)
    model = make("ExtraTreesRegressor").fit(X, targets("ExtraTreesRegressor", X), weight)
    model.estimators_samples_[0][:] = -1
    np.testing.assert_array_equal(model.estimators_samples_[0], np.flatnonzero(weight))


def test_warm_start_on_the_same_rows_keeps_one_order():
    X = float32_table(N_ROWS)
    y = targets("RandomForestRegressor", X)
    model = make("RandomForestRegressor", n_estimators=2, warm_start=True).fit(X, y)
    for n_trees in (3, 5):
        model.set_params(n_estimators=n_trees).fit(X, y)
    assert len(model._draws) == 1
    whole = make("RandomForestRegressor", n_estimators=5).fit(X, y)
    np.testing.assert_array_equal(model.estimators_samples_, whole.estimators_samples_)
    model.set_params(n_estimators=6).fit(X[:100], y[:100])
    model.set_params(n_estimators=7).fit(X[:100], y[:100], WEIGHTS["broken"][:100])
    with pytest.warns(UserWarning, match="grows no tree"):
        model.fit(X, y)
    assert [draws.n_trees for draws in model._draws] == [5, 1, 1]
    assert [len(rows) for rows in model.estimators_samples_] == [N_ROWS] * 5 + [100] * 2


def test_a_pickle_does_not_grow_with_rows_times_trees():
    X = np.random.default_rng(0).normal(size=(4000, 2))
    sizes = [
        len(
            pickle.dumps(make("RandomForestRegressor", n_estimators=n, max_depth=1).fit(X, X[:, 0]))
        )
        for n in (2, 22)
    ]
    assert sizes[0] > 4 * len(X)
    assert sizes[1] - sizes[0] < 20 * 3 * 50

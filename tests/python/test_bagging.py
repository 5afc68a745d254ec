"""Bagging of our trees: draws, means, out-of-bag scores, invariances, warm start, errors."""

import numpy as np
import pytest
import sklearn.ensemble
from forest_support import float32_table, is_classifier, targets
from sklearn.base import clone
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import train_test_split

import gbengine
from gbengine import (
    BaggingClassifier,
    BaggingRegressor,
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    ExtraTreeClassifier,
    ExtraTreeRegressor,
)
from gbengine._grow import make_trainer, read_rows
from gbengine._tree_config import Sampling, tree_config

NAMES = ["BaggingClassifier", "BaggingRegressor"]
TREES = [DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeClassifier, ExtraTreeRegressor]


def make(name, **params):
    return getattr(gbengine, name)(**{"n_estimators": 7, "random_state": 3} | params)


def numbers(model, X):
    predict = getattr(model, "predict_proba", model.predict)
    return np.array(predict(X))


def problem(name, n_rows=150, n_outputs=1):
    X = float32_table(n_rows)
    return X, targets(name, X, n_outputs)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("params", [{}, {"max_features": 2}, {"bootstrap_features": True}], ids=str)
def test_prediction_is_the_mean_of_the_trees_on_their_columns(name, params):
    X, y = problem(name)
    model = make(name, **params).fit(X, y)
    trees, columns = model.estimators_, model.estimators_features_
    assert len(trees) == len(columns) == len(model) == 7
    parts = [numbers(tree, X[:, of_tree]) for tree, of_tree in zip(trees, columns, strict=True)]
    np.testing.assert_allclose(numbers(model, X), np.mean(parts, axis=0), rtol=1e-14, atol=1e-14)
    assert [tree.n_features_in_ for tree in trees] == [len(of_tree) for of_tree in columns]


def test_columns_drawn():
    X, y = problem("BaggingRegressor")
    drawn = make("BaggingRegressor", n_estimators=60, max_features=0.5).fit(X, y)
    columns = drawn.estimators_features_
    assert {len(of_tree) for of_tree in columns} == {2}
    assert all(np.all(np.diff(of_tree) > 0) for of_tree in columns)
    assert len({tuple(of_tree) for of_tree in columns}) == 6  # every pair of four
    twice = make("BaggingRegressor", n_estimators=60, bootstrap_features=True).fit(X, y)
    lengths = {len(of_tree) for of_tree in twice.estimators_features_}
    assert min(lengths) < 4 and max(lengths) <= 4  # noqa: PT018 (one statement on one set)
    everything = make("BaggingRegressor").fit(X, y)
    assert all(of_tree.tolist() == [0, 1, 2, 3] for of_tree in everything.estimators_features_)


@pytest.mark.parametrize(
    ("params", "n_drawn", "n_distinct"),
    [
        ({}, 150, (70, 120)),
        ({"max_samples": 40}, 40, (25, 40)),
        ({"max_samples": 0.5, "bootstrap": False}, 75, (75, 75)),
        ({"bootstrap": False}, 150, (150, 150)),
    ],
)
def test_rows_drawn(params, n_drawn, n_distinct):
    X, y = problem("BaggingRegressor")
    model = make("BaggingRegressor", **params).fit(X, y)
    samples = model.estimators_samples_
    assert len(samples) == 7
    for rows in samples:
        assert len(rows) == n_drawn
        assert n_distinct[0] <= len(set(rows)) <= n_distinct[1]
    if n_distinct[0] < 150:
        assert any(set(samples[0]) != set(rows) for rows in samples[1:])


@pytest.mark.parametrize("name", NAMES)
def test_a_tree_is_what_the_tree_alone_is_on_its_rows(name):
    # Nodes of many rows, so that no two splits are equally good.
    X = np.random.default_rng(0).normal(size=(2000, 4))
    y = targets(name, X)
    tree = (DecisionTreeClassifier if is_classifier(name) else DecisionTreeRegressor)(
        min_weight_fraction_leaf=0.05, max_depth=3
    )
    model = make(name, estimator=tree, max_features=3).fit(X, y)
    codes = np.unique(y, return_inverse=True)[1] if is_classifier(name) else y
    for fitted, rows, columns in zip(
        model.estimators_, model.estimators_samples_, model.estimators_features_, strict=True
    ):
        alone = clone(tree).fit(X[rows][:, columns], codes[rows])
        assert alone.get_n_leaves() > 3
        np.testing.assert_array_equal(alone.tree_.threshold, fitted.tree_.threshold)
        np.testing.assert_array_equal(alone.tree_.feature, fitted.tree_.feature)
        np.testing.assert_allclose(alone.tree_.value, fitted.tree_.value, rtol=1e-12)


@pytest.mark.parametrize("tree", TREES)
def test_parameters_of_the_tree_count(tree):
    name = "BaggingClassifier" if is_classifier(tree.__name__) else "BaggingRegressor"
    X, y = problem(name)
    model = make(name, estimator=tree(max_depth=2, min_samples_leaf=5)).fit(X, y)
    assert "_peer" not in model.__dict__
    assert all(type(one) is tree for one in model.estimators_)
    assert max(one.get_depth() for one in model.estimators_) == 2
    assert min(one.tree_.n_node_samples.min() for one in model.estimators_) >= 5
    assert not np.array_equal(numbers(model, X), numbers(make(name).fit(X, y), X))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "params", [{}, {"bootstrap": False, "max_samples": 0.6}, {"max_features": 2}], ids=str
)
def test_invariances(name, params):
    X, y = problem(name)
    model = make(name, **params).fit(X, y)
    order = np.random.default_rng(0).permutation(len(X))
    moved = make(name, **params, n_jobs=1).fit(X[order], y[order])
    np.testing.assert_array_equal(numbers(model, X), numbers(moved, X))
    several = make(name, **params, n_jobs=5).fit(np.asfortranarray(X, dtype=np.float64), y)
    np.testing.assert_array_equal(numbers(model, X), numbers(several, X))
    other = make(name, **params, random_state=4).fit(X, y)
    assert not np.array_equal(numbers(model, X), numbers(other, X))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "params", [{}, {"max_samples": 0.6}, {"bootstrap": False, "max_samples": 0.6}], ids=str
)
def test_weights_are_copies_and_zeros_are_left_out(name, params):
    X, y = problem(name)
    weight = np.random.default_rng(1).integers(0, 4, len(X))
    weighted = make(name, **params).fit(X, y, sample_weight=weight)
    repeated = make(name, **params).fit(np.repeat(X, weight, axis=0), np.repeat(y, weight))
    np.testing.assert_array_equal(numbers(weighted, X), numbers(repeated, X))
    assert all(weight[rows].min() > 0 for rows in weighted.estimators_samples_)


def test_fractional_weights_are_chances_and_idle_where_all_rows_are_drawn():
    X, y = problem("BaggingRegressor")
    weight = np.where(np.arange(len(X)) < 75, 1.5, 0.01)
    model = make("BaggingRegressor").fit(X, y, sample_weight=weight)
    assert np.mean(np.concatenate(model.estimators_samples_) < 75) > 0.95
    with pytest.warns(UserWarning, match="weights have no effect"):
        make("BaggingRegressor", bootstrap=False).fit(X, y, sample_weight=weight)


@pytest.mark.parametrize("name", NAMES)
def test_several_outputs(name):
    X, y = problem(name, n_outputs=2)
    model = make(name).fit(X, y)
    assert model.predict(X).shape == y.shape
    assert model.n_outputs_ == 2
    parts = [numbers(tree, X) for tree in model.estimators_]
    np.testing.assert_allclose(numbers(model, X), np.mean(parts, axis=0), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("name", NAMES)
def test_out_of_bag(name):
    X, y = problem(name)
    model = make(name, n_estimators=60, oob_score=True).fit(X, y)
    is_class = is_classifier(name)
    total = np.zeros((len(X), 3) if is_class else len(X))
    count = np.zeros(len(X))
    for tree, rows in zip(model.estimators_, model.estimators_samples_, strict=True):
        left_out = np.setdiff1d(np.arange(len(X)), rows)
        total[left_out] += numbers(tree, X[left_out])
        count[left_out] += 1
    assert count.min() > 0
    mean = (total.T / count).T
    ours = model.oob_decision_function_ if is_class else model.oob_prediction_
    np.testing.assert_allclose(ours, mean, rtol=1e-12, atol=1e-12)
    score = (
        accuracy_score(y, model.classes_[mean.argmax(axis=1)]) if is_class else r2_score(y, mean)
    )
    assert model.oob_score_ == pytest.approx(score, rel=1e-12)


@pytest.mark.parametrize("params", [{"bootstrap": False}, {"warm_start": True}])
def test_out_of_bag_where_scikit_learn_has_none(params):
    X, y = problem("BaggingRegressor")
    with pytest.raises(ValueError, match=f"oob_score=True .*{next(iter(params))}="):
        make("BaggingRegressor", oob_score=True, **params).fit(X, y)


@pytest.mark.parametrize("name", NAMES)
def test_warm_start_gives_what_one_fit_gives(name):
    X, y = problem(name)
    params = {"max_features": 2, "random_state": 8}
    at_once = make(name, n_estimators=9, **params).fit(X, y)
    model = make(name, n_estimators=4, warm_start=True, **params).fit(X, y)
    model.set_params(n_estimators=9).fit(X, y)
    np.testing.assert_array_equal(numbers(at_once, X), numbers(model, X))
    for attribute in ("estimators_features_", "estimators_samples_"):
        for a, b in zip(getattr(at_once, attribute), getattr(model, attribute), strict=True):
            np.testing.assert_array_equal(a, b)
    with pytest.warns(UserWarning, match="grows no tree"):
        model.fit(X, y)
    with pytest.raises(ValueError, match="n_estimators=5 must be at least 9"):
        model.set_params(n_estimators=5).fit(X, y)
    with pytest.raises(ValueError, match="estimator must stay of its kind"):
        model.set_params(estimator=sklearn.ensemble.ExtraTreesRegressor(5)).fit(X, y)


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"max_features": 5}, "max_features=5 must be at most 4"),
        ({"max_samples": 151, "bootstrap": False}, "max_samples asks for 151 rows"),
        ({"estimator": DecisionTreeRegressor(max_depth=0)}, "max_depth.* DecisionTreeRegressor"),
        ({"max_samples": 1.5}, "max_samples.*1.5"),
        ({"estimator": 3}, "estimator.*3"),
    ],
)
def test_errors(params, match):
    X, y = problem("BaggingRegressor")
    with pytest.raises(ValueError, match=match):
        make("BaggingRegressor", **params).fit(X, y)


def test_trees_take_no_other_arguments():
    X, y = problem("BaggingRegressor")
    model = make("BaggingRegressor")
    with pytest.raises(TypeError, match=r"fit of BaggingRegressor got \['groups'\]"):
        model.fit(X, y, groups=y)
    with pytest.raises(TypeError, match=r"takes X only, but got \['n'\]"):
        model.fit(X, y).predict(X, n=1)


def test_failed_fit_changes_nothing():
    X, y = problem("BaggingRegressor")
    model = make("BaggingRegressor").fit(X, y)
    before = model.predict(X)
    model.set_params(max_features=5)
    with pytest.raises(ValueError, match="max_features"):
        model.fit(X, y)
    np.testing.assert_array_equal(model.predict(X), before)


@pytest.mark.parametrize(
    ("data", "params"),
    [("covtype_10k", {}), ("covtype_10k", {"max_features": 0.5}), ("california_housing", {})],
)
def test_scores_as_scikit_learn_on_real_data(real_data, data, params):
    data = real_data(data)
    X, y = data.X.to_numpy()[:6000], data.y[:6000]
    name = "BaggingRegressor" if data.task == "regression" else "BaggingClassifier"
    parts = train_test_split(X, y, test_size=0.5, random_state=0)
    settings = {"n_estimators": 60, "random_state": 0} | params
    ours = getattr(gbengine, name)(oob_score=True, **settings).fit(parts[0], parts[2])
    theirs = getattr(sklearn.ensemble, name)(**settings).fit(parts[0], parts[2])
    score, their_score = (model.score(parts[1], parts[3]) for model in (ours, theirs))
    assert score == pytest.approx(their_score, abs=0.015)
    assert ours.oob_score_ == pytest.approx(score, abs=0.03)


def test_default_trees_are_those_of_the_forest_without_drawn_columns():
    X, y = problem("BaggingRegressor")
    bagging = BaggingRegressor(n_estimators=5, random_state=1).fit(X, y)
    forest = gbengine.RandomForestRegressor(n_estimators=5, random_state=1).fit(X, y)
    np.testing.assert_array_equal(bagging.predict(X), forest.predict(X))


def test_class_that_few_trees_see():
    X = np.arange(40.0).reshape(-1, 1)
    y = np.r_[np.zeros(39), 7].astype(int)
    model = BaggingClassifier(n_estimators=25, random_state=0, max_samples=0.5).fit(X, y)
    assert model.classes_.tolist() == [0, 7]
    assert 0 < model.predict_proba(X[-1:])[0, 1] < 1
    np.testing.assert_array_equal(model.predict_proba(X).sum(axis=1), 1)


def test_columns_of_a_tree_that_is_not_there():
    X, y = problem("BaggingRegressor")
    tree = DecisionTreeRegressor()
    params = tree._check_params()
    rows = read_rows(tree, params, (X, y, None), warns_of_column=False)
    trainer = make_trainer(rows, params, tree_config(params, rows.size, 0, Sampling()))
    trainer.run(1)
    assert trainer.columns_of(0).tolist() == [0, 1, 2, 3]
    for wrong in (-1, 1):
        with pytest.raises(ValueError, match=f"tree {wrong} is not among the model's 1"):
            trainer.columns_of(wrong)

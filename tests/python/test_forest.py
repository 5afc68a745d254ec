"""Forests: their trees as estimators, rows drawn, leaves, proximity, warm start."""

import numpy as np
import pytest
from forest_support import (
    FORESTS,
    float32_table,
    is_classifier,
    make,
    n_unlike,
    path_of,
    peer,
    targets,
)

import gbengine


@pytest.fixture(params=FORESTS)
def name(request):
    return request.param


def fitted(name, n_outputs=1, **params):
    X = float32_table()
    y = targets(name, X, n_outputs)
    return make(name, **params).fit(X, y), X, y


def as_array(predicted):
    """Probabilities or numbers of all outputs side by side."""
    return np.hstack(predicted) if isinstance(predicted, list) else predicted


def means(model, X):
    return as_array(model.predict_proba(X) if hasattr(model, "predict_proba") else model.predict(X))


@pytest.mark.parametrize("n_outputs", [1, 2])
def test_forest_is_the_mean_of_its_trees(name, n_outputs):
    model, X, _ = fitted(name, n_outputs)
    trees = [means(tree, X) for tree in model.estimators_]
    assert len(trees) == 7
    np.testing.assert_allclose(means(model, X), np.mean(trees, axis=0), rtol=1e-12)


def test_trees_are_a_sequence(name):
    model, X, _ = fitted(name)
    trees = model.estimators_
    kind = type(model).__name__.replace("RandomForest", "DecisionTree").replace("Trees", "Tree")
    assert type(trees[0]) is getattr(gbengine, kind)
    assert type(model.estimator_) is type(trees[0])
    assert len(trees) == len(model) == 7
    np.testing.assert_array_equal(trees[-1].apply(X), trees[6].apply(X))
    assert [tree.get_n_leaves() for tree in trees[2:4]] == [
        tree.get_n_leaves() for tree in list(trees)[2:4]
    ]
    assert [t.get_depth() for t in model] == [t.get_depth() for t in trees]
    with pytest.raises(IndexError):
        trees[7]
    assert trees[0].get_params()["max_features"] == model.max_features
    if is_classifier(name):
        assert trees[0].classes_.tolist() == [0, 1, 2]
        assert set(trees[0].predict(X)) <= {0.0, 1.0, 2.0}


def test_leaves_are_those_of_the_trees(name):
    model, X, _ = fitted(name, keep_statistics=True)
    applied = model.apply(X)
    assert applied.shape == (len(X), 7)
    indicator, begin = model.decision_path(X)
    for i, tree in enumerate(model.estimators_):
        np.testing.assert_array_equal(applied[:, i], tree.tree_.apply(X))
        path = indicator[:, begin[i] : begin[i + 1]]
        assert n_unlike(path, path_of(tree.tree_, X)) == 0


@pytest.mark.parametrize("n_outputs", [1, 2])
def test_forest_of_scikit_learn(name, n_outputs):
    model, X, _ = fitted(name, n_outputs, keep_statistics=True)
    twin = model.to_sklearn()
    assert type(twin) is type(peer(name))
    np.testing.assert_allclose(means(twin, X), means(model, X), rtol=1e-12)
    np.testing.assert_array_equal(twin.apply(X), model.apply(X))
    np.testing.assert_allclose(
        twin.feature_importances_, model.feature_importances_, rtol=1e-6, atol=1e-9
    )


def test_proximity_counts_trees(name):
    model, X, _ = fitted(name, max_depth=4)
    leaves = model.apply(X)
    share = np.mean(leaves[:, np.newaxis] == leaves[np.newaxis, :30], axis=2)
    np.testing.assert_allclose(model.proximity(X, X[:30]).toarray(), share, rtol=1e-12)
    np.testing.assert_allclose(model.proximity(X)[:, :30].toarray(), share, rtol=1e-12)


@pytest.mark.parametrize(
    ("max_samples", "weight", "n_draws"),
    [
        (None, None, 150),
        (40, None, 40),
        (0.5, None, 75),
        (1.2, None, 180),
        (None, "whole", 225),
        (None, "broken", 150),
        (0.4, "whole", 90),
        (40, "broken", 40),
    ],
)
def test_rows_drawn(max_samples, weight, n_draws):
    X = float32_table()
    y = targets("RandomForestRegressor", X)
    weights = {None: None, "whole": np.tile([1, 2], 75), "broken": np.tile([0.5, 1.5], 75)}[weight]
    model = make("RandomForestRegressor", max_samples=max_samples).fit(X, y, weights)
    samples = model.estimators_samples_
    assert [len(rows) for rows in samples] == [n_draws] * 7
    assert len({tuple(rows) for rows in samples}) == 7
    assert all(rows.min() >= 0 and rows.max() < 150 for rows in samples)


def test_trees_saw_the_rows_drawn():
    model, _, y = fitted("RandomForestRegressor", keep_statistics=True)
    for rows, tree in zip(model.estimators_samples_, model.estimators_, strict=True):
        assert tree.tree_.value[0, 0, 0] == pytest.approx(y[rows].mean())
        assert tree.tree_.weighted_n_node_samples[0] == pytest.approx(len(rows))


def test_rows_of_weight_zero_are_never_drawn():
    X = float32_table()
    y = targets("RandomForestRegressor", X)
    weight = np.tile([0, 1, 1], 50)
    model = make("RandomForestRegressor").fit(X, y, weight)
    assert all((rows % 3 > 0).all() for rows in model.estimators_samples_)
    kept = np.flatnonzero(weight)
    np.testing.assert_array_equal(
        model.predict(X), make("RandomForestRegressor").fit(X[kept], y[kept]).predict(X)
    )


def test_without_bootstrap_every_tree_sees_every_row():
    model, X, _ = fitted("ExtraTreesRegressor")
    for rows in model.estimators_samples_:
        np.testing.assert_array_equal(rows, np.arange(len(X)))


def test_one_tree_without_draws_is_a_decision_tree():
    for task in ("Classifier", "Regressor"):
        params = {"n_estimators": 1, "bootstrap": False, "max_features": None}
        model, X, y = fitted(f"RandomForest{task}", **params)
        tree = make(f"DecisionTree{task}").fit(X, y)
        np.testing.assert_array_equal(means(model, X), means(tree, X))
        np.testing.assert_array_equal(model.apply(X)[:, 0], tree.apply(X))


def test_weights_are_copies(name):
    X = float32_table()
    y = targets(name, X)
    weight = np.random.default_rng(2).integers(0, 4, size=len(X))
    copies = np.repeat(np.arange(len(X)), weight)
    a = make(name).fit(X, y, weight)
    b = make(name).fit(X[copies], y[copies])
    np.testing.assert_array_equal(means(a, X), means(b, X))


def test_order_of_rows_and_number_of_threads_do_not_matter(name):
    model, X, y = fitted(name, n_jobs=1)
    order = np.random.default_rng(0).permutation(len(X))
    again = make(name, n_jobs=2).fit(X[order], y[order])
    np.testing.assert_array_equal(means(model, X), means(again, X))
    np.testing.assert_array_equal(model.feature_importances_, again.feature_importances_)


def test_warm_start_adds_the_trees_that_come_next(name):
    whole, X, y = fitted(name)
    model = make(name, n_estimators=3, warm_start=True).fit(X, y)
    first = model.estimators_[0].apply(X)
    model.set_params(n_estimators=7).fit(X, y)
    np.testing.assert_array_equal(model.estimators_[0].apply(X), first)
    np.testing.assert_array_equal(means(model, X), means(whole, X))
    np.testing.assert_allclose(model.feature_importances_, whole.feature_importances_, rtol=1e-12)
    for a, b in zip(model.estimators_samples_, whole.estimators_samples_, strict=True):
        np.testing.assert_array_equal(a, b)


def test_warm_start_refuses_what_does_not_fit():
    model, X, y = fitted("RandomForestClassifier", warm_start=True)
    before = model.predict_proba(X)
    with pytest.raises(ValueError, match="n_estimators=3 must be at least 7"):
        model.set_params(n_estimators=3).fit(X, y)
    model.set_params(n_estimators=9)
    with pytest.raises(ValueError, match="number of features"):
        model.fit(X[:, :2], y)
    with pytest.raises(ValueError, match="set of classes"):
        model.fit(X, np.where(y == "low", "other", y))
    with pytest.raises(ValueError, match="random_state must stay"):
        model.set_params(random_state=4).fit(X, y)
    np.testing.assert_array_equal(model.predict_proba(X), before)


def test_warm_start_without_new_trees_is_warned_about():
    model, X, y = fitted("RandomForestRegressor", warm_start=True)
    before = model.predict(X)
    with pytest.warns(UserWarning, match="grows no tree"):
        model.fit(X, y)
    np.testing.assert_array_equal(model.predict(X), before)


def test_warm_start_with_balanced_classes_is_warned_about():
    params = {"warm_start": True, "class_weight": "balanced"}
    model, X, y = fitted("RandomForestClassifier", **params)
    with pytest.warns(UserWarning, match="balances on the rows of each call"):
        model.set_params(n_estimators=8).fit(X, y)


def test_balanced_subsample_without_draws_is_balanced():
    params = {"bootstrap": False, "max_depth": 3}
    a, X, _ = fitted("RandomForestClassifier", class_weight="balanced_subsample", **params)
    b, _, _ = fitted("RandomForestClassifier", class_weight="balanced", **params)
    np.testing.assert_array_equal(means(a, X), means(b, X))


def test_balanced_subsample_balances_each_tree():
    params = {"class_weight": "balanced_subsample", "keep_statistics": True}
    model, _, _ = fitted("RandomForestClassifier", **params)
    for tree in model.estimators_:
        np.testing.assert_allclose(tree.tree_.value[0, 0], 1 / 3, rtol=1e-5)


@pytest.mark.parametrize("forest", ["RandomForestRegressor", "ExtraTreesRegressor"])
@pytest.mark.parametrize("n_outputs", [1, 2])
def test_quantiles(forest, n_outputs):
    X = float32_table()
    y = targets(forest, X, n_outputs)
    params = {"keep_leaf_samples": True, "min_samples_leaf": 5}
    weight = np.random.default_rng(0).integers(1, 3, size=len(X)).astype(float)
    model = make(forest, **params).fit(X, y, weight)
    levels = [0.1, 0.5, 0.9]
    found = model.predict(X, quantiles=levels).reshape(len(X), n_outputs, 3)
    leaves, samples = model.apply(X), model.estimators_samples_
    columns = y.reshape(len(X), -1)
    for row in range(0, len(X), 10):
        share = np.zeros(len(X))
        for tree, rows in enumerate(samples):
            inside = rows[leaves[rows, tree] == leaves[row, tree]]
            # Draws have made the weights into counts; without draws they are still to be used.
            mass = np.ones(len(inside)) if model.bootstrap else weight[inside]
            np.add.at(share, inside, mass / mass.sum() / 7)
        for output in range(n_outputs):
            order = np.argsort(columns[:, output])
            reached = np.searchsorted(np.cumsum(share[order]), np.array(levels) - 1e-9)
            assert found[row, output].tolist() == columns[order[reached], output].tolist()


def test_quantiles_need_leaf_samples():
    model, X, _ = fitted("RandomForestRegressor")
    with pytest.raises(ValueError, match="keep_leaf_samples=True"):
        model.predict(X, quantiles=[0.5])


def test_quantiles_after_warm_start():
    params = {"keep_leaf_samples": True, "warm_start": True}
    whole, X, y = fitted("RandomForestRegressor", **params)
    model = make("RandomForestRegressor", **params, n_estimators=3).fit(X, y)
    model.set_params(n_estimators=7).fit(X, y)
    levels = [0.2, 0.8]
    np.testing.assert_array_equal(
        model.predict(X, quantiles=levels), whole.predict(X, quantiles=levels)
    )
    with pytest.raises(ValueError, match="keep_leaf_samples must stay"):
        model.set_params(n_estimators=8, keep_leaf_samples=False).fit(X, y)


def test_progress(capsys):
    fitted("RandomForestRegressor", verbose=2)
    assert "tree 7/7" in capsys.readouterr().out


def test_too_many_draws_are_refused():
    X = float32_table()
    y = targets("RandomForestRegressor", X)
    with pytest.raises(ValueError, match="at most 2147483647 are possible; set max_samples"):
        make("RandomForestRegressor", max_samples=1.0).fit(X, y, np.full(len(X), 2.0**40))


def test_few_draws_are_warned_about():
    X = float32_table()
    y = targets("RandomForestRegressor", X)
    with pytest.warns(UserWarning, match=r"max_samples=0.01 .* draws only 1 rows"):
        make("RandomForestRegressor", max_samples=0.01).fit(X, y)


def test_column_of_targets_is_warned_about(name):
    from sklearn.exceptions import DataConversionWarning

    X = float32_table()
    with pytest.warns(DataConversionWarning, match="column-vector y"):
        make(name).fit(X, targets(name, X).reshape(-1, 1))

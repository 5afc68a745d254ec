"""What forests keep and what they do without: statistics of nodes, size of a pickle."""

import pickle

import numpy as np
import pytest
from forest_support import FORESTS, float32_table, is_classifier, make, peer, targets

import gbengine

CRITERIA = [
    (name, criterion)
    for name in FORESTS
    for criterion in (
        ("gini", "entropy")
        if is_classifier(name)
        else ("squared_error", "absolute_error", "poisson")
    )
]


def fitted(name, n_rows=150, **params):
    X = float32_table(n_rows)
    y = targets(name, X)
    return make(name, **params).fit(X, y if is_classifier(name) else np.exp(y)), X


def size(model):
    return len(pickle.dumps(model))


def assert_same_trees(a, b, X):
    np.testing.assert_array_equal(a.apply(X), b.apply(X))
    np.testing.assert_array_equal(a.predict(X), b.predict(X))
    np.testing.assert_array_equal(a.feature_importances_, b.feature_importances_)
    np.testing.assert_array_equal(a.decision_path(X)[1], b.decision_path(X)[1])


@pytest.mark.parametrize(("name", "criterion"), CRITERIA)
@pytest.mark.parametrize(
    "limits", [{}, {"ccp_alpha": 0.03}, {"min_impurity_decrease": 0.01}, {"max_leaf_nodes": 9}]
)
def test_trees_are_the_same_with_and_without(name, criterion, limits):
    kept, X = fitted(name, criterion=criterion, keep_statistics=True, **limits)
    dropped, _ = fitted(name, criterion=criterion, **limits)
    assert_same_trees(kept, dropped, X)
    n_nodes = len(kept._model.to_arrays()["feature"])
    free, _ = fitted(name, criterion=criterion)
    assert limits == {} or n_nodes < len(free._model.to_arrays()["feature"])


@pytest.mark.parametrize("name", FORESTS)
@pytest.mark.parametrize("ccp_alpha", [0.0, 0.01])
def test_what_nodes_keep(name, ccp_alpha):
    kept, _ = fitted(name, keep_statistics=True, ccp_alpha=ccp_alpha)
    dropped, _ = fitted(name, ccp_alpha=ccp_alpha)
    names = [set(model._model.to_arrays()) for model in (kept, dropped)]
    assert names[0] - names[1] == {"impurity", "n_samples"}
    assert "split_gain" not in names[0]
    assert "hess_sum" in names[1]
    assert size(kept) - size(dropped) == pytest.approx(
        16 * len(kept._model.to_arrays()["feature"]), abs=300
    )


@pytest.mark.parametrize("name", [*FORESTS, "RandomTreesEmbedding"])
def test_without_statistics_there_is_no_tree_of_scikit_learn(name):
    X = float32_table()
    model = getattr(gbengine, name)(n_estimators=3)
    model.fit(X, None if name == "RandomTreesEmbedding" else targets(name, X))
    tree = model.estimators_[1]
    assert not hasattr(tree, "tree_")
    advice = "fit with keep_statistics=True"
    for attribute in ("tree_", "feature_importances_"):
        with pytest.raises(AttributeError, match=advice):
            getattr(tree, attribute)
    for action in (tree.to_sklearn, model.to_sklearn, lambda: gbengine.export_text(tree)):
        with pytest.raises(ValueError, match=advice):
            action()
    assert tree.get_n_leaves() > 1
    np.testing.assert_array_equal(tree.apply(X), model.apply(X)[:, 1])
    model.set_params(keep_statistics=True)
    model.fit(X, None if name == "RandomTreesEmbedding" else targets(name, X))
    assert model.estimators_[1].tree_.n_node_samples[0] > 0


def test_all_trees_have_statistics_or_none():
    model, X = fitted("RandomForestRegressor", warm_start=True)
    with pytest.raises(ValueError, match="keep_statistics must stay as in the first fit"):
        model.set_params(n_estimators=9, keep_statistics=True).fit(X, X[:, 0] == 1)


@pytest.mark.parametrize("name", FORESTS)
def test_half_of_scikit_learns_pickle(name):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(5000, 10))
    y = X[:, 0] + X[:, 1] ** 2 + rng.normal(size=len(X))
    y = (y > 1).astype(int) if is_classifier(name) else y
    params = {"n_estimators": 20, "random_state": 0}
    ours, theirs = make(name, **params).fit(X, y), peer(name, **params).fit(X, y)
    n_nodes = len(ours._model.to_arrays()["feature"])
    assert n_nodes == pytest.approx(sum(t.tree_.node_count for t in theirs.estimators_), rel=0.05)
    assert size(ours) <= 0.5 * size(theirs)


def test_arrays_of_the_model_can_be_seen_without_a_copy():
    model, _ = fitted("RandomForestRegressor")
    copies, views = model._model.to_arrays(), model._model.to_arrays(copy=False)
    again = model._model.to_arrays(copy=False)
    del model
    assert copies.keys() == views.keys()
    for name, view in views.items():
        np.testing.assert_array_equal(view, copies[name], strict=True)
        assert copies[name].flags.writeable
        if name not in ("n_features", "leaf_width"):
            assert not view.flags.writeable
            assert np.shares_memory(view, again[name])

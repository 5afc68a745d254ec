"""Single trees: ``tree_``, node numbers, scikit-learn's own trees, pruning, several outputs."""

import numpy as np
import pandas as pd
import pytest
from forest_support import (
    TREES,
    float32_table,
    is_classifier,
    make,
    n_unlike,
    path_of,
    peer,
    targets,
)
from sklearn.tree._tree import Tree, ccp_pruning_path

import gbengine

TASKS = ["DecisionTreeClassifier", "DecisionTreeRegressor"]
CRITERIA = [
    ("DecisionTreeClassifier", "gini"),
    ("DecisionTreeClassifier", "entropy"),
    ("DecisionTreeRegressor", "squared_error"),
    ("DecisionTreeRegressor", "absolute_error"),
    ("DecisionTreeRegressor", "poisson"),
]


@pytest.fixture(params=TREES)
def name(request):
    return request.param


def fitted(name, n_outputs=1, **params):
    X = float32_table()
    y = targets(name, X, n_outputs)
    return make(name, **params).fit(X, y), X, y


@pytest.mark.parametrize(("name", "criterion"), CRITERIA)
def test_same_tree_as_scikit_learn(name, criterion):
    """Few large nodes on many distinct values: no two splits are equally good."""
    rng = np.random.default_rng(6)
    X = rng.normal(size=(400, 4)).astype(np.float32)
    y = targets(name, X)
    y = y - y.min() if criterion == "poisson" else y
    params = {"criterion": criterion, "max_depth": 4, "min_samples_leaf": 12}
    ours, theirs = make(name, **params).fit(X, y), peer(name, random_state=0, **params).fit(X, y)
    a, b = ours.tree_, theirs.tree_
    for field in ("children_left", "children_right", "feature", "n_node_samples"):
        np.testing.assert_array_equal(getattr(a, field), getattr(b, field), err_msg=field)
    for field in ("impurity", "value", "weighted_n_node_samples"):
        np.testing.assert_allclose(getattr(a, field), getattr(b, field), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(ours.apply(X), theirs.apply(X))
    np.testing.assert_allclose(ours.feature_importances_, theirs.feature_importances_, atol=1e-5)


@pytest.mark.parametrize("n_outputs", [1, 2])
def test_tree_is_scikit_learns_and_predicts_the_same(name, n_outputs):
    model, X, _ = fitted(name, n_outputs)
    tree = model.tree_
    assert type(tree) is Tree
    assert model.tree_ is tree
    assert tree.node_count == len(tree.feature)
    np.testing.assert_array_equal(model.apply(X), tree.apply(X))
    assert n_unlike(model.decision_path(X), path_of(tree, X)) == 0
    values = tree.predict(X).reshape(len(X), n_outputs, -1)
    raw = model.predict_proba(X) if is_classifier(name) else model.predict(X).reshape(len(X), -1).T
    for output in range(n_outputs):
        ours = raw if is_classifier(name) and n_outputs == 1 else raw[output]
        np.testing.assert_allclose(ours.reshape(len(X), -1), values[:, output], atol=1e-15)
    assert (model.get_depth(), model.get_n_leaves()) == (tree.max_depth, tree.n_leaves)
    np.testing.assert_array_equal(model.feature_importances_, tree.compute_feature_importances())


def test_numbers_of_nodes_are_depth_first(name):
    tree = fitted(name)[0].tree_
    inner = np.flatnonzero(tree.children_left >= 0)
    assert len(inner) > 3
    np.testing.assert_array_equal(tree.children_left[inner], inner + 1)
    assert (tree.children_right[inner] > tree.children_left[inner]).all()
    assert (tree.feature[tree.children_left < 0] == -2).all()
    rows = tree.n_node_samples
    children = rows[tree.children_left[inner]] + rows[tree.children_right[inner]]
    np.testing.assert_array_equal(rows[inner], children)


@pytest.mark.parametrize("n_outputs", [1, 2])
def test_estimator_of_scikit_learn(name, n_outputs):
    model, X, y = fitted(name, n_outputs, max_depth=5)
    twin = model.to_sklearn()
    assert type(twin) is type(peer(name))
    assert twin.get_params().items() <= model.get_params().items()
    np.testing.assert_array_equal(twin.predict(X), model.predict(X))
    if n_outputs == 1:  # scikit-learn has no score for several outputs of many classes
        assert twin.score(X, y) == pytest.approx(model.score(X, y))
    for attribute in ("n_features_in_", "n_outputs_", "max_features_"):
        assert getattr(twin, attribute) == getattr(model, attribute)
    twin.tree_.value[:] = 0  # a tree of its own
    assert model.tree_.value.any()


def test_shapes_of_several_outputs_are_those_of_scikit_learn(name):
    model, X, y = fitted(name, 2)
    filled = np.nan_to_num(X)
    theirs = peer(name).fit(filled, y)
    assert model.predict(X).shape == theirs.predict(filled).shape
    assert model.n_outputs_ == theirs.n_outputs_ == 2
    if is_classifier(name):
        assert model.predict(X).dtype == theirs.predict(filled).dtype
        for ours, peers in zip(model.classes_, theirs.classes_, strict=True):
            np.testing.assert_array_equal(ours, peers)
        np.testing.assert_array_equal(model.n_classes_, theirs.n_classes_)
        shapes = [part.shape for part in model.predict_proba(X)]
        assert shapes == [part.shape for part in theirs.predict_proba(filled)]
        for share, log_share in zip(
            model.predict_proba(X), model.predict_log_proba(X), strict=True
        ):
            np.testing.assert_allclose(share.sum(axis=1), 1)
            np.testing.assert_array_equal(np.exp(log_share) > 0, share > 0)


def test_outputs_of_different_kinds_keep_their_labels():
    X = float32_table()
    y = np.empty((len(X), 2), dtype=object)
    y[:, 0] = targets("DecisionTreeClassifier", X)
    y[:, 1] = (np.nan_to_num(X[:, 0]) > 0).astype(int)
    predicted = make("DecisionTreeClassifier").fit(X, y).predict(X)
    assert predicted.dtype == object
    assert np.mean(predicted == y) == 1


def test_column_of_targets_is_flat(name):
    model, X, y = fitted(name)
    column = make(name).fit(X, y.reshape(-1, 1))
    np.testing.assert_array_equal(column.predict(X), model.predict(X))


def test_one_class():
    X = float32_table()
    model = make("DecisionTreeClassifier").fit(X, np.full(len(X), "only"))
    assert model.n_classes_ == 1
    assert set(model.predict(X)) == {"only"}
    np.testing.assert_array_equal(model.predict_proba(X), np.ones((len(X), 1)))
    assert model.get_n_leaves() == 1
    np.testing.assert_array_equal(model.feature_importances_, np.zeros(4))


@pytest.mark.parametrize("name", TASKS)
def test_pruning_path_is_scikit_learns(name):
    model, X, y = fitted(name)
    path = model.cost_complexity_pruning_path(X, y)
    expected = ccp_pruning_path(model.tree_)
    np.testing.assert_allclose(path.ccp_alphas, expected["ccp_alphas"], rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(path.impurities, expected["impurities"], rtol=1e-6, atol=1e-12)
    alpha = (path.ccp_alphas[-3] + path.ccp_alphas[-2]) / 2
    pruned = make(name, ccp_alpha=alpha).fit(X, y)
    assert 1 < pruned.get_n_leaves() < model.get_n_leaves()
    assert make(name, ccp_alpha=2 * path.ccp_alphas[-1]).fit(X, y).get_n_leaves() == 1


def test_class_weights_are_row_weights():
    name = "DecisionTreeClassifier"
    X = float32_table()
    y = targets(name, X)
    factor = {"low": 2.5, "mid": 1.0, "top": 0.5}
    a = make(name, class_weight=factor, max_depth=3).fit(X, y)
    b = make(name, max_depth=3).fit(X, y, sample_weight=[factor[label] for label in y])
    np.testing.assert_array_equal(a.predict_proba(X), b.predict_proba(X))
    balanced = make(name, class_weight="balanced", max_depth=3).fit(X, y)
    np.testing.assert_allclose(balanced.tree_.value[0, 0], 1 / 3)


def test_weights_are_copies(name):
    X = float32_table()
    y = targets(name, X)
    weight = np.random.default_rng(2).integers(0, 4, size=len(X))
    copies = np.repeat(np.arange(len(X)), weight)
    a = make(name, max_leaf_nodes=12).fit(X, y, sample_weight=weight)
    b = make(name, max_leaf_nodes=12).fit(X[copies], y[copies])
    np.testing.assert_array_equal(a.apply(X), b.apply(X))
    np.testing.assert_array_equal(a.tree_.value, b.tree_.value)


def test_order_of_rows_and_number_of_threads_do_not_matter(name):
    model, X, y = fitted(name, n_jobs=1)
    order = np.random.default_rng(0).permutation(len(X))
    again = make(name, n_jobs=2).fit(X[order], y[order])
    np.testing.assert_array_equal(model.apply(X), again.apply(X))
    np.testing.assert_array_equal(model.tree_.threshold, again.tree_.threshold)
    np.testing.assert_array_equal(model.tree_.value, again.tree_.value)


@pytest.mark.parametrize(("name", "direction"), [(name, d) for name in TASKS for d in (-1, 1)])
def test_monotonic_cst(name, direction):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3))
    y = np.sin(3 * X[:, 0]) + X[:, 1]
    y = y > 0 if is_classifier(name) else y
    model = make(name, monotonic_cst=[direction, 0, 0], min_samples_leaf=5).fit(X, y)
    grid = np.repeat(X[:20], 50, axis=0)
    grid[:, 0] = np.tile(np.linspace(-3, 3, 50), 20)
    predicted = model.predict_proba(grid)[:, 1] if is_classifier(name) else model.predict(grid)
    steps = direction * np.diff(predicted.reshape(20, 50), axis=1)
    assert steps.min() >= 0
    assert steps.max() > 0


def test_bins_of_few_values_are_exact():
    X = float32_table().round(1)  # fewer than 255 values a column
    for name in TASKS:
        y = targets(name, X)
        exact = make(name, tree_method="exact").fit(X, y)
        binned = make(name, tree_method="hist").fit(X, y)
        np.testing.assert_array_equal(exact.apply(X), binned.apply(X))
        coarse = make(name, tree_method="hist", max_bins=4).fit(X, y)
        for column in range(4):
            inner = coarse.tree_.feature == column
            assert len(np.unique(coarse.tree_.threshold[inner])) <= 4


def test_log_loss_is_entropy():
    a, X, _ = fitted("DecisionTreeClassifier", criterion="entropy", max_depth=4)
    b, _, _ = fitted("DecisionTreeClassifier", criterion="log_loss", max_depth=4)
    c, _, _ = fitted("DecisionTreeClassifier", criterion="gini", max_depth=4)
    np.testing.assert_array_equal(a.predict_proba(X), b.predict_proba(X))
    assert not np.array_equal(a.tree_.impurity, c.tree_.impurity)


def test_names_of_columns(name):
    X = pd.DataFrame(float32_table(), columns=list("abcd"))
    y = targets(name, X.to_numpy())
    model = make(name).fit(X, y)
    assert model.feature_names_in_.tolist() == list("abcd")
    assert model.to_sklearn().feature_names_in_.tolist() == list("abcd")
    with pytest.raises(ValueError, match="Feature names must be in the same order"):
        model.predict(X[list("badc")])


def test_failed_fit_changes_nothing(name):
    model, X, y = fitted(name)
    before = model.predict(X)
    with pytest.raises(ValueError, match="rows"):
        model.fit(X, y[:-1])
    np.testing.assert_array_equal(model.predict(X), before)


@pytest.mark.parametrize(
    ("name", "y", "params", "error", "match"),
    [
        ("DecisionTreeClassifier", [0.5] * 150, {}, ValueError, "Unknown label type: continuous"),
        ("DecisionTreeRegressor", [np.nan] * 150, {}, ValueError, "Input y contains NaN"),
        ("DecisionTreeRegressor", [-1] * 150, {"criterion": "poisson"}, ValueError, "y >= 0"),
        ("DecisionTreeRegressor", range(150), {"monotonic_cst": [1]}, ValueError, "4 columns of X"),
    ],
)
def test_errors(name, y, params, error, match):
    with pytest.raises(error, match=match):
        make(name, **params).fit(float32_table(), y)


def test_randomness_is_asked_for_only_if_used():
    X = float32_table()
    y = targets("DecisionTreeRegressor", X)
    state = np.random.RandomState(1)
    gbengine.DecisionTreeRegressor(random_state=state).fit(X, y)
    assert state.randint(2**31) == np.random.RandomState(1).randint(2**31)
    trees = [gbengine.ExtraTreeRegressor(random_state=state).fit(X, y) for _ in range(2)]
    assert not np.array_equal(*[tree.tree_.threshold[:3] for tree in trees])

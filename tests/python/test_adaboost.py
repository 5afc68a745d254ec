"""AdaBoost on trees: the naive twin, scikit-learn's weights, invariances, stages."""

import numpy as np
import pytest
import sklearn.ensemble
import sklearn.tree
from adaboost_support import WAYS, assert_same, codes, make_boosting, scores, signal, table
from conftest import make_problem
from sklearn.base import clone

from gbengine import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BinnedDataset,
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    ExtraTreeClassifier,
    ExtraTreeRegressor,
)
from naive import adaboost as naive


@pytest.fixture(params=WAYS)
def boosting(request):
    return make_boosting(request.param)


# --- the algorithms ---


@pytest.mark.parametrize("rate", [1.0, 0.3])
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("weighted", [False, True])
def test_samme_is_the_naive_one(n_classes, weighted, rate):
    X = table(120)
    y = codes(X, n_classes)
    weight = np.random.default_rng(2).random(len(X)) + 0.1 if weighted else np.ones(len(X))
    model = AdaBoostClassifier(n_estimators=15, learning_rate=rate)
    model.fit(X, y, weight if weighted else None)
    votes = []

    def predict(shares):
        votes.append(naive.stump(X, y, shares))
        return votes[-1]

    alphas, errors = naive.samme(predict, y, weight, n_rounds=15, rate=rate)
    np.testing.assert_allclose(model.estimator_errors_, errors, rtol=1e-11)
    np.testing.assert_allclose(model.estimator_weights_, alphas, rtol=1e-11)
    against = -1 / (n_classes - 1)
    votes = np.array(votes)[:, :, np.newaxis]
    decision = np.average(np.where(votes == np.arange(n_classes), 1.0, against), 0, alphas)
    expected = decision[:, 1] - decision[:, 0] if n_classes == 2 else decision
    np.testing.assert_allclose(model.decision_function(X), expected, atol=1e-12)
    if n_classes == 2:
        shares = 1 / (1 + np.exp(-np.column_stack([-expected, expected])))
    else:
        shares = np.exp(decision / 2) / np.exp(decision / 2).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.predict_proba(X), shares, atol=1e-12)
    np.testing.assert_allclose(model.predict_log_proba(X), np.log(shares), atol=1e-12)


@pytest.mark.parametrize("rate", [1.0, 0.3])
@pytest.mark.parametrize("loss", ["linear", "square", "exponential"])
def test_r2_is_the_naive_one(loss, rate):
    X = table()
    y, weight = signal(X), np.random.default_rng(2).random(len(X)) + 0.1
    model = AdaBoostRegressor(n_estimators=10, learning_rate=rate, loss=loss, random_state=0)
    model.fit(X, y, weight)
    predictions = [tree.predict(X) for tree in model.estimators_]
    assert len(predictions) == 10
    rounds = iter(predictions)
    alphas, errors = naive.r2(lambda _: next(rounds), y, weight, loss, n_rounds=10, rate=rate)
    np.testing.assert_allclose(model.estimator_errors_, errors, rtol=1e-11)
    np.testing.assert_allclose(model.estimator_weights_, alphas, rtol=1e-11)
    medians = [naive.weighted_median(values, alphas) for values in np.transpose(predictions)]
    np.testing.assert_array_equal(model.predict(X), medians)


def test_rows_are_drawn_by_their_weights():
    # One row of ten has nine tenths of the weight: of the rows drawn, too.
    X, y = np.arange(10.0)[:, np.newaxis], np.arange(10.0)
    weight = np.where(y == 4, 81.5, 1.0)
    tree = DecisionTreeRegressor(max_depth=None)
    model = AdaBoostRegressor(tree, n_estimators=1, random_state=0).fit(X, y, weight)
    first = model.estimators_[0].tree_
    assert first.weighted_n_node_samples[0] == 10
    leaf = first.apply(np.array([[4.0]], dtype=np.float32))[0]
    assert first.weighted_n_node_samples[leaf] >= 7


def test_later_trees_draw_what_was_wrong():
    # All errors of the first stump are rows of class 1; then nearly all weight is theirs.
    x = np.concatenate([np.linspace(-2, -1, 100), np.linspace(1, 2, 100)])
    y = (x > 0).astype(int)
    y[5:95:10] = 1
    model = AdaBoostClassifier(n_estimators=2, learning_rate=20, resample=True, random_state=0)
    model.fit(x[:, np.newaxis], y)
    assert model.estimator_errors_[0] == pytest.approx(9 / 200)
    second = model.estimators_[1].tree_
    assert second.node_count == 1
    assert second.value[0, 0].tolist() == [0.0, 1.0]


@pytest.mark.parametrize("n_classes", [2, 3, 5])
@pytest.mark.parametrize("depth", [1, 3])
def test_same_weights_as_scikit_learn(n_classes, depth):
    X = table(1000, 5)
    y, weight = codes(X, n_classes), np.random.default_rng(2).random(len(X))
    # In smaller leaves two columns may split equally well.
    params = {"max_depth": depth, "min_samples_leaf": 20}
    ours = AdaBoostClassifier(DecisionTreeClassifier(**params), n_estimators=20)
    peer = sklearn.ensemble.AdaBoostClassifier(
        sklearn.tree.DecisionTreeClassifier(**params), n_estimators=20
    )
    ours.fit(X, y, weight), peer.fit(X, y, weight)
    np.testing.assert_allclose(ours.estimator_weights_, peer.estimator_weights_, rtol=1e-6)
    np.testing.assert_allclose(ours.estimator_errors_, peer.estimator_errors_, rtol=1e-6)
    np.testing.assert_allclose(ours.decision_function(X), peer.decision_function(X), atol=1e-6)
    np.testing.assert_allclose(ours.predict_proba(X), peer.predict_proba(X), atol=1e-6)
    np.testing.assert_allclose(ours.feature_importances_, peer.feature_importances_, atol=1e-6)
    np.testing.assert_array_equal(ours.predict(X), peer.predict(X))
    for a, b in zip(ours.staged_predict_proba(X), peer.staged_predict_proba(X), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.parametrize("name", ["higgs7k", "letter", "california_housing", "protein_casp"])
def test_as_good_as_scikit_learn_on_real_data(name, real_data):
    data = real_data(name)
    rng = np.random.default_rng(0)
    rows = rng.permutation(len(data.y))[:2500]
    X, y = data.X.to_numpy()[rows], data.y[rows]
    X = np.where(np.isnan(X), np.nanmedian(X, axis=0), X)
    is_classes = data.task != "regression"
    task = "Classifier" if is_classes else "Regressor"
    pair = []
    for module, trees in ((None, None), (sklearn.ensemble, sklearn.tree)):
        if module is None:
            cls = AdaBoostClassifier if is_classes else AdaBoostRegressor
            tree = (DecisionTreeClassifier if is_classes else DecisionTreeRegressor)(max_depth=4)
        else:
            cls = getattr(module, f"AdaBoost{task}")
            tree = getattr(trees, f"DecisionTree{task}")(max_depth=4)
        folds = [np.arange(len(y)) % 4 == fold for fold in range(4)]
        model = cls(tree, n_estimators=30, random_state=0)
        pair.append([clone(model).fit(X[~f], y[~f]).score(X[f], y[f]) for f in folds])
    ours, peers = np.array(pair)
    noise = np.std(ours - peers) / 2  # of the mean over four folds
    assert ours.mean() > peers.mean() - 3 * noise - 0.01


# --- what must not matter ---


def test_number_of_threads_does_not_matter(boosting):
    model, X, y = boosting
    for tree_method in ("exact", "hist"):
        params = {"tree_method": tree_method}
        one = clone(model).set_params(n_jobs=1, **params).fit(X, y)
        assert_same(one, clone(model).set_params(n_jobs=3, **params).fit(X, y), X)


@pytest.mark.parametrize("weighted", [False, True])
def test_order_of_rows_does_not_matter(boosting, weighted):
    model, X, y = boosting
    rng = np.random.default_rng(5)
    weight = rng.random(len(X)) if weighted else np.ones(len(X))
    order = rng.permutation(len(X))
    a = clone(model).fit(X, y, weight)
    assert_same(a, clone(model).fit(X[order], y[order], weight[order]), X)


def test_whole_weights_are_copies(boosting):
    model, X, y = boosting
    weight = np.random.default_rng(6).integers(0, 4, size=len(X))
    rows = np.repeat(np.arange(len(X)), weight)
    assert_same(clone(model).fit(X, y, weight), clone(model).fit(X[rows], y[rows]), X)


def test_bins_made_before(boosting):
    model, X, y = boosting
    by_bins = clone(model).set_params(tree_method="hist", max_bins=40).fit(X, y)
    data = BinnedDataset(X, max_bins=40)
    assert_same(by_bins, clone(model).set_params(max_bins=40).fit(data, y), X)
    tree = clone(by_bins.estimator_).set_params(tree_method="hist", max_bins=40)
    assert_same(by_bins, clone(model).set_params(estimator=tree).fit(X, y), X)


@pytest.mark.parametrize("kind", ["regression", "binary", "multiclass"])
def test_missing_values_and_infinities(kind):
    problem = make_problem(kind)
    cls = AdaBoostRegressor if kind == "regression" else AdaBoostClassifier
    for method in ("exact", "hist"):
        model = cls(random_state=0, tree_method=method).fit(problem.X, problem.y, problem.weight)
        # Better than a single tree of the same kind.
        first = next(model.staged_score(problem.X, problem.y))
        assert model.score(problem.X, problem.y) > first + 0.02


# --- stages, trees, importances ---


def test_stages_are_shorter_runs(boosting):
    model, X, y = boosting
    model = clone(model).fit(X, y)
    name = "staged_decision_function" if hasattr(model, "classes_") else "staged_predict"
    stages = list(getattr(model, name)(X))
    assert len(stages) == len(model.estimators_) == 12
    np.testing.assert_array_equal(stages[-1], scores(model, X))
    for n in (1, 5):
        short = clone(model).set_params(n_estimators=n).fit(X, y)
        np.testing.assert_allclose(stages[n - 1], scores(short, X), rtol=1e-12, atol=1e-15)
    staged = list(model.staged_predict(X))
    np.testing.assert_array_equal(staged[-1], model.predict(X))
    weight = np.arange(len(X))
    assert list(model.staged_score(X, y, weight))[-1] == pytest.approx(model.score(X, y, weight))


def test_trees_vote(boosting):
    model, X, y = boosting
    model = clone(model).fit(X, y)
    trees = model.estimators_
    assert len(model) == len(trees) == 12
    assert type(model[0]) is type(model.estimator_)
    if hasattr(model, "classes_"):
        votes = np.array([tree.predict(X) for tree in model])
        np.testing.assert_allclose(
            np.mean(votes[0] != y) if not model.resample else model.estimator_errors_[0],
            model.estimator_errors_[0],
            rtol=1e-12,
        )
        hot = np.where(votes[:, :, np.newaxis] == model.classes_, 1.0, -0.5)
        expected = np.average(hot, axis=0, weights=model.estimator_weights_)
        np.testing.assert_allclose(model.decision_function(X), expected, atol=1e-12)
    shares = [tree.feature_importances_ for tree in trees]
    expected = np.average(shares, axis=0, weights=model.estimator_weights_)
    np.testing.assert_allclose(model.feature_importances_, expected, rtol=1e-9)
    assert model.feature_importances_.sum() == pytest.approx(1)


@pytest.mark.parametrize("resample", [False, True])
def test_parameters_of_the_tree_are_used(resample):
    X = table()
    y = codes(X, 3)
    settings = {"n_estimators": 8, "random_state": 0, "resample": resample}

    def fit(**params):
        tree = DecisionTreeClassifier(**params)
        return AdaBoostClassifier(tree, **settings).fit(X, y)

    assert max(tree.get_n_leaves() for tree in fit(max_leaf_nodes=5)) == 5
    smallest = min(tree.tree_.n_node_samples.min() for tree in fit(min_samples_leaf=20))
    assert smallest >= (20 if not resample else 1)
    pruned = fit(max_depth=4, ccp_alpha=0.01)
    assert sum(tree.get_n_leaves() for tree in pruned) < sum(
        tree.get_n_leaves() for tree in fit(max_depth=4)
    )
    shares = [
        tree.tree_.weighted_n_node_samples.min() / tree.tree_.weighted_n_node_samples[0]
        for tree in fit(max_depth=4, min_weight_fraction_leaf=0.1)
    ]
    assert min(shares) >= 0.1 - 1e-9
    weighted = fit(max_depth=2, class_weight={0: 30})
    assert np.mean(weighted[0].predict(X) == 0) > np.mean(fit(max_depth=2)[0].predict(X) == 0)


def test_class_weights_of_the_tree_as_scikit_learn():
    X = table(600)
    y, weights = codes(X, 3), {0: 3, 1: 1, 2: 0.5}
    ours = AdaBoostClassifier(DecisionTreeClassifier(max_depth=2, class_weight=weights))
    peer = sklearn.ensemble.AdaBoostClassifier(
        sklearn.tree.DecisionTreeClassifier(max_depth=2, class_weight=weights)
    )
    ours.set_params(n_estimators=10).fit(X, y)
    peer.set_params(n_estimators=10).fit(X, y)
    np.testing.assert_allclose(ours.estimator_weights_, peer.estimator_weights_, rtol=1e-6)


@pytest.mark.parametrize(
    "model",
    [
        AdaBoostClassifier(ExtraTreeClassifier(max_depth=3), n_estimators=20),
        AdaBoostRegressor(ExtraTreeRegressor(max_depth=5), n_estimators=20),
    ],
    ids=str,
)
def test_random_trees_are_not_alike(model):
    X = table(600)
    y = codes(X, 2) if isinstance(model, AdaBoostClassifier) else signal(X)
    a, b, c = (clone(model).set_params(random_state=s).fit(X, y) for s in (0, 0, 1))
    assert_same(a, b, X)
    assert not np.array_equal(scores(a, X), scores(c, X))
    assert len({tuple(tree.predict(X)) for tree in a.estimators_}) > 10
    assert a.score(X, y) > 0.7

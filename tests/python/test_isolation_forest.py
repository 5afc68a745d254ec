"""Isolation forests: scores by definition, agreement with scikit-learn, invariances, files."""

import pickle

import numpy as np
import pytest
import sklearn.ensemble
from sklearn.metrics import roc_auc_score

import gbengine
from gbengine import IsolationForest
from gbengine._fingerprint import row_fingerprints
from gbengine._path_lengths import mean_path_length


def table(n_rows=400, seed=0):
    """Normal rows, the first 5 % of them spread out; some cells equal or missing."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, 4)).round(2)
    X[: n_rows // 20] *= 5
    X[rng.random(X.shape) < 0.02] = np.nan
    return X


def make(**params):
    return IsolationForest(**{"n_estimators": 20, "random_state": 3} | params)


@pytest.mark.parametrize(
    "params", [{}, {"max_samples": 50, "max_features": 2}, {"bootstrap": True}], ids=str
)
def test_scores_by_definition(params):
    X = table()
    model = make(**params).fit(X)
    paths = np.zeros(len(X))
    for tree, columns in zip(model.estimators_, model.estimators_features_, strict=True):
        leaves = tree.apply(X[:, columns])
        depth = np.asarray(tree.decision_path(X[:, columns]).sum(axis=1)).ravel() - 1
        drawn = tree.tree_.weighted_n_node_samples[leaves]
        paths += depth + [mean_path_length(n) for n in drawn]
    paths /= len(model)
    expected = -(2.0 ** (-paths / mean_path_length(model.max_samples_)))
    np.testing.assert_allclose(model.score_samples(X), expected, rtol=1e-12)
    np.testing.assert_array_equal(model.decision_function(X), model.score_samples(X) + 0.5)
    is_outlier = model.decision_function(X) < 0
    np.testing.assert_array_equal(model.predict(X), np.where(is_outlier, -1, 1))


def test_mean_path_length():
    assert [mean_path_length(n) for n in (0, 1, 2)] == [0, 0, 1]
    for n in (3, 10, 256, 10_000):
        harmonic = np.sum(1 / np.arange(1, n))
        # The paper's logarithm is short of the harmonic number by about half of 1 / (n - 1).
        assert mean_path_length(n) == pytest.approx(
            2 * harmonic - 2 * (n - 1) / n, abs=1.01 / (n - 1)
        )


def test_trees_part_rows_until_they_are_equal():
    X = np.repeat(np.arange(40.0), 2).reshape(-1, 1)
    model = make(max_samples=80).fit(X)
    for tree in model.estimators_:
        nodes = tree.tree_
        is_leaf = nodes.children_left < 0
        is_deep = np.asarray(tree.decision_path(X).sum(axis=1)).max() > nodes.max_depth
        assert is_deep
        shallow = nodes.compute_node_depths() - 1 < 7
        assert set(nodes.weighted_n_node_samples[is_leaf & shallow]) == {2}
        assert nodes.max_depth <= 7


@pytest.mark.parametrize(
    ("max_samples", "n_drawn", "depth"),
    [("auto", 256, 8), (50, 50, 6), (0.1, 40, 6), (1, 1, 1), (1.0, 400, 9)],
)
def test_rows_drawn_and_depth(max_samples, n_drawn, depth):
    model = make(max_samples=max_samples).fit(table())
    assert model.max_samples_ == n_drawn
    assert {len(set(rows)) for rows in model.estimators_samples_} == {n_drawn}
    assert model.estimator_.max_depth == depth
    assert max(tree.get_depth() for tree in model.estimators_) <= depth
    if n_drawn == 1:
        np.testing.assert_array_equal(model.score_samples(table()), -0.5)


def test_too_many_rows_are_warned_about():
    with pytest.warns(UserWarning, match="max_samples=500 is above 400"):
        model = make(max_samples=500).fit(table())
    assert model.max_samples_ == 400


@pytest.mark.parametrize("params", [{}, {"bootstrap": True}, {"max_features": 2}], ids=str)
def test_invariances(params):
    X = table()
    params = params | {"contamination": 0.07}
    model = make(**params).fit(X)
    order = np.random.default_rng(1).permutation(len(X))
    for other in (
        make(**params, n_jobs=1).fit(X[order]),
        make(**params, n_jobs=5).fit(np.asfortranarray(X)),
    ):
        np.testing.assert_array_equal(other.score_samples(X), model.score_samples(X))
        assert other.offset_ == model.offset_
    assert not np.array_equal(
        make(**params, random_state=4).fit(X).score_samples(X), model.score_samples(X)
    )


def test_weights_are_copies():
    X = table()
    weight = np.random.default_rng(2).integers(0, 4, len(X))
    params = {"contamination": 0.1, "max_samples": 60}
    weighted = make(**params).fit(X, sample_weight=weight)
    repeated = make(**params).fit(np.repeat(X, weight, axis=0))
    np.testing.assert_array_equal(weighted.score_samples(X), repeated.score_samples(X))
    assert weighted.offset_ == repeated.offset_


def test_contamination():
    X = table()
    model = make(contamination=0.05).fit(X)
    assert np.mean(model.predict(X) == -1) == pytest.approx(0.05, abs=0.005)
    assert model.offset_ == pytest.approx(np.percentile(model.score_samples(X), 5), rel=1e-14)
    assert make().fit(X).offset_ == -0.5
    np.testing.assert_array_equal(make(contamination=0.05).fit_predict(X), model.predict(X))


@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_scikit_learn(seed):
    X = np.nan_to_num(table(2000, seed))
    is_outlier = np.arange(2000) < 100
    params = {"n_estimators": 200, "random_state": seed}
    ours = IsolationForest(**params).fit(X).score_samples(X)
    theirs = sklearn.ensemble.IsolationForest(**params).fit(X).score_samples(X)
    assert np.corrcoef(ours, theirs)[0, 1] > 0.97
    assert ours.mean() == pytest.approx(theirs.mean(), abs=0.01)
    auc, their_auc = roc_auc_score(is_outlier, -ours), roc_auc_score(is_outlier, -theirs)
    assert auc == pytest.approx(their_auc, abs=0.01)


def test_real_outliers(real_data):
    data = real_data("covtype_10k")
    X, y = data.X.to_numpy(), data.y
    classes, counts = np.unique(y, return_counts=True)
    rare = y == classes[counts.argmin()]
    X = X[rare | (y == classes[counts.argmax()])]
    rare = rare[rare | (y == classes[counts.argmax()])]
    aucs = []
    for module in (gbengine, sklearn.ensemble):
        scores = [module.IsolationForest(random_state=s).fit(X).score_samples(X) for s in range(4)]
        aucs.append(roc_auc_score(rare, -np.mean(scores, axis=0)))
    assert aucs[0] == pytest.approx(aucs[1], abs=0.03)
    assert aucs[0] > 0.75


def test_warm_start():
    X = table()
    at_once = make(n_estimators=9).fit(X)
    model = make(n_estimators=4, warm_start=True).fit(X)
    model.set_params(n_estimators=9).fit(X)
    np.testing.assert_array_equal(model.score_samples(X), at_once.score_samples(X))
    assert len(model.estimators_samples_) == 9


@pytest.mark.parametrize("params", [{}, {"max_features": 2, "contamination": 0.1}], ids=str)
def test_file_and_pickle(params, tmp_path):
    X = table()
    model = make(**params).fit(X)
    model.save_model(tmp_path / "model")
    for again in (gbengine.load_model(tmp_path / "model"), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(again.decision_function(X), model.decision_function(X))
        assert again.get_params() == model.get_params()
        assert again.max_samples_ == model.max_samples_
        np.testing.assert_array_equal(again.estimators_features_, model.estimators_features_)
        assert again.estimators_[2].get_depth() == model.estimators_[2].get_depth()


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"contamination": 0.6}, "contamination.*0.6"),
        ({"max_samples": "all"}, "max_samples.*'all'"),
        ({"max_features": 5}, "max_features=5 must be at most 4"),
    ],
)
def test_errors(params, match):
    with pytest.raises(ValueError, match=match):
        make(**params).fit(table())


def test_fingerprints_depend_on_values_alone():
    X = np.array([[0.0, 1.0], [-0.0, 1.0], [1.0, 0.0], [np.nan, 1.0], [-np.nan, 1.0]])
    prints = row_fingerprints(X)
    assert prints[0] == prints[1]
    assert prints[3] == prints[4]
    assert len(set(prints)) == 3
    np.testing.assert_array_equal(row_fingerprints(X.astype(np.float32)), prints)
    many = row_fingerprints(np.random.default_rng(0).normal(size=(10_000, 2)))
    assert len(set(many)) == 10_000
    assert np.histogram(many, bins=10, range=(0, 1))[0] == pytest.approx(1000, abs=150)

"""The embedding by leaves of random trees: its columns, their names, invariances, files."""

import pickle

import numpy as np
import pytest
import sklearn.ensemble
from forest_support import float32_table, n_unlike
from scipy import sparse
from sklearn.datasets import make_circles
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import gbengine
from gbengine import RandomTreesEmbedding


def make(**params):
    return RandomTreesEmbedding(**{"n_estimators": 8, "random_state": 3} | params)


def test_columns_are_the_leaves():
    X = float32_table()
    model = make().fit(X)
    members = model.transform(X)
    assert sparse.isspmatrix_csr(members)
    assert members.has_canonical_format
    leaves = model.apply(X)
    names = model.get_feature_names_out()
    assert members.shape == (150, len(names))
    np.testing.assert_array_equal(members.sum(axis=1), 8)
    for row in range(0, 150, 29):
        expected = [f"randomtreesembedding_{t}_{leaf}" for t, leaf in enumerate(leaves[row])]
        assert names[members[row].indices].tolist() == expected
    n_leaves = sum(tree.get_n_leaves() for tree in model.estimators_)
    assert members.shape[1] == n_leaves
    assert (members.sum(axis=0) > 0).all()  # every leaf has training rows


def test_dense_output_and_fit_transform():
    X = float32_table()
    members = make().fit_transform(X)
    dense = make(sparse_output=False).fit_transform(X)
    assert isinstance(dense, np.ndarray)
    np.testing.assert_array_equal(dense, members.toarray())
    frame = make(sparse_output=False).set_output(transform="pandas").fit_transform(X)
    assert frame.columns.tolist() == make().fit(X).get_feature_names_out().tolist()


def test_same_as_scikit_learns_machinery():
    X = np.nan_to_num(float32_table())
    model = make(max_depth=4, keep_statistics=True).fit(X)
    encoded = model.one_hot_encoder_.transform(model.apply(X))
    assert n_unlike(encoded, model.transform(X)) == 0
    twin = model.to_sklearn()
    other = np.nan_to_num(float32_table(seed=8))
    assert n_unlike(twin.transform(other), model.transform(other)) == 0
    assert twin.get_feature_names_out().tolist() == model.get_feature_names_out().tolist()


def test_as_many_leaves_as_scikit_learn():
    X = np.random.default_rng(0).normal(size=(2000, 6))
    ours = make(n_estimators=100).fit_transform(X).shape[1]
    theirs = sklearn.ensemble.RandomTreesEmbedding(100, random_state=0).fit_transform(X).shape[1]
    assert ours == pytest.approx(theirs, rel=0.1)


def test_a_linear_model_on_it_is_not_linear():
    X, y = make_circles(500, noise=0.1, factor=0.4, random_state=0)
    scores = [
        make_pipeline(embedding, LogisticRegression(max_iter=500)).fit(X[::2], y[::2]).score(
            X[1::2], y[1::2]
        )
        for embedding in (
            make(n_estimators=50, max_depth=3),
            sklearn.ensemble.RandomTreesEmbedding(50, max_depth=3, random_state=0),
        )
    ]  # fmt: skip
    assert scores[0] == pytest.approx(scores[1], abs=0.03)
    assert scores[0] > 0.95


@pytest.mark.parametrize("params", [{}, {"tree_method": "hist"}, {"max_leaf_nodes": 6}], ids=str)
def test_invariances(params):
    X = float32_table()
    model = make(**params).fit(X)
    order = np.random.default_rng(0).permutation(len(X))
    weight = np.random.default_rng(1).integers(0, 3, len(X))
    moved = make(**params, n_jobs=1).fit(X[order], np.arange(len(X)))
    assert n_unlike(moved.transform(X), model.transform(X)) == 0
    weighted = make(**params, min_samples_leaf=4).fit(X, sample_weight=weight)
    repeated = make(**params, min_samples_leaf=4).fit(np.repeat(X, weight, axis=0))
    assert n_unlike(weighted.transform(X), repeated.transform(X)) == 0
    other = make(**params, random_state=4).fit(X)
    assert other.get_feature_names_out().tolist() != model.get_feature_names_out().tolist()


def test_warm_start_file_and_pickle(tmp_path):
    X = float32_table()
    at_once = make().fit(X)
    model = make(n_estimators=3, warm_start=True).fit(X)
    assert model.transform(X).shape[1] < at_once.transform(X).shape[1]
    model.set_params(n_estimators=8).fit(X)
    model.save_model(tmp_path / "model")
    for other in (
        model,
        gbengine.load_model(tmp_path / "model"),
        pickle.loads(pickle.dumps(model)),
    ):
        assert n_unlike(other.transform(X), at_once.transform(X)) == 0
        assert other.get_feature_names_out()[-1] == at_once.get_feature_names_out()[-1]


def test_errors():
    with pytest.raises(ValueError, match="sparse_output"):
        make(sparse_output=1).fit(float32_table())
    with pytest.raises(ValueError, match="max_bins=16 has no effect"):
        make(tree_method="exact", max_bins=16).fit(float32_table())
    names = ["a", "b"]
    with pytest.raises(ValueError, match="input_features"):
        make().fit(float32_table()).get_feature_names_out(names)

"""Bagged trees in files and pickles; files with a wrong content are refused."""

import copy
import pickle

import numpy as np
import pytest
from forest_support import float32_table, targets
from sklearn.base import clone

import gbengine
from gbengine._container import pack, unpack

CASES = [
    ("BaggingClassifier", {}),
    ("BaggingRegressor", {"max_features": 2}),
    ("BaggingClassifier", {"estimator": gbengine.ExtraTreeClassifier(max_depth=4, n_jobs=2)}),
    (
        "BaggingRegressor",
        {
            "estimator": gbengine.DecisionTreeRegressor(monotonic_cst=[1, 0, 0, 0]),
            "bootstrap_features": True,
            "oob_score": True,
            "n_estimators": 40,
        },
    ),
]


def make(name, **params):
    return getattr(gbengine, name)(**{"n_estimators": 6, "random_state": 1} | params)


@pytest.fixture(params=CASES, ids=str)
def model(request):
    name, params = request.param
    X = float32_table()
    return make(name, **params).fit(X, targets(name, X))


def assert_same(a, b):
    X = float32_table(seed=9)
    np.testing.assert_array_equal(a.predict(X), b.predict(X), strict=True)
    if hasattr(a, "predict_proba"):
        np.testing.assert_array_equal(a.predict_proba(X), b.predict_proba(X))
    for i in (0, 5):
        columns, others = a.estimators_features_[i], b.estimators_features_[i]
        np.testing.assert_array_equal(columns, others)
        values = (one.estimators_[i].predict(X[:, columns]) for one in (a, b))
        np.testing.assert_array_equal(next(values), next(values))
    for name in ("classes_", "n_outputs_", "oob_score_", "feature_names_in_"):
        assert hasattr(a, name) == hasattr(b, name)
        if hasattr(a, name):
            np.testing.assert_array_equal(getattr(a, name), getattr(b, name))


def test_file(model, tmp_path):
    model.save_model(tmp_path / "model")
    again = gbengine.load_model(tmp_path / "model")
    assert type(again) is type(model)
    assert_same(model, again)
    again.save_model(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == (tmp_path / "model").read_bytes()
    wanted = model.get_params(deep=True) | ({"estimator__n_jobs": None} if model.estimator else {})
    found = again.get_params(deep=True)
    assert {k: repr(v) for k, v in found.items() if k != "estimator"} == {
        k: repr(v) for k, v in wanted.items() if k != "estimator"
    }
    with pytest.raises(AttributeError, match="estimators_samples_ is not in a model file"):
        _ = again.estimators_samples_


@pytest.mark.parametrize("duplicate", [lambda m: pickle.loads(pickle.dumps(m)), copy.deepcopy])
def test_pickle_and_copy(model, duplicate):
    again = duplicate(model)
    assert_same(model, again)
    for a, b in zip(model.estimators_samples_, again.estimators_samples_, strict=True):
        np.testing.assert_array_equal(a, b)


def test_clone_is_not_fitted(model):
    fresh = clone(model)
    assert not fresh.__sklearn_is_fitted__()
    assert repr(fresh) == repr(model)


def test_columns_are_in_the_file_only_if_trees_differ_in_them(tmp_path):
    X = float32_table()
    for params, is_there in (({}, False), ({"max_features": 2}, True)):
        make("BaggingRegressor", **params).fit(X, X[:, 0] > 0).save_model(tmp_path / "model")
        arrays, _ = unpack((tmp_path / "model").read_bytes(), "model")
        assert ("tree_column" in arrays) == is_there


def altered_columns(arrays):
    """Each wrong in another way, of trees with two of four columns."""
    begin, column = arrays["tree_column_begin"], arrays["tree_column"]
    backwards, twice, far = column.copy(), column.copy(), column.copy()
    backwards[:2] = backwards[1::-1]
    twice[1] = twice[0]
    far[1] = 4
    others = np.concatenate([np.setdiff1d(np.arange(4), column[:2]), column[2:]])
    return {
        "not the tree's": {"tree_column": others},
        "backwards": {"tree_column": backwards},
        "twice": {"tree_column": twice},
        "beyond": {"tree_column": far},
        "negative": {"tree_column": np.where(far == 4, -1, far)},
        "short": {"tree_column": column[:-1]},
        "other begin": {"tree_column_begin": begin + 1},
        "empty run": {"tree_column_begin": np.where(begin == 2, 0, begin)},
        "other type": {"tree_column": column.astype(np.int32)},
    }


WRONG = [
    "not the tree's",
    "backwards",
    "twice",
    "beyond",
    "negative",
    "short",
    "other begin",
    "empty run",
    "other type",
]


@pytest.fixture(scope="module")
def bagging_file(tmp_path_factory):
    X = float32_table()
    path = tmp_path_factory.mktemp("bagging") / "model"
    make("BaggingRegressor", max_features=2).fit(X, targets("Regressor", X)).save_model(path)
    return unpack(path.read_bytes(), "model")


def loads(arrays, content, tmp_path):
    (tmp_path / "altered").write_bytes(pack(arrays, content))
    return gbengine.load_model(tmp_path / "altered")


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_columns_are_refused(bagging_file, wrong, tmp_path):
    arrays, content = bagging_file
    changes = altered_columns(arrays)
    assert set(changes) == set(WRONG)
    loads(arrays, content, tmp_path)
    with pytest.raises(ValueError, match="is not a whole, unaltered gbengine model file"):
        loads(arrays | changes[wrong], content, tmp_path)


@pytest.mark.parametrize(
    "tree",
    [
        {"estimator": "DecisionTreeRegressor", "params": {"max_depth": 0}},
        {"estimator": "DecisionTreeRegressor", "params": {"depth": 3}},
        {"estimator": "Ridge", "params": {}},
        {"estimator": "DecisionTreeRegressor"},
    ],
    ids=str,
)
def test_wrong_trees_are_refused(bagging_file, tree, tmp_path):
    arrays, content = bagging_file
    good = {"estimator": "DecisionTreeRegressor", "params": {"max_depth": 3}}
    params = content["params"] | {"estimator": good}
    assert loads(arrays, content | {"params": params}, tmp_path).estimator.max_depth == 3
    with pytest.raises(ValueError, match="is not a whole, unaltered gbengine model file"):
        loads(arrays, content | {"params": params | {"estimator": tree}}, tmp_path)


@pytest.mark.parametrize("change", [{"max_samples_": 0}, {"offset_": None}, {"n_outputs": 2}])
def test_wrong_isolation_forests_are_refused(change, tmp_path):
    gbengine.IsolationForest(n_estimators=3).fit(np.eye(9)).save_model(tmp_path / "model")
    arrays, content = unpack((tmp_path / "model").read_bytes(), "model")
    loads(arrays, content, tmp_path)
    with pytest.raises(ValueError, match="is not a whole, unaltered gbengine model file"):
        loads(arrays, content | change, tmp_path)

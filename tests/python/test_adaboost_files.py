"""AdaBoost in files and pickles; files with a wrong content are refused."""

import copy
import pickle

import numpy as np
import pytest
from forest_support import float32_table, targets
from sklearn.base import clone

import gbengine
from gbengine import DecisionTreeClassifier, ExtraTreeRegressor
from gbengine._container import pack, unpack

CASES = [
    ("AdaBoostClassifier", {}),
    ("AdaBoostClassifier", {"estimator": DecisionTreeClassifier(max_leaf_nodes=5, n_jobs=2)}),
    ("AdaBoostClassifier", {"resample": True, "tree_method": "hist", "max_bins": 20}),
    ("AdaBoostRegressor", {}),
    ("AdaBoostRegressor", {"estimator": ExtraTreeRegressor(max_depth=2), "loss": "square"}),
]


@pytest.fixture(params=CASES, ids=str)
def model(request):
    name, params = request.param
    X = float32_table()
    model = getattr(gbengine, name)(n_estimators=9, random_state=3, **params)
    return model.fit(X, targets(name, X))


def assert_same(a, b):
    X = float32_table(seed=9)
    outputs = ["predict", "predict_proba"] if hasattr(a, "classes_") else ["predict"]
    for name in outputs:
        np.testing.assert_array_equal(getattr(a, name)(X), getattr(b, name)(X))
    for name in ("estimator_weights_", "estimator_errors_", "feature_importances_"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    np.testing.assert_array_equal(a.estimators_[2].predict(X), b.estimators_[2].predict(X))


def test_file(model, tmp_path):
    model.save_model(tmp_path / "model")
    again = gbengine.load_model(tmp_path / "model")
    assert type(again) is type(model)
    assert_same(model, again)
    again.save_model(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == (tmp_path / "model").read_bytes()
    expected = model.set_params(n_jobs=None)
    if expected.estimator is not None:
        expected.estimator.set_params(n_jobs=None)
    assert repr(again) == repr(expected)


@pytest.mark.parametrize("duplicate", [lambda m: pickle.loads(pickle.dumps(m)), copy.deepcopy])
def test_pickle_and_copy(model, duplicate):
    model.predict(float32_table())  # what is derived from the trees is not carried along
    again = duplicate(model)
    assert again.__dict__.keys() <= model.__dict__.keys()
    assert_same(model, again)


def test_clone_is_not_fitted(model):
    fresh = clone(model)
    assert not fresh.__sklearn_is_fitted__()
    assert not hasattr(fresh, "estimator_weights_")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a, c: a.pop("estimator_weights"), "estimator_weights"),
        (lambda a, c: a.update(estimator_weights=a["estimator_weights"][:3]), "shape"),
        (
            lambda a, c: a.update(
                estimator_weights=a["estimator_weights"][:3],
                estimator_errors=a["estimator_errors"][:3],
            ),
            "3 weights for",
        ),
        (lambda a, c: a.update(estimator_weights=-a["estimator_weights"]), "not negative"),
        (lambda a, c: a.update(estimator_errors=a["estimator_errors"] * np.nan), "finite"),
        (lambda a, c: c.update(aggregation="sum"), "aggregation"),
    ],
)
def test_wrong_content(model, tmp_path, change, message):
    model.save_model(tmp_path / "model")
    arrays, content = unpack((tmp_path / "model").read_bytes(), "the file")
    change(arrays, content)
    (tmp_path / "changed").write_bytes(pack(arrays, content))
    with pytest.raises(ValueError, match=message):
        gbengine.load_model(tmp_path / "changed")

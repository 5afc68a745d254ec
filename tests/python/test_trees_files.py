"""Trees and forests in files and pickles; files with a wrong content are refused."""

import copy
import pickle

import numpy as np
import pytest
from forest_support import FORESTS, TREES, float32_table, is_classifier, make, targets
from sklearn.base import clone
from sklearn.metrics import r2_score

import gbengine
from gbengine._container import pack, unpack

CASES = [
    *[(name, n_outputs, {}) for name in [*TREES, *FORESTS] for n_outputs in (1, 2)],
    ("RandomForestRegressor", 2, {"keep_leaf_samples": True, "oob_score": True}),
    ("RandomForestClassifier", 1, {"oob_importances": True, "class_weight": {"low": 2}}),
    ("DecisionTreeClassifier", 2, {"class_weight": [{"low": 2}, {"mid": 0.5}]}),
    ("DecisionTreeRegressor", 1, {"monotonic_cst": np.array([1, 0, 0, -1])}),
]


@pytest.fixture(params=CASES, ids=str)
def model(request):
    name, n_outputs, params = request.param
    X = float32_table()
    if params.get("oob_score"):
        params = params | {"n_estimators": 40}
    return make(name, **params).fit(X, targets(name, X, n_outputs))


def predictions(model):
    X = float32_table(seed=9)
    out = [model.predict(X), model.apply(X), model.feature_importances_]
    if hasattr(model, "predict_proba"):
        out += list(model.predict_proba(X))
    if getattr(model, "keep_leaf_samples", False):
        out.append(model.predict(X, quantiles=[0.1, 0.5]))
    return out


def assert_same(a, b):
    for first, second in zip(predictions(a), predictions(b), strict=True):
        np.testing.assert_array_equal(first, second, strict=True)
    for attribute in ("classes_", "n_classes_", "n_outputs_", "max_features_", "oob_importances_"):
        assert hasattr(a, attribute) == hasattr(b, attribute)
        if hasattr(a, attribute):
            np.testing.assert_equal(getattr(a, attribute), getattr(b, attribute))


def test_file(model, tmp_path):
    model.save_model(tmp_path / "model")
    again = gbengine.load_model(tmp_path / "model")
    assert type(again) is type(model)
    assert_same(model, again)
    again.save_model(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == (tmp_path / "model").read_bytes()
    params = {name: repr(value) for name, value in again.get_params().items()}
    expected = {name: repr(value) for name, value in model.get_params().items()}
    params.pop("monotonic_cst"), expected.pop("monotonic_cst")  # an array comes back as a list
    assert params == expected


@pytest.mark.parametrize("duplicate", [lambda m: pickle.loads(pickle.dumps(m)), copy.deepcopy])
def test_pickle_and_copy(model, duplicate):
    predictions(model)  # derived things are not carried along
    again = duplicate(model)
    assert_same(model, again)
    assert again.__dict__.keys() <= model.__dict__.keys()
    if "oob_prediction_" in model.__dict__:
        np.testing.assert_array_equal(model.oob_prediction_, again.oob_prediction_)
    if hasattr(model, "estimators_samples_"):
        np.testing.assert_array_equal(model.estimators_samples_, again.estimators_samples_)


def test_function_as_score_is_not_in_a_file(tmp_path):
    X = float32_table()
    model = make("RandomForestRegressor", n_estimators=40, oob_score=r2_score)
    model.fit(X, targets("RandomForestRegressor", X))
    with pytest.warns(UserWarning, match="oob_score=<function r2_score .* cannot be saved"):
        model.save_model(tmp_path / "model")
    again = gbengine.load_model(tmp_path / "model")
    assert again.oob_score is False
    assert again.oob_score_ == model.oob_score_


def test_pickle_has_leaf_samples_once():
    X = float32_table()
    model = make("RandomForestRegressor", keep_leaf_samples=True)
    state = model.fit(X, targets("RandomForestRegressor", X)).__getstate__()
    assert isinstance(state["_model"], bytes)
    assert "_leaf_samples" not in state


def test_clone_is_not_fitted(model):
    fresh = clone(model)
    assert not fresh.__sklearn_is_fitted__()
    assert not hasattr(fresh, "n_outputs_")


def test_file_has_no_rows_drawn(tmp_path):
    X = float32_table()
    model = make("RandomForestRegressor").fit(X, targets("RandomForestRegressor", X))
    model.save_model(tmp_path / "model")
    with pytest.raises(AttributeError, match="estimators_samples_ is not in a model file"):
        _ = gbengine.load_model(tmp_path / "model").estimators_samples_


@pytest.fixture(scope="module")
def file_of(tmp_path_factory):
    """A function from a class to the arrays and the content of a file."""
    folder = tmp_path_factory.mktemp("models")

    def parts(name):
        X = float32_table()
        params = {"keep_leaf_samples": True} if name == "RandomForestRegressor" else {}
        model = make(name, max_depth=3, **params).fit(X, targets(name, X))
        model.save_model(folder / name)
        return unpack((folder / name).read_bytes(), name)

    return parts


def loads(arrays, content, tmp_path):
    (tmp_path / "altered").write_bytes(pack(arrays, content))
    return gbengine.load_model(tmp_path / "altered")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("DecisionTreeClassifier", {"estimator": "DecisionTreeRegressor"}),
        ("DecisionTreeRegressor", {"estimator": "DecisionTreeClassifier"}),
        ("RandomForestClassifier", {"estimator": "DecisionTreeClassifier"}),
        ("RandomForestClassifier", {"estimator": "GradientBoostingClassifier"}),
        ("DecisionTreeClassifier", {"classes": None}),
        ("DecisionTreeClassifier", {"classes": []}),
        ("DecisionTreeClassifier", {"classes": [{"labels": ["a", "b"], "dtype": "<U1"}]}),
        ("DecisionTreeClassifier", {"classes": [{"labels": [], "dtype": "<U1"}]}),
        ("DecisionTreeClassifier", {"n_outputs": 2}),
        ("DecisionTreeRegressor", {"n_outputs": 0}),
        ("DecisionTreeRegressor", {"n_outputs": 2}),
        ("DecisionTreeRegressor", {"aggregation": "sum"}),
        ("RandomForestRegressor", {"aggregation": "median"}),
    ],
)
def test_wrong_content_is_refused(file_of, name, change, tmp_path):
    arrays, content = file_of(name)
    loads(arrays, content, tmp_path)
    with pytest.raises(ValueError, match="is not a whole, unaltered gbengine model file"):
        loads(arrays, content | change, tmp_path)


WRONG_SAMPLES = {
    "importances": lambda a: a[:-1],
    "leaf_sample_offset": lambda a: a[:-1],
    "leaf_sample_row": lambda a: a + np.uint32(10**6),
    "leaf_sample_mass": lambda a: -a,
    "leaf_sample_y": lambda a: np.full_like(a, np.nan),
}


@pytest.mark.parametrize("array", WRONG_SAMPLES)
def test_wrong_arrays_are_refused(file_of, array, tmp_path):
    arrays, content = file_of("RandomForestRegressor")
    altered = arrays | {array: WRONG_SAMPLES[array](arrays[array])}
    with pytest.raises(ValueError, match="is not a whole, unaltered gbengine model file"):
        loads(altered, content, tmp_path)
    lacking = {name: values for name, values in arrays.items() if name != array}
    if array != "leaf_sample_offset":
        with pytest.raises(ValueError, match="is not a whole, unaltered gbengine model file"):
            loads(lacking, content, tmp_path)


def test_leaf_without_rows_is_refused(file_of, tmp_path):
    arrays, content = file_of("RandomForestRegressor")
    offset = arrays["leaf_sample_offset"].copy()
    leaf = np.flatnonzero(arrays["left_child"] < 0)[0]
    assert offset[leaf + 1] > offset[leaf]
    offset[leaf + 1 :] = np.maximum(offset[leaf + 1 :] - (offset[leaf + 1] - offset[leaf]), 0)
    altered = arrays | {"leaf_sample_offset": offset}
    with pytest.raises(ValueError, match="is not a whole, unaltered gbengine model file"):
        loads(altered, content, tmp_path)


def test_classes_of_a_classifier_are_its_own(file_of):
    _, content = file_of("RandomForestClassifier")
    assert [output["labels"] for output in content["classes"]] == [["low", "mid", "top"]]
    assert is_classifier(content["estimator"])

"""Model files and pickles: all of the estimator comes back, and files are written as a whole."""

import copy
import hashlib
import io
import json
import pickle
import stat

import joblib
import numpy as np
import pandas as pd
import pytest
import safetensors.numpy
from conftest import estimator_for, make_problem, raw_scores
from sklearn.exceptions import NotFittedError

import gbengine
from gbengine import GradientBoostingClassifier, GradientBoostingRegressor, load_model
from gbengine._container import pack, write_atomically
from gbengine._state import to_bytes

BINARY = make_problem("binary", n_rows=150)
SMALL = {"n_estimators": 2, "max_leaf_nodes": 3}


def save_and_load(model, tmp_path):
    path = tmp_path / "model.safetensors"
    model.save_model(path)
    return load_model(path)


def test_everything_comes_back(problem, tmp_path):
    X, y = problem.X, problem.y
    model = estimator_for(
        problem, subsample=0.5, early_stopping=True, n_iter_no_change=5, random_state=3
    )
    model.fit(pd.DataFrame(X, columns=list("abcdeü")), y)
    again = save_and_load(model, tmp_path)
    assert type(again) is type(model)
    assert again.get_params() == model.get_params()
    left, right = dict(vars(model)), dict(vars(again))
    assert left.pop("_model").to_arrays().keys() == right.pop("_model").to_arrays().keys()
    assert left.keys() == right.keys()
    for name, value in left.items():
        np.testing.assert_array_equal(right[name], value, err_msg=name)
        assert type(right[name]) is type(value), name
    frame = pd.DataFrame(X, columns=list("abcdeü"))
    np.testing.assert_array_equal(raw_scores(again, frame), raw_scores(model, frame))
    np.testing.assert_array_equal(again.feature_importances_, model.feature_importances_)
    assert to_bytes(again)[0] == to_bytes(model)[0]


def test_container_is_the_safetensors_librarys_byte_for_byte():
    rng = np.random.default_rng(0)
    dtypes = ("f8", "i8", "u8", "f4", "i4", "u4", "f2", "i2", "u2", "i1", "u1")
    arrays = {
        f"{name}_{dtype}": rng.integers(0, 100, size=shape).astype(dtype)
        for dtype in dtypes
        for name, shape in (("b", 3), ("a", 0), ("c", (2, 5)))
    }
    arrays['ü "\\\x01\x7f'] = np.ones(1)
    data = pack(arrays, {"text": 'ü"\\\n\x7f\ud800'})
    entry = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]
    assert data == safetensors.numpy.save(arrays, metadata=entry)


@pytest.mark.parametrize(
    "labels",
    [
        np.array(["b", "ä\U0001f332"]),
        np.array(["b", "a\ud800"], dtype=object),
        np.array([5, -3]),
        np.array([2**63, 1], dtype=np.uint64),
        np.array([True, False]),
        np.array([2.0, 1e300]),
        np.array([1, 0], dtype=np.int8),
    ],
)
def test_classes_of_every_kind(labels, tmp_path):
    y = labels[np.arange(150) % 2]
    model = GradientBoostingClassifier(n_estimators=2).fit(BINARY.X, y)
    again = save_and_load(model, tmp_path)
    assert again.classes_.dtype == model.classes_.dtype
    assert again.classes_.tolist() == model.classes_.tolist()
    assert again.predict(BINARY.X).dtype == model.predict(BINARY.X).dtype


def test_parameters_of_every_kind(tmp_path):
    model = GradientBoostingClassifier(
        n_estimators=np.int64(2),
        learning_rate=np.float32(0.3),
        max_leaf_nodes=None,
        warm_start=True,
        class_weight={"red": 2, "green": np.float64(0.5)},
        verbose=False,
        n_jobs=2,
    ).fit(BINARY.X, BINARY.y)
    again = save_and_load(model, tmp_path)
    saved = {**model.get_params(), "n_jobs": None, "verbose": 0}
    assert again.get_params() == saved


@pytest.mark.parametrize(
    ("name", "value"),
    [("random_state", np.random.RandomState(0)), ("scoring", lambda model, X, y: 0.5)],
)
def test_parameter_that_no_file_can_hold_is_warned_about(name, value, tmp_path):
    model = estimator_for(BINARY, early_stopping=True, **{name: value}).fit(BINARY.X, BINARY.y)
    with pytest.warns(UserWarning, match=f"{name}=.* cannot be saved"):
        again = save_and_load(model, tmp_path)
    assert again.get_params()[name] == type(model)().get_params()[name]
    np.testing.assert_array_equal(again.predict(BINARY.X), model.predict(BINARY.X))


def test_warm_start_goes_on_after_loading(problem, tmp_path):
    X, y = problem.X, problem.y
    straight = estimator_for(problem, n_estimators=9, subsample=0.5, random_state=1).fit(X, y)
    halfway = estimator_for(
        problem, n_estimators=4, subsample=0.5, random_state=1, warm_start=True
    ).fit(X, y)
    again = save_and_load(halfway, tmp_path).set_params(n_estimators=9).fit(X, y)
    np.testing.assert_array_equal(raw_scores(again, X), raw_scores(straight, X))
    again.set_params(loss="huber" if problem.y.dtype.kind == "f" else "log_loss")
    if problem.y.dtype.kind == "f":
        with pytest.raises(ValueError, match="loss must stay as in the first fit"):
            again.fit(X, y)


def through_joblib(model):
    file = io.BytesIO()
    joblib.dump(model, file)
    file.seek(0)
    return joblib.load(file)


COPIES = {
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),
    "old pickle": lambda model: pickle.loads(pickle.dumps(model, protocol=2)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "joblib": through_joblib,
}


@pytest.mark.parametrize("way", COPIES)
def test_copies(way, problem):
    model = estimator_for(problem).fit(problem.X, problem.y)
    again = COPIES[way](model)
    np.testing.assert_array_equal(raw_scores(again, problem.X), raw_scores(model, problem.X))
    assert again.get_params() == model.get_params()
    assert to_bytes(again)[0] == to_bytes(model)[0]
    assert COPIES[way](type(model)(n_estimators=3)).get_params()["n_estimators"] == 3


def test_pickle_keeps_what_a_file_cannot():
    model = estimator_for(BINARY, early_stopping=True, random_state=np.random.RandomState(0))
    again = pickle.loads(pickle.dumps(model.fit(BINARY.X, BINARY.y)))
    assert isinstance(again.random_state, np.random.RandomState)


def test_equal_models_are_equal_files(tmp_path):
    digests = set()
    for i, settings in enumerate([{}, {"n_jobs": 1}, {"verbose": False}, {"n_jobs": 3}]):
        path = tmp_path / f"{i}.safetensors"
        estimator_for(BINARY, **settings).fit(BINARY.X, BINARY.y).save_model(path)
        digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_it_is_a_safetensors_file(tmp_path):
    path = tmp_path / "model.safetensors"
    model = estimator_for(BINARY).fit(BINARY.X, BINARY.y)
    model.save_model(str(path))
    arrays = safetensors.numpy.load_file(path)
    assert arrays["value"].dtype == np.float64
    assert arrays["n_features"].tolist() == [6]
    with safetensors.safe_open(path, framework="np") as file:
        content = json.loads(file.metadata()["gbengine"])["content"]
    assert content["format_version"] == 2
    assert content["library_version"] == gbengine.__version__
    assert content["estimator"] == "GradientBoostingClassifier"
    assert content["classes"] == model.classes_.tolist()


def test_not_fitted(tmp_path):
    with pytest.raises(NotFittedError):
        GradientBoostingRegressor().save_model(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_file_is_replaced_as_a_whole(tmp_path):
    path = tmp_path / "model"
    write_atomically(path, b"old")
    path.chmod(0o640)
    link = tmp_path / "link"
    link.symlink_to(path)
    write_atomically(link, b"new")
    assert path.read_bytes() == b"new"
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(file.name for file in tmp_path.iterdir()) == ["link", "model"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, call):
    path = tmp_path / "model"
    path.write_bytes(b"old")

    def fail(*args, **kwargs):
        raise OSError("no space left on device")

    monkeypatch.setattr(
        *(("os.fsync", fail) if call == "fsync" else ("pathlib.Path.replace", fail))
    )
    with pytest.raises(OSError, match="no space left"):
        write_atomically(path, b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["model"]
    assert path.read_bytes() == b"old"


def test_new_file_has_the_usual_permissions(tmp_path):
    write_atomically(tmp_path / "model", b"x")
    (tmp_path / "other").write_bytes(b"x")
    assert (tmp_path / "model").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_places_where_no_file_can_be(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "no" / "folder", b"x")
    with pytest.raises(ValueError, match="is not a regular file"):
        write_atomically(tmp_path, b"x")
    with pytest.raises(ValueError, match="is not a regular file"):
        write_atomically("/dev/null", b"x")
    assert list(tmp_path.iterdir()) == []


def test_load_what_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_model(tmp_path / "nothing")
    with pytest.raises(IsADirectoryError):
        load_model(tmp_path)

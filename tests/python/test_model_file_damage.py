"""Damaged, foreign and hand-made model files: one clear error each, never a crash."""

import json
import pickle

import numpy as np
import pandas as pd
import pytest
import safetensors.numpy
from conftest import estimator_for, make_problem

from gbengine import GradientBoostingClassifier, load_model
from gbengine._container import pack, unpack
from gbengine._model_file import find_class
from gbengine._state import from_bytes, to_bytes

BINARY = make_problem("binary", n_rows=150)
SMALL = {"n_estimators": 2, "max_leaf_nodes": 3}


@pytest.fixture(scope="module")
def small_file():
    """The bytes of a small model with names, classes and scores: every part of the format."""
    frame = pd.DataFrame(BINARY.X, columns=[f"ü{i}" for i in range(6)])
    model = estimator_for(BINARY, **SMALL)
    return to_bytes(model.fit(frame, BINARY.y, X_val=frame, y_val=BINARY.y))[0]


def refused(data):
    with pytest.raises(
        ValueError, match=r"^the file is not a whole, unaltered gbengine model file"
    ):
        from_bytes(data, "the file", find_class)


def test_truncated_anywhere(small_file):
    for n_bytes in range(0, len(small_file), 7):
        refused(small_file[:n_bytes])
    refused(small_file[:-1])
    refused(small_file + b"\0")


@pytest.mark.parametrize("bit", range(8))
def test_flipped_bit_anywhere(small_file, bit):
    rng = np.random.default_rng(bit)
    header = int.from_bytes(small_file[:8], "little") + 8
    places = {*range(8), *rng.integers(8, header, 150), *rng.integers(header, len(small_file), 150)}
    for place in places:
        data = bytearray(small_file)
        data[place] ^= 1 << bit
        refused(bytes(data))


def test_random_bytes_in_random_places(small_file):
    rng = np.random.default_rng(0)
    for _ in range(300):
        data = np.frombuffer(small_file, np.uint8).copy()
        begin = rng.integers(len(data))
        length = rng.integers(1, 40)
        data[begin : begin + length] = rng.integers(0, 256, len(data[begin : begin + length]))
        if data.tobytes() != small_file:
            refused(data.tobytes())


def header_only(header):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 7,
        b"\0" * 100,
        b"\xff" * 100,
        b"PK\x03\x04 a zip file" * 10,
        pickle.dumps({"a": 1}),
        (2**63).to_bytes(8, "little") + b"{}",
        header_only(b"[" * 100_000),
        header_only(b'{"__metadata__": 3}'),
        header_only({}),
        header_only([]),
        header_only({"__metadata__": {"gbengine": "null"}}),
        header_only({"__metadata__": {"gbengine": "[" * 100_000}}),
        header_only({"__metadata__": {"gbengine": '{"checksum": "", "content": {}}'}}),
        safetensors.numpy.save({"weights": np.zeros(3)}, metadata={"format": "pt"}),
    ],
    ids=range(15),
)
def test_foreign_bytes(data):
    refused(data)


def altered(small_file, change):
    """A file with a right checksum and a wrong content: made by hand, or by another program."""
    arrays, content = unpack(small_file, "the file")
    arrays = {name: array.copy() for name, array in arrays.items()}
    change(arrays, content)
    return pack(arrays, content)


def set_item(which, name, value):
    def change(arrays, content):
        (arrays if which == "arrays" else content)[name] = value

    return change


def edit_array(name, index, value):
    def change(arrays, content):
        arrays[name][index] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda arrays, content: arrays.pop("threshold"),
        lambda arrays, content: arrays.pop("train_score"),
        lambda arrays, content: content.pop("classes"),
        lambda arrays, content: content.pop("params"),
        set_item("arrays", "extra", np.zeros(1)),
        set_item("arrays", "value", np.zeros(2)),
        set_item("arrays", "threshold", np.zeros((5, 2))),
        set_item("arrays", "train_score", np.zeros(3, dtype=np.int8)),
        set_item("arrays", "n_features", np.array([2**40])),
        set_item("arrays", "base_score", np.array([])),
        edit_array("feature", 0, 6),
        edit_array("feature", 0, -2),
        edit_array("left_child", 0, 0),
        edit_array("left_child", 0, 10**9),
        set_item("arrays", "leaf_width", np.array([2])),
        set_item("arrays", "leaf_width", np.array([0])),
        set_item("arrays", "leaf_width", np.array([], dtype=np.int64)),
        set_item("arrays", "n_features", np.array([2**24 + 1])),
        set_item("arrays", "n_samples", np.array([1])),
        set_item("arrays", "right_child", np.zeros(10, np.int32)),
        set_item("arrays", "right_child", np.array([2], np.int32)),
        lambda arrays, content: arrays.pop("left_child"),
        edit_array("value", 1, np.nan),
        edit_array("value", 1, np.inf),
        edit_array("threshold", 0, np.nan),
        edit_array("tree_begin", 1, 10**12),
        edit_array("tree_begin", 1, -1),
        edit_array("tree_output", 0, 1),
        edit_array("missing_goes_left", 0, 2),
        edit_array("base_score", 0, np.inf),
        set_item("content", "link", "softmax"),
        set_item("content", "link", "identity"),
        set_item("content", "link", "no such link"),
        set_item("content", "link", None),
        set_item("content", "n_iter", 3),
        set_item("content", "n_iter", "two"),
        set_item("content", "classes", None),
        set_item("content", "classes", ["a", "b", "c"]),
        set_item("content", "classes", [1, "b"]),
        set_item("content", "classes", ["b", "a"]),
        set_item("content", "classes", ["longer than", "the dtype"]),
        set_item("content", "classes_dtype", "<U500000000"),
        set_item("content", "classes_dtype", "V8"),
        set_item("content", "classes_dtype", "no dtype"),
        set_item("content", "feature_names", ["a"]),
        set_item("content", "feature_names", [1, 2, 3, 4, 5, 6]),
        set_item("content", "seed", []),
        set_item("content", "trained_with", []),
        set_item("content", "params", [1]),
    ],
)
def test_valid_container_with_wrong_content(small_file, change):
    refused(altered(small_file, change))


@pytest.mark.parametrize(
    "change",
    [
        set_item("content", "estimator", "Pipeline"),
        set_item("content", "estimator", "GradientBoostingRegressor"),
        set_item("content", "params", {"learning_rate": -1}),
        set_item("content", "params", {"no_such_parameter": 1}),
        set_item("content", "params", {"random_state": "x"}),
    ],
)
def test_valid_container_with_wrong_estimator(small_file, change, tmp_path):
    path = tmp_path / "wrong.safetensors"
    path.write_bytes(altered(small_file, change))
    with pytest.raises(ValueError, match=r"wrong\.safetensors is not a whole, unaltered gbengine"):
        load_model(path)


def test_newer_format(small_file, monkeypatch):
    monkeypatch.setattr("gbengine._container.FORMAT_VERSION", 3)
    arrays, content = {"a": np.zeros(1)}, {}
    newer = pack(arrays, content)
    monkeypatch.undo()
    with pytest.raises(ValueError, match="format is 3, and this version of gbengine reads 1 and 2"):
        from_bytes(newer, "the file", find_class)


def test_damaged_pickle():
    model = estimator_for(BINARY, **SMALL).fit(BINARY.X, BINARY.y)
    state = model.__getstate__()
    data = bytearray(state["_model"])
    data[-3] ^= 16
    with pytest.raises(ValueError, match="pickled estimator is not a whole, unaltered"):
        GradientBoostingClassifier.__new__(GradientBoostingClassifier).__setstate__(
            {**state, "_model": bytes(data)}
        )

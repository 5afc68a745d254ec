"""A fitted estimator as bytes and back: what save_model writes is also what pickle carries."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from gbengine._container import not_a_model, pack, unpack
from gbengine._runtime import core
from gbengine._version import __version__

# How a call runs, not what the model is: left out, so that equal models are equal files.
_NOT_SAVED = ("n_jobs", "verbose")
_SCORES = ("train_score", "validation_score")
_CLASS_KINDS = "biufUO"
_MAX_CLASSES_BYTES = 100_000_000


@dataclass(frozen=True)
class Saved:
    """What a file holds: the estimator's class by name, its parameters, its fitted attributes."""

    class_name: str
    params: dict[str, Any]
    fitted: dict[str, Any]


def to_bytes(estimator: Any) -> tuple[bytes, list[str]]:
    """Give a fitted estimator's file, and the names of parameters that no file can hold.

    Those are a generator as ``random_state`` and a function as ``scoring``.
    """
    params, left_out = _storable(estimator._params())
    trained_with, _ = _storable(estimator._trained_with)
    names = getattr(estimator, "feature_names_in_", None)
    classes = getattr(estimator, "classes_", None)
    content = {
        "library_version": __version__,
        "estimator": estimator._public_class_name(),
        "params": params,
        "trained_with": trained_with,
        "seed": estimator._seed,
        "link": estimator._model.link,
        "n_iter": estimator.n_iter_,
        "feature_names": None if names is None else names.tolist(),
        "classes": None if classes is None else classes.tolist(),
        "classes_dtype": None if classes is None else classes.dtype.str,
    }
    scores = {name: getattr(estimator, f"{name}_") for name in _SCORES}
    return pack({**estimator._model.to_arrays(), **scores}, content), left_out


def from_bytes(data: bytes, source: str) -> Saved:
    """Read a file's bytes; everything in them is checked, the trees by the core.

    Raises
    ------
    ValueError
        If the bytes are no model, naming ``source``.
    """
    arrays, content = unpack(data, source)
    try:
        return _interpret(arrays, content)
    except Exception as error:
        # A valid container with a wrong content: made by another program, or by hand.
        raise not_a_model(source, error) from error


def _interpret(arrays: dict[str, np.ndarray[Any, Any]], content: dict[str, Any]) -> Saved:
    scores = {f"{name}_": _score_trace(arrays.pop(name)) for name in _SCORES}
    model = core.Model.from_arrays(arrays, content["link"])
    n_iter, n_outputs = int(content["n_iter"]), model.n_outputs
    order = np.arange(model.n_trees) % n_outputs
    if model.n_trees != n_iter * n_outputs or np.any(arrays["tree_output"] != order):
        raise ValueError(f"{model.n_trees} trees are not {n_iter} rounds of {n_outputs}")
    fitted = {
        "_model": model,
        "_seed": int(content["seed"]),
        "_trained_with": _restored(content["trained_with"]),
        "n_features_in_": model.n_features,
        "n_iter_": n_iter,
        "n_trees_per_iteration_": n_outputs,
        **scores,
    }
    if content["feature_names"] is not None:
        fitted["feature_names_in_"] = _feature_names(content["feature_names"], model.n_features)
    if content["classes"] is not None:
        fitted["classes_"] = _classes(content, n_outputs)
    if (model.link in ("logit", "softmax")) != ("classes_" in fitted):
        raise ValueError(f"link {model.link!r} and classes do not go together")
    return Saved(str(content["estimator"]), _restored(content["params"]), fitted)


def _score_trace(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if array.dtype != np.float64 or array.ndim != 1:
        raise ValueError(f"scores of dtype {array.dtype} and shape {array.shape}")
    return array.copy()  # the container's arrays are read-only views


def _feature_names(names: list[str], n_features: int) -> np.ndarray[Any, Any]:
    if len(names) != n_features or not all(isinstance(name, str) for name in names):
        raise ValueError(f"feature_names must be {n_features} strings")
    return np.array(names, dtype=object)


def _classes(content: dict[str, Any], n_outputs: int) -> np.ndarray[Any, Any]:
    dtype = np.dtype(content["classes_dtype"])
    values = content["classes"]
    if dtype.kind not in _CLASS_KINDS or len(values) != (2 if n_outputs == 1 else n_outputs):
        raise ValueError(f"{len(values)} classes of dtype {dtype} for {n_outputs} raw scores")
    if dtype.kind == "O" and not all(isinstance(value, str) for value in values):
        raise ValueError("classes that are objects must be strings")
    if dtype.itemsize * len(values) > _MAX_CLASSES_BYTES:
        raise ValueError(f"{len(values)} classes of dtype {dtype} would fill the memory")
    classes: np.ndarray[Any, Any] = np.array(values, dtype=dtype)
    if classes.tolist() != values or any(a >= b for a, b in pairwise(values)):
        raise ValueError(f"classes are not ascending values of dtype {dtype}")
    return classes


def _storable(params: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Give parameters as JSON has them, and the names of those it has no form for."""
    stored: dict[str, Any] = {}
    left_out = []
    for name, value in params.items():
        plain = value.item() if isinstance(value, np.generic) else value
        if name in _NOT_SAVED:
            continue
        if isinstance(plain, Mapping):
            # Labels may be numbers, which are no keys in JSON.
            pairs = [[_scalar(label), _scalar(weight)] for label, weight in plain.items()]
            stored[name] = {"pairs": sorted(pairs, key=repr)}
        elif plain is None or isinstance(plain, bool | int | float | str):
            stored[name] = plain
        else:
            left_out.append(name)
    return stored, left_out


def _scalar(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _restored(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: dict(value["pairs"]) if isinstance(value, dict) else value
        for name, value in stored.items()
    }

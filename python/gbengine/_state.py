"""A fitted estimator as bytes and back: what save_model writes is also what pickle carries."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from gbengine._categorical import CATEGORICAL_DEFAULTS
from gbengine._container import not_a_model, pack, unpack
from gbengine._encoder_state import FILE_ARRAYS, encoder_arrays, encoder_from_arrays
from gbengine._runtime import core
from gbengine._target_encoding import statistic_labels
from gbengine._target_encoding_state import (
    STATISTIC_ARRAYS,
    encoding_from_arrays,
    n_columns_of_file,
    statistic_arrays,
)
from gbengine._version import __version__
from gbengine._warm_start import START_DEFAULTS

Array = np.ndarray[Any, Any]

# How a call runs, not what the model is: left out, so that equal models are equal files.
_NOT_SAVED = ("n_jobs", "verbose")
# Parameters younger than the format, and what they were before there were such: files without them
# are of these, and files of these are without them.
ROUND_DEFAULTS: dict[str, Any] = {"n_parallel_trees": 1, "multi_output": "separate"}
_LEFT_OUT: dict[str, Any] = {**ROUND_DEFAULTS, **CATEGORICAL_DEFAULTS, **START_DEFAULTS}
_CLASS_KINDS = "biufUO"
_MAX_CLASSES_BYTES = 100_000_000


@dataclass(frozen=True)
class Saved:
    """What a file holds: the estimator's class, its parameters, its fitted attributes."""

    cls: Any
    params: dict[str, Any]
    fitted: dict[str, Any]


def to_bytes(estimator: Any) -> tuple[bytes, list[str]]:
    """Give a fitted estimator's file, and the names of parameters that no file can hold.

    Those are a generator as ``random_state`` and a function as ``scoring``.
    """
    params, left_out = _storable(estimator._params())
    trained_with, _ = _storable(estimator._trained_with)
    names = getattr(estimator, "feature_names_in_", None)
    arrays, extras = estimator._file_extras()
    content = {
        "library_version": __version__,
        "estimator": estimator._public_class_name(),
        "params": params,
        "trained_with": trained_with,
        "seed": estimator._seed,
        "link": estimator._model.link,
        "feature_names": None if names is None else names.tolist(),
        **extras,
    }
    arrays |= encoder_arrays(estimator.__dict__.get("_encoder"))
    arrays |= statistic_arrays(estimator.__dict__.get("_target_encoding"))
    return pack({**estimator._model.to_arrays(copy=False), **arrays}, content), left_out


def from_bytes(data: bytes, source: str, find_class: Callable[[str], Any]) -> Saved:
    """Read a file's bytes; everything in them is checked, the trees by the core.

    Parameters
    ----------
    data : bytes
    source : str
        What the error message calls the bytes: the file's name.
    find_class : callable
        From the name of the estimator's class to the class; any error if there is none.

    Raises
    ------
    ValueError
        If the bytes are no model, naming ``source``.
    """
    arrays, content = unpack(data, source)
    try:
        return _interpret(arrays, content, find_class(str(content["estimator"])))
    except Exception as error:
        # A valid container with a wrong content: made by another program, or by hand.
        raise not_a_model(source, error) from error


def _interpret(arrays: dict[str, Array], content: dict[str, Any], cls: Any) -> Saved:
    names = (*cls._file_arrays, *FILE_ARRAYS, *STATISTIC_ARRAYS)
    own = {name: arrays.pop(name) for name in names if name in arrays}
    # Younger than the format: files without it hold a sum of trees.
    how = {"aggregation": content["aggregation"]} if "aggregation" in content else {}
    model = core.Model.from_arrays(arrays, content["link"], **how)
    n_features = n_columns_of_file(own, model)
    fitted = {
        "_model": model,
        "_seed": int(content["seed"]),
        "_trained_with": restored(content["trained_with"]),
        "n_features_in_": n_features,
    }
    if content["feature_names"] is not None:
        fitted["feature_names_in_"] = _feature_names(content["feature_names"], n_features)
    encoder = encoder_from_arrays(own, model)
    encoding = encoding_from_arrays(own, encoder)
    if encoder is not None:
        fitted["_encoder"] = encoder
    fitted |= cls._from_file(model, arrays | own, content)
    if encoding is not None:
        fitted["_target_encoding"] = encoding
        if encoding.n_statistics != len(statistic_labels(fitted)):
            raise ValueError(f"{encoding.n_statistics} statistics of the outputs there are")
    return Saved(cls, restored(content["params"]), fitted)


def _feature_names(names: list[str], n_features: int) -> Array:
    if len(names) != n_features or not all(isinstance(name, str) for name in names):
        raise ValueError(f"feature_names must be {n_features} strings")
    return np.array(names, dtype=object)


def read_classes(values: list[Any], dtype_text: str) -> Array:
    """Check labels that a file holds, and give them as they were."""
    dtype = np.dtype(dtype_text)
    if dtype.kind not in _CLASS_KINDS:
        raise ValueError(f"classes of dtype {dtype}")
    if dtype.kind == "O" and not all(isinstance(value, str) for value in values):
        raise ValueError("classes that are objects must be strings")
    if dtype.itemsize * len(values) > _MAX_CLASSES_BYTES:
        raise ValueError(f"{len(values)} classes of dtype {dtype} would fill the memory")
    classes: Array = np.array(values, dtype=dtype)
    if classes.tolist() != values or any(a >= b for a, b in pairwise(values)):
        raise ValueError(f"classes are not ascending values of dtype {dtype}")
    return classes


def _storable(params: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Give parameters as JSON has them, and the names of those it has no form for."""
    stored: dict[str, Any] = {}
    left_out = []
    for name, value in params.items():
        plain = value.item() if isinstance(value, np.generic) else value
        if name in _NOT_SAVED or (name in _LEFT_OUT and _is(plain, _LEFT_OUT[name])):
            continue
        try:
            stored[name] = _as_json(plain, keeps_order=name == "scoring")  # the first one stops fit
        except TypeError:
            left_out.append(name)
    return stored, left_out


def _is(value: Any, default: Any) -> bool:
    """Compare a parameter, which may be an array, with a default that is none."""
    if value is None or default is None:
        return value is default
    return bool(np.ndim(value) == 0 and value == default)


def _as_json(value: Any, *, keeps_order: bool = False) -> Any:
    """Give a parameter as JSON has it; TypeError if it has no form there."""
    plain = value.item() if isinstance(value, np.generic) else value
    if plain is None or isinstance(plain, bool | int | float | str):
        return plain
    if hasattr(plain, "_param_table"):
        params, left_out = _storable(plain._params())
        if left_out:
            raise TypeError(f"no form in JSON: {left_out} of {plain!r}")
        return {"estimator": plain._public_class_name(), "params": params}
    if isinstance(plain, Mapping):
        # Labels may be numbers, which are no keys in JSON.
        pairs = [[_as_json(label), _as_json(weight)] for label, weight in plain.items()]
        return {"pairs": pairs if keeps_order else sorted(pairs, key=repr)}
    if isinstance(plain, list | tuple) or hasattr(plain, "tolist"):  # arrays, pandas' indices
        return {"list": [_as_json(item) for item in plain]}
    raise TypeError(f"no form in JSON: {type(value).__name__}")


def restored(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Give parameters as they were before a file held them."""
    return {name: _from_json(value) for name, value in stored.items()}


def _from_json(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "list" in value:
        return [_from_json(item) for item in value["list"]]
    if "estimator" in value:
        # It imports every estimator, and these import this module.
        from gbengine._model_file import find_class  # noqa: PLC0415

        estimator = find_class(str(value["estimator"]))(**restored(value["params"]))
        estimator._check_params()
        return estimator
    return dict(value["pairs"])

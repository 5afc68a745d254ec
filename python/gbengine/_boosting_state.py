"""What a model file holds of a boosted model besides parameters and trees, and its checks."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import ClassifierMixin

from gbengine._state import ROUND_DEFAULTS, read_classes, restored
from gbengine._warm_start import START_DEFAULTS

if TYPE_CHECKING:
    from gbengine._core import Model

Array = np.ndarray[Any, Any]

_TRACES = ("train_score", "validation_score")
# Only there if there are several metrics: their curves, by row, in the order of their names.
_CURVES = {"train": "train_curves", "validation": "validation_curves"}
FILE_ARRAYS = (*_TRACES, *_CURVES.values())


def file_extras(estimator: Any) -> tuple[dict[str, Array], dict[str, Any]]:
    """Give the traces of the fit, the number of rounds and the classes."""
    classes = getattr(estimator, "classes_", None)
    content = {
        "n_iter": estimator.n_iter_,
        "classes": None if classes is None else classes.tolist(),
        "classes_dtype": None if classes is None else classes.dtype.str,
    }
    arrays = {name: getattr(estimator, f"{name}_") for name in _TRACES}
    curves = estimator.__dict__.get("_curves")
    if curves is not None:
        content["metrics"] = list(curves["train"])
        for rows, name in _CURVES.items():
            by_metric = list(curves[rows].values())
            arrays[name] = np.array(by_metric) if by_metric else np.empty((0, 0))
    return arrays, content


def fitted_from_file(
    cls: Any, model: "Model", arrays: Mapping[str, Array], content: Mapping[str, Any]
) -> dict[str, Any]:
    """Give these as fitted attributes; an error if they are not of one boosted model."""
    own = {row.name for row in cls._param_table}
    of_rounds = {name: value for name, value in ROUND_DEFAULTS.items() if name in own}
    trained_with = {**of_rounds, **START_DEFAULTS} | restored(content["trained_with"])
    n_iter, n_outputs = int(content["n_iter"]), model.n_outputs
    n_parallel = int(trained_with["n_parallel_trees"])
    multi_output = trained_with.get("multi_output")
    n_in_turn = 1 if multi_output == "shared" else n_outputs
    if n_in_turn * model.leaf_width != n_outputs:
        raise ValueError(f"leaves of {model.leaf_width} values with multi_output={multi_output!r}")
    _check_rounds(arrays["tree_output"], n_iter, n_in_turn, n_parallel)
    fitted: dict[str, Any] = {
        "_trained_with": trained_with,
        "n_iter_": n_iter,
        "n_trees_per_iteration_": n_in_turn * n_parallel,
        **{f"{name}_": _score_trace(arrays[name]) for name in _TRACES},
    }
    if "metrics" in content:
        fitted["_curves"] = _curves_of(content["metrics"], arrays)
    if content["classes"] is not None:
        fitted["classes_"] = read_classes(content["classes"], content["classes_dtype"])
        if len(fitted["classes_"]) != max(2, n_outputs):
            raise ValueError(f"{len(fitted['classes_'])} classes for {n_outputs} raw scores")
    has_classes = "classes_" in fitted
    if (model.link in ("logit", "softmax")) != has_classes:
        raise ValueError(f"link {model.link!r} and classes do not go together")
    if issubclass(cls, ClassifierMixin) != has_classes:
        raise ValueError(f"the trees are not those of a {cls.__name__}")
    return fitted


def _check_rounds(tree_output: Array, n_iter: int, n_in_turn: int, n_parallel: int) -> None:
    n_trees = len(tree_output)
    if n_parallel < 1 or n_trees != n_iter * n_in_turn * n_parallel:
        raise ValueError(f"{n_trees} trees are not {n_iter} rounds of {n_in_turn} x {n_parallel}")
    if np.any(tree_output != np.arange(n_trees) // n_parallel % n_in_turn):
        raise ValueError(f"the trees of a round are not {n_parallel} for each raw score in turn")


def _curves_of(metrics: list[str], arrays: Mapping[str, Array]) -> dict[str, dict[str, Array]]:
    curves: dict[str, dict[str, Array]] = {}
    for rows, name in _CURVES.items():
        array = arrays[name]
        if array.ndim != 2 or len(array) not in {0, len(metrics)} or len(set(metrics)) < 2:
            raise ValueError(f"curves of shape {array.shape} for the metrics {metrics}")
        pairs = zip(metrics, array, strict=False)  # without validation rows there is no curve
        curves[rows] = {str(metric): _score_trace(curve) for metric, curve in pairs}
        if len(array) and not np.array_equal(array[0], arrays[f"{rows}_score"]):
            raise ValueError(f"the first of the curves is not {rows}_score")
    return curves


def _score_trace(array: Array) -> Array:
    if array.dtype != np.float64 or array.ndim != 1:
        raise ValueError(f"scores of dtype {array.dtype} and shape {array.shape}")
    return array.copy()  # the container's arrays are read-only views

"""What a model file holds of trees and forests besides parameters and trees, and its checks."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import ClassifierMixin

from gbengine._shares import leaf_width
from gbengine._state import read_classes

if TYPE_CHECKING:
    from gbengine._core import Model

Array = np.ndarray[Any, Any]


def file_outputs(estimator: Any) -> dict[str, Any]:
    """Give the number of outputs, and the classes of each; None for regression."""
    if not isinstance(estimator, ClassifierMixin):
        return {"n_outputs": estimator.n_outputs_, "classes": None}
    several = estimator.n_outputs_ > 1
    lists = estimator.classes_ if several else [estimator.classes_]
    outputs = [{"labels": classes.tolist(), "dtype": classes.dtype.str} for classes in lists]
    return {"n_outputs": estimator.n_outputs_, "classes": outputs}


def outputs_from_file(cls: type, model: "Model", content: Mapping[str, Any]) -> dict[str, Any]:
    """Give these as fitted attributes; an error if they do not go with the trees."""
    n_outputs = int(content["n_outputs"])
    if model.aggregation != "mean" or model.link != "identity" or model.n_trees < 1:
        raise ValueError(
            f"{model.n_trees} trees with aggregation {model.aggregation!r} and link {model.link!r} "
            f"are not those of a {cls.__name__}"
        )
    fitted: dict[str, Any] = {"n_outputs_": n_outputs}
    width = n_outputs
    if issubclass(cls, ClassifierMixin):
        lists = [read_classes(output["labels"], output["dtype"]) for output in content["classes"]]
        if len(lists) != n_outputs or not all(map(len, lists)):
            raise ValueError(f"classes of {len(lists)} outputs, of which there are {n_outputs}")
        counts = [len(classes) for classes in lists]
        fitted["classes_"] = lists[0] if n_outputs == 1 else lists
        fitted["n_classes_"] = counts[0] if n_outputs == 1 else np.array(counts)
        width = leaf_width(counts)
    elif content["classes"] is not None:
        raise ValueError(f"classes, which a {cls.__name__} does not have")
    if n_outputs < 1 or model.n_outputs != width:
        raise ValueError(f"leaves of {model.n_outputs} numbers where {width} were expected")
    return fitted


def array_from_file(
    arrays: Mapping[str, Array], name: str, dtype: Any, length: int | None = None
) -> Array:
    """Give a writable copy of an array of a file; ValueError if its type or length is wrong."""
    array = arrays[name]
    is_right_length = length is None or array.shape == (length,)
    if array.dtype != dtype or array.ndim != 1 or not is_right_length:
        raise ValueError(f"{name} has dtype {array.dtype} and shape {array.shape}")
    return array.copy()

"""From what users pass as y and sample_weight to the numbers the core trains on."""

from collections.abc import Mapping
from math import fsum
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from sklearn.utils.validation import column_or_1d

from gbengine._series import as_plain

if TYPE_CHECKING:
    from gbengine._core import Vector

Array = np.ndarray[Any, Any]

# Gradients are single precision (up to 3e38), and so is a target's distance from the prediction.
MAX_ABS_TARGET = 1e30
# Up to 2**53 every whole total is a double, and the core's integer sums have room for it.
MAX_TOTAL_WEIGHT = 2.0**53


def target_column(y: Any, n_rows: int, name: str = "y") -> Array:
    """Give y as a one-dimensional array of its own type.

    Raises
    ------
    ValueError
        If y is missing, has two dimensions or not as many rows as X.
    """
    if y is None:
        raise ValueError(f"fit requires {name} to be passed, but the target {name} is None.")
    column: Array = column_or_1d(as_plain(y, name), warn=True)
    if column.shape[0] != n_rows:
        raise _wrong_length(column.shape[0], n_rows, name)
    return column


def _wrong_length(n_found: int, n_rows: int, name: str) -> ValueError:
    return ValueError(
        f"X{name[1:]} and {name} must have as many rows as each other: {n_rows} in "
        f"X{name[1:]}, {n_found} in {name}"
    )


def target_rows(y: Any, n_rows: int, name: str = "y") -> Array:
    """Give y as an array of its own type: of one dimension, or (n_rows, n_targets) of several.

    Raises
    ------
    ValueError
        As ``target_column``; if y is sparse, or has more than two dimensions or no column.
    """
    if sparse.issparse(y):
        raise ValueError(f"{name} is sparse, which is not supported: pass {name}.toarray()")
    array = y if y is None else np.asarray(as_plain(y, name))
    if array is None or array.ndim < 2 or array.shape[1:] == (1,):
        return target_column(y, n_rows, name)
    if array.ndim > 2 or array.shape[1] == 0:
        raise ValueError(
            f"{name} must have shape (n_rows,) or (n_rows, n_targets), n_targets >= 1: "
            f"{array.shape}"
        )
    if array.shape[0] != n_rows:
        raise _wrong_length(array.shape[0], n_rows, name)
    return array


def regression_targets(y: Array, name: str = "y") -> Array:
    """Give one target or several as float64; ValueError as ``regression_target``."""
    if y.ndim == 1:
        return regression_target(y, name)
    return np.column_stack([regression_target(column, name) for column in y.T])


def regression_target(y: Array, name: str = "y") -> "Vector":
    """Give a target as float64.

    Raises
    ------
    ValueError
        If a value is not a number, not finite, or beyond ``MAX_ABS_TARGET``.
    """
    if y.dtype.kind not in "biufO":
        raise ValueError(f"{name} has dtype {y.dtype}: a regressor needs numbers")
    try:
        numbers = np.ascontiguousarray(y, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} cannot be read as numbers: {error}") from error
    check_numbers(numbers, name, MAX_ABS_TARGET)
    return numbers


def find_classes(y: Array, least: int = 2) -> Array:
    """Give the sorted distinct labels.

    Raises
    ------
    ValueError
        If labels are missing, of mixed kinds or not whole numbers, or there are fewer than
        ``least`` classes.
    """
    y = _comparable(y)
    if y.dtype.kind == "f":
        check_numbers(y, "y", np.inf)
    if y.dtype.kind == "O":
        classes: Array = np.array(sorted(set(y.tolist())), dtype=object)
    else:
        classes = np.unique(y)
    if classes.dtype.kind == "f" and np.any(classes != np.trunc(classes)):
        raise ValueError(
            f"Unknown label type: continuous. y holds {classes[classes != np.trunc(classes)][0]}, "
            "but classes are strings or whole numbers; use a regressor for other numbers"
        )
    if len(classes) < least:
        raise ValueError(
            f"y has only one class, {classes.tolist()[0]!r} (among the rows of weight > 0): a "
            "classifier needs at least two"
        )
    return classes


def class_codes(y: Array, classes: Array, name: str = "y") -> "Vector":
    """Give each row's position in ``classes``.

    Raises
    ------
    ValueError
        If a label is not among the classes.
    """
    y = _comparable(y)
    kinds = {y.dtype.kind, classes.dtype.kind}
    # Strings do not compare with numbers, nor in NumPy's way if they are Python objects.
    is_comparable = kinds == {"U"} or not kinds & {"U", "O"}
    codes, unknown = (_search if is_comparable else _look_up)(y, classes)
    if unknown:
        raise ValueError(
            f"{name} holds labels that y does not: {sorted(unknown, key=repr)[:5]}; the classes "
            f"are {classes.tolist()[:10]}"
        )
    return codes


def row_weights(sample_weight: Any, n_rows: int, name: str = "sample_weight") -> "Vector | None":
    """Check weights; None, or weights that are all 1, give None.

    Raises
    ------
    ValueError
        If a weight is negative, not finite or not a number, if the weights are all zero, too
        large together, or not as many as the rows.
    """
    if sample_weight is None:
        return None
    try:
        weights = np.asarray(as_plain(sample_weight, name), dtype=np.float64)
        is_frame = weights.ndim == 2 and not isinstance(sample_weight, np.ndarray | list | tuple)
        weights = weights[:, 0] if is_frame and weights.shape[1] == 1 else weights
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} cannot be read as numbers: {error}") from error
    if weights.ndim == 0:
        weights = np.full(n_rows, weights)
    if weights.shape != (n_rows,):
        raise ValueError(f"{name} must have shape ({n_rows},), one weight a row: {weights.shape}")
    check_numbers(weights, name, MAX_TOTAL_WEIGHT)
    if weights.min() < 0:
        row_idx = int(np.argmin(weights))
        raise ValueError(f"{name} must not be negative: row {row_idx} has {weights[row_idx]}")
    if weights.max() == 0:
        raise ValueError(f"{name} is zero in every row: at least one weight must be > 0")
    if weights.sum() > MAX_TOTAL_WEIGHT:
        raise ValueError(
            f"{name} sums to {weights.sum():.6g}: scale the weights so that they sum to at most "
            f"{MAX_TOTAL_WEIGHT:.6g}"
        )
    return None if np.all(weights == 1) else np.ascontiguousarray(weights)


def times_class_weight(
    weights: "Vector | None", codes: "Vector", classes: Array, class_weight: Any
) -> "Vector | None":
    """Multiply row weights by the weights of their classes.

    "balanced" gives each class the same total: W / (K * W_c), where W is the total weight, W_c
    that of the class and K the number of classes (King and Zeng, "Logistic regression in rare
    events data", 2001). Sums are exactly rounded, so that the order of the rows does not matter.
    """
    if class_weight is None:
        return weights
    per_row = class_factors(weights, codes, classes, class_weight)[codes.astype(np.intp)]
    product = per_row if weights is None else per_row * weights
    return row_weights(product, len(codes), "sample_weight times class_weight")


def class_factors(
    weights: "Vector | None", codes: "Vector", classes: Array, class_weight: Any
) -> "Vector":
    """Give the weight of each class for a dict or "balanced"."""
    labels = classes.tolist()
    if isinstance(class_weight, Mapping):
        factors = [_class_factor(class_weight, label) for label in labels]
        unknown = set(class_weight) - set(labels)
        if unknown:
            raise ValueError(
                f"class_weight names {sorted(unknown, key=repr)[:5]}, which y does not hold; the "
                f"classes are {labels[:10]}"
            )
    else:
        totals = _class_totals(weights, codes, len(labels))
        # Validation rows need not hold every class.
        factors = [fsum(totals) / (len(labels) * total) if total else 1.0 for total in totals]
    return np.array(factors)


def _search(y: Array, classes: Array) -> tuple["Vector", set[Any]]:
    positions = np.minimum(np.searchsorted(classes, y), len(classes) - 1)
    return positions.astype(np.float64), set(y[classes[positions] != y].tolist())


def _look_up(y: Array, classes: Array) -> tuple["Vector", set[Any]]:
    labels = y.tolist()
    code_of = {label: float(code) for code, label in enumerate(classes.tolist())}
    unknown = set(labels) - code_of.keys()
    n_known = 0 if unknown else len(labels)
    return np.fromiter(map(code_of.get, labels), np.float64, n_known), unknown


def _class_factor(class_weight: Mapping[Any, Any], label: Any) -> float:
    factor = class_weight.get(label, 1.0)
    if not isinstance(factor, Real) or not 0 < float(factor) <= MAX_TOTAL_WEIGHT:
        raise ValueError(f"class_weight of class {label!r} must be a number > 0: {factor!r}")
    return float(factor)


def _class_totals(weights: "Vector | None", codes: "Vector", n_classes: int) -> list[float]:
    if weights is None:
        return [float(n) for n in np.bincount(codes.astype(np.intp), minlength=n_classes)]
    return [fsum(weights[codes == code]) for code in range(n_classes)]


def _comparable(y: Array) -> Array:
    """Give labels as numbers, bools or strings; strings that are Python objects stay so."""
    if y.dtype.kind in "biufU":
        return y
    if y.dtype.kind == "T":  # NumPy's strings of any length
        return y.astype(object)
    if y.dtype.kind == "O":
        kinds = set(map(type, y.tolist()))
        if all(issubclass(kind, str) for kind in kinds):
            return y
        if all(issubclass(kind, bool | np.bool_) for kind in kinds):
            return y.astype(bool)
        if all(issubclass(kind, int | float | np.integer | np.floating) for kind in kinds):
            return np.array(y.tolist())
        row_idx = next((row for row, label in enumerate(y.tolist()) if _is_missing(label)), None)
        if row_idx is not None:
            raise ValueError(
                f"Input y contains NaN (row {row_idx}), a missing label: leave such rows out"
            )
        names = sorted(kind.__name__ for kind in kinds)
        raise ValueError(
            f"Unknown label type: y holds values of type {', '.join(names)}; classes are strings, "
            "whole numbers or bools, all of one kind, and none is missing"
        )
    raise ValueError(f"Unknown label type: y has dtype {y.dtype}; classes are strings or numbers")


def _is_missing(label: Any) -> bool:
    return type(label).__name__ in {"NoneType", "NAType", "NaTType"} or (
        isinstance(label, float) and np.isnan(label)
    )


def check_numbers(numbers: "Vector", name: str, largest: float) -> None:
    """Refuse numbers that are not finite or too large; ValueError with the row."""
    # NaN wins in either extreme, so that one comparison catches everything.
    worst = np.maximum(numbers.max(), -numbers.min())
    if worst <= largest and worst != np.inf:
        return
    is_bad = ~np.isfinite(numbers) | (np.abs(numbers) > largest)
    row_idx = int(np.argmax(is_bad))
    value = numbers[row_idx]
    kind = "NaN" if np.isnan(value) else "infinity" if np.isinf(value) else f"{value:g}"
    hint = "" if largest == np.inf else f" of size up to {largest:g}"
    raise ValueError(f"Input {name} contains {kind} (row {row_idx}): only finite numbers{hint}")

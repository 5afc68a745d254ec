"""From what users pass as y, one target or several, to the numbers that trees are grown on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils.validation import column_or_1d

from gbengine._labels import (
    class_codes,
    class_factors,
    find_classes,
    regression_target,
    row_weights,
    target_column,
)
from gbengine._series import as_plain

if TYPE_CHECKING:
    from gbengine._core import Vector

Array = np.ndarray[Any, Any]

# Up to here the core counts whole weights as copies, too.
_MOST_COPIES = 2.0**31


@dataclass(frozen=True)
class Targets:
    """All outputs as numbers: ``values`` is (n_rows, n_outputs), float64, C order.

    ``classes`` has the labels of each output, which ``values`` counts from 0; it is empty for
    regression.
    """

    values: NDArray[np.float64]
    classes: list[Array]

    @property
    def n_classes(self) -> list[int]:
        """Number of classes of each output; empty for regression."""
        return [len(classes) for classes in self.classes]


def target_columns(y: Any, n_rows: int, *, warns_of_column: bool) -> Array:
    """Give y as an array of shape (n_rows, n_outputs) and of its own type.

    Parameters
    ----------
    y : array-like or data frame of shape (n_rows,) or (n_rows, n_outputs)
    n_rows : int
        Number of rows of X.
    warns_of_column : bool
        Whether y of shape (n_rows, 1) is worth a DataConversionWarning: predictions are flat.

    Raises
    ------
    ValueError
        If y is missing, sparse, empty, of more than two dimensions, or not as long as X.
    """
    if sparse.issparse(y):
        raise ValueError("y is sparse, which is not supported: pass y.toarray()")
    array = y if y is None else np.asarray(as_plain(y, "y"))
    if array is None or array.ndim < 2:
        return target_column(y, n_rows).reshape(-1, 1)
    if array.ndim > 2 or array.shape[1] == 0:
        raise ValueError(
            f"y must have shape (n_rows,) or (n_rows, n_outputs), n_outputs >= 1: {array.shape}"
        )
    if array.shape[0] != n_rows:
        raise ValueError(
            f"X and y must have as many rows as each other: {n_rows} in X, {array.shape[0]} in y"
        )
    if array.shape[1] == 1 and warns_of_column:
        column_or_1d(array, warn=True)
    return array


def regression_outputs(columns: Array) -> Targets:
    """Give targets as float64; ValueError as ``regression_target``."""
    values = [regression_target(column) for column in columns.T]
    return Targets(np.ascontiguousarray(np.transpose(values)), [])


def class_outputs(columns: Array) -> Targets:
    """Find each output's classes and give the rows' positions in them.

    A single class is allowed, as in scikit-learn's trees; ValueError as ``find_classes``.
    """
    classes = [find_classes(column, least=1) for column in columns.T]
    codes = [class_codes(column, c) for column, c in zip(columns.T, classes, strict=True)]
    return Targets(np.ascontiguousarray(np.transpose(codes)), classes)


def check_poisson(targets: Targets) -> None:
    """Refuse targets that are no counts or amounts.

    Raises
    ------
    ValueError
        If a value is negative, or all values of an output are zero.
    """
    if targets.values.min() < 0:
        row_idx = int(np.argmin(targets.values.min(axis=1)))
        raise ValueError(
            f"criterion='poisson' needs y >= 0: row {row_idx} has {targets.values[row_idx].min()}"
        )
    if not targets.values.any(axis=0).all():
        raise ValueError("criterion='poisson' needs y > 0 in some row: all values are 0")


def times_class_weights(
    weights: "Vector | None", targets: Targets, class_weight: Any
) -> "Vector | None":
    """Multiply row weights by the weights of their classes, of all outputs.

    Parameters
    ----------
    weights : ndarray of shape (n_rows,) or None
    targets : Targets
        Of a classifier.
    class_weight : dict, list of dict, "balanced" or None
        With several outputs a list has one dict for each.

    Raises
    ------
    ValueError
        If there is not one dict for each output, or a dict is wrong.
    """
    if class_weight is None:
        return weights
    n_outputs = len(targets.classes)
    if isinstance(class_weight, Mapping) and n_outputs > 1:
        raise ValueError(
            f"class_weight must be 'balanced' or a list of {n_outputs} dicts, one for each output: "
            f"{class_weight!r}"
        )
    is_list = isinstance(class_weight, list)
    wanted = class_weight if is_list else [class_weight] * n_outputs
    if len(wanted) != n_outputs:
        raise ValueError(
            f"class_weight must have one dict for each of the {n_outputs} outputs: {class_weight!r}"
        )
    product = np.ones(len(targets.values)) if weights is None else weights
    for codes, classes, wish in zip(targets.values.T, targets.classes, wanted, strict=True):
        product = product * class_factors(weights, codes, classes, wish)[codes.astype(np.intp)]
    return row_weights(product, len(product), "sample_weight times class_weight")


def n_copies(weights: "Vector | None", n_rows: int) -> int:
    """Count rows as weights do that are all whole numbers: as copies.

    Sums above 2**31 are no counts, and the weights then count as broken ones do.
    """
    if weights is None or np.any(weights != np.trunc(weights)) or weights.sum() > _MOST_COPIES:
        return n_rows
    return int(weights.sum())

"""Groups of rows that stay together: reading their labels, and drawing some of them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gbengine._series import as_plain

Rows = NDArray[np.intp]


def read_groups(groups: Any, n_rows: int) -> Rows | None:
    """Give the number of each row's group, by the order of their labels.

    Raises
    ------
    ValueError
        If there is not one label a row, or a label is missing, or labels do not compare.
    """
    if groups is None:
        return None
    labels = np.asarray(as_plain(groups, "validation_groups"))
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.shape != (n_rows,):
        raise ValueError(
            f"validation_groups must have shape ({n_rows},), one group a row: {labels.shape}"
        )
    is_missing = np.array([_is_missing(label) for label in labels.tolist()], dtype=bool)
    if is_missing.any():
        row_idx = int(np.argmax(is_missing))
        raise ValueError(
            f"validation_groups must not be missing: row {row_idx} has {labels.tolist()[row_idx]!r}"
        )
    try:
        numbers: Rows = np.unique(labels, return_inverse=True)[1]
    except TypeError as error:
        raise ValueError(
            f"validation_groups must be labels of one kind, all numbers or all text: {error}"
        ) from error
    return numbers


def _is_missing(label: Any) -> bool:
    try:
        return label is None or bool(label != label)  # noqa: PLR0124 (NaN and NaT are not equal)
    except TypeError:  # pandas.NA cannot say
        return True


def check_groups(params: Mapping[str, Any], *, has_validation: bool) -> None:
    """Refuse groups where fit does not draw rows; ValueError saying why it does not."""
    if has_validation:
        why = "when fit is given X_val"
    elif not params["early_stopping"]:
        why = "with early_stopping=False"
    elif params["validation_fraction"] is None:
        why = "with validation_fraction=None"
    elif params["validation_split"] != "random":
        why = f"with validation_split={params['validation_split']!r}"
    else:
        return
    raise ValueError(
        f"validation_groups has no effect {why}: it keeps groups together where "
        "early_stopping=True draws rows to set aside"
    )


def draw_groups(groups: Rows, codes: Rows, n_wanted: int, seed: int) -> NDArray[np.bool_]:
    """Tell of each row whether its group is drawn.

    Groups come in random order, and one is drawn if that brings the number of rows nearer to what
    is wanted; if all are too large, the smallest is. Those without which a class would have no row
    left are passed over.

    Parameters
    ----------
    groups : ndarray of int of shape (n_rows,)
    codes : ndarray of int of shape (n_rows,)
        The classes of the rows.
    n_wanted : int
        Number of rows, below n_rows.
    seed : int

    Raises
    ------
    ValueError
        If there are fewer than two groups, or none may be drawn.
    """
    _, group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if len(sizes) < 2:
        raise ValueError(
            "validation_groups has only one group (among the rows of weight > 0): there must be "
            "one to train on and one to set aside"
        )
    rows = np.split(np.argsort(group, kind="stable"), np.cumsum(sizes)[:-1])
    left, n_drawn = np.bincount(codes), 0
    is_drawn = np.zeros(len(group), dtype=bool)
    order = np.random.RandomState(seed % 2**32).permutation(len(sizes))

    def draw(k: int) -> bool:
        nonlocal left, n_drawn
        rest = left - np.bincount(codes[rows[k]], minlength=len(left))
        if rest.min() == 0:
            return False
        is_drawn[rows[k]], n_drawn, left = True, n_drawn + len(rows[k]), rest
        return True

    for k in order:
        if n_drawn >= n_wanted:
            break
        if abs(n_drawn + sizes[k] - n_wanted) < n_wanted - n_drawn:
            draw(k)
    if n_drawn or any(draw(k) for k in order[np.argsort(sizes[order], kind="stable")]):
        return is_drawn
    raise ValueError(
        "validation_groups leaves nothing to set aside: each of its groups has all rows of a class"
    )

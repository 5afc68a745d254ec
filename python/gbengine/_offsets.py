"""Where the raw score of each row starts: exposures and scores given by row, as the core's offsets.

An offset is added to what the trees say while they are grown; it is no part of the model.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gbengine._labels import MAX_ABS_TARGET, check_numbers
from gbengine._params import LOG_LINK_LOSSES
from gbengine._runtime import core
from gbengine._series import as_plain

if TYPE_CHECKING:
    from gbengine._core import Vector
    from gbengine._parts import Part

Array = np.ndarray[Any, Any]


def read_exposure(exposure: Any, n_rows: int, name: str = "exposure") -> "Vector | None":
    """Check exposures: numbers above 0, one a row.

    Raises
    ------
    ValueError
        Naming the argument, and the row of a value that is not above 0 or not finite.
    """
    if exposure is None:
        return None
    numbers = _read_numbers(exposure, name)
    if numbers.ndim == 2 and numbers.shape[1] == 1:
        numbers = numbers[:, 0]
    if numbers.shape != (n_rows,):
        raise ValueError(f"{name} must have shape ({n_rows},), one number a row: {numbers.shape}")
    check_numbers(numbers, name, MAX_ABS_TARGET)
    if numbers.min() <= 0:
        row_idx = int(np.argmax(numbers <= 0))
        raise ValueError(f"{name} must be > 0: row {row_idx} has {numbers[row_idx]}")
    return np.ascontiguousarray(numbers)


def read_init_score(init_score: Any, n_rows: int, name: str = "init_score") -> Array | None:
    """Check raw scores, and give them as (n_rows, n_outputs).

    Raises
    ------
    ValueError
        Naming the argument, and the row of a value that is not finite or beyond 1e30.
    """
    if init_score is None:
        return None
    numbers = _read_numbers(init_score, name)
    if numbers.ndim not in {1, 2} or numbers.shape[0] != n_rows:
        raise ValueError(
            f"{name} must have shape ({n_rows},) or ({n_rows}, n_outputs): {numbers.shape}"
        )
    columns = numbers.reshape(n_rows, -1)
    for column in columns.T:
        check_numbers(column, name, MAX_ABS_TARGET)
    return columns


def need_log_link(params: Mapping[str, Any]) -> None:
    """Refuse exposures of a loss that does not model the logarithm of the mean; ValueError."""
    if params["loss"] not in LOG_LINK_LOSSES:
        names = ", ".join(repr(name) for name in LOG_LINK_LOSSES)
        raise ValueError(
            f"exposure needs a loss that models the logarithm of a mean ({names}), got "
            f"loss={params['loss']!r}"
        )


def core_offset(part: "Part", n_outputs: int, suffix: str = "") -> Array | None:
    """Give the offsets of rows as the core takes them, (n_outputs, n_rows), or None for zeros.

    Raises
    ------
    ValueError
        If ``init_score`` has not a column for each raw score.
    """
    if part.init_score is None and part.exposure is None:
        return None
    offset = np.zeros((n_outputs, len(part.y)))
    if part.exposure is not None:
        offset += core.link_inverse("log", part.exposure)
    if part.init_score is not None:
        n_columns = part.init_score.shape[1]
        if n_columns != n_outputs:
            raise ValueError(
                f"init_score{suffix} has {n_columns} columns: it must have {n_outputs}, one for "
                "each raw score of a row"
            )
        offset += part.init_score.T
    return offset


def _read_numbers(values: Any, name: str) -> Array:
    """Read numbers as float64; text is none, even if it looks like one."""
    try:
        array = np.asarray(as_plain(values, name))
        is_text = array.dtype.kind == "O" and any(isinstance(x, str | bytes) for x in array.flat)
        if array.dtype.kind not in "biufO" or is_text:
            kind = "text" if is_text else f"dtype {array.dtype}"
            raise ValueError(f"its values are of {kind}")
        return array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} cannot be read as numbers: {error}") from error

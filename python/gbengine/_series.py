"""Labels and weights of any library, columns and frames of them, as NumPy arrays."""

from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from gbengine._frame_column import FrameColumn
from gbengine._frames import as_eager, as_frame
from gbengine._objects import object_array


def as_plain(values: Any, name: str) -> Any:
    """Give a series as a one-dimensional array, a frame as a two-dimensional one.

    Parameters
    ----------
    values : object
        What the user passed. What is neither series nor frame is given back as it is.
    name : str
        Name of the argument, for error messages.

    Returns
    -------
    object
        Of text and categories an array of the values themselves, with None for missing; of numbers
        one of their own type, or of float64, with NaN, if some are missing.
    """
    if isinstance(values, list | tuple):
        return _list(values)
    if isinstance(values, np.ndarray) or values is None:
        return values
    if nw.dependencies.is_into_series(values):
        return _column(nw.from_native(values, series_only=True), name)
    values = as_eager(values, name)
    return _frame(values, name) if nw.dependencies.is_into_dataframe(values) else values


def _frame(frame: Any, name: str) -> NDArray[Any]:
    columns = [_column(series, name) for series in as_frame(frame, name).iter_columns()]
    if not columns:
        return np.empty((len(frame), 0))
    if all(column.dtype.kind in "biuf" for column in columns):
        return np.column_stack(columns)
    return np.column_stack([column.astype(object) for column in columns])


def _list(values: Any) -> Any:
    """Keep what is no text apart from text, where NumPy would make text of both."""
    array = np.asarray(values)
    if array.dtype.kind == "U" and not all(
        issubclass(kind, str) for kind in set(map(type, values))
    ):
        return np.array(values, dtype=object)
    return array


def _column(series: "nw.Series[Any]", name: str) -> NDArray[Any]:
    kind = FrameColumn(series, name).kind
    if kind == "categories":
        found = FrameColumn(series, name).coded
        is_complete = bool((found.codes >= 0).all())
        levels = found.levels.values
        known: NDArray[Any] = levels if is_complete else object_array([*levels.tolist(), None])
        values: NDArray[Any] = known[np.maximum(found.codes, -1)]
        return values
    is_missing = series.is_null().to_numpy()
    if not is_missing.any():
        return np.asarray(series.to_numpy())
    if kind == "numbers" and (series.dtype.is_numeric() or is_missing.all()):
        return FrameColumn(series, name).numbers(np.dtype(np.float64))
    objects = np.asarray(series.to_numpy()).astype(object)
    objects[is_missing] = None
    return objects

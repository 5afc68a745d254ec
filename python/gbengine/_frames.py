"""Data frames of any library, as narwhals sees them; lazy and foreign ones are made eager first."""

from importlib.util import find_spec
from typing import Any, Literal

import narwhals as nw
import numpy as np

# Who can hold a table that is known by its Arrow interface only.
_ARROW_READERS: tuple[Literal["pyarrow", "polars"], ...] = ("pyarrow", "polars")


def as_eager(X: Any, name: str = "X") -> Any:
    """Collect a lazy frame, read a table that only has Arrow's interface; give all else as it is.

    Parameters
    ----------
    X : object
        What the user passed.
    name : str, default="X"
        Name of the argument, for error messages.

    Raises
    ------
    TypeError
        If only pyarrow or polars could read X, and neither is installed.
    ValueError
        If X is no table, or two of its columns have the same name.
    """
    if isinstance(X, np.ndarray | list | tuple) or nw.dependencies.is_into_dataframe(X):
        return X
    frame = _narwhals(X, name, pass_through=True)
    if isinstance(frame, nw.LazyFrame):
        return frame.collect()
    if hasattr(X, "__arrow_c_stream__") and not nw.dependencies.is_into_series(X):
        return _from_arrow(X, name)
    return X


def as_frame(X: Any, name: str = "X") -> "nw.DataFrame[Any]":
    """Give a data frame as narwhals sees it; ValueError if two columns have the same name."""
    frame: nw.DataFrame[Any] = _narwhals(X, name, eager_only=True)
    return frame


def _narwhals(X: Any, name: str, **how: bool) -> Any:
    try:
        return nw.from_native(X, **how)
    except nw.exceptions.DuplicateError as error:
        raise ValueError(f"the columns of {name} do not all have different names") from error


def _from_arrow(X: Any, name: str) -> Any:
    """Read a table through the Arrow PyCapsule interface."""
    reader = next((library for library in _ARROW_READERS if find_spec(library)), None)
    if reader is None:
        raise TypeError(
            f"{name} of type {type(X).__name__} is an Arrow table, which takes pyarrow or polars "
            "to read: install one of them"
        )
    try:
        native = nw.from_arrow(X, backend=reader).to_native()
    except Exception as error:
        # Each reader has errors of its own for a stream that is no table.
        raise ValueError(
            f"{name} of type {type(X).__name__} cannot be read as an Arrow table: {error}"
        ) from error
    return as_frame(native, name)

"""One column of a table as the user gave it: read as numbers, or as codes of its distinct values.

``ArrayColumn`` is of a NumPy array; ``FrameColumn`` (``_frame_column.py``) of a data frame.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gbengine._levels import Levels, make_levels
from gbengine._objects import Kind, ObjectColumn, read_objects

FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)
_MOST_BYTES, _END_OF_INT32 = 4, 2**31


@dataclass(frozen=True, eq=False)
class Coded:
    """A column as a dictionary: each row's position among the levels, below 0 where missing.

    Positions are of at most 32 bits where that is enough: they are kept as long as their table.
    """

    codes: NDArray[np.signedinteger[Any]]
    levels: Levels

    def __post_init__(self) -> None:
        if self.codes.itemsize > _MOST_BYTES and len(self.levels) < _END_OF_INT32:
            object.__setattr__(self, "codes", self.codes.astype(np.int32))


class Column(Protocol):
    """What the encoder asks of a column; TypeError naming it if it is neither kind of thing."""

    @property
    def label(self) -> str:
        """What error messages call it: "column 'age' of X"."""

    @property
    def dtype(self) -> str:
        """The type as the user knows it."""

    @property
    def kind(self) -> Kind:
        """What it holds."""

    @property
    def is_narrow(self) -> bool:
        """Whether float32 holds its numbers exactly."""

    def numbers(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Give floats, NaN for missing; of ``kind`` "text" and "other" TypeError."""

    @property
    def coded(self) -> Coded:
        """Codes and levels, whatever the kind but "other"; kept once they are found."""


class ArrayColumn:
    """A column of an array of numbers, bools, strings or objects.

    Parameters
    ----------
    values : ndarray of shape (n_rows,)
    label : str
    """

    def __init__(self, values: NDArray[Any], label: str) -> None:
        self.label = label
        self.dtype = "object" if values.dtype.kind == "O" else str(values.dtype)
        is_text = values.dtype.kind in "UT"
        self._values = values.astype(object) if is_text else values

    @cached_property
    def _objects(self) -> ObjectColumn | None:
        is_object = self._values.dtype.kind == "O"
        return read_objects(self._values, self.label) if is_object else None

    @property
    def kind(self) -> Kind:
        """What it holds."""
        if self._objects is not None:
            return self._objects.kind
        return "bools" if self._values.dtype.kind == "b" else "numbers"

    @property
    def is_narrow(self) -> bool:
        """Whether float32 holds its numbers exactly; of objects nobody knows."""
        return float_type(self._values.dtype) is FLOAT32

    def numbers(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Give floats, NaN for missing."""
        if self._objects is None:
            return self._values.astype(dtype, copy=False)
        if self.kind == "text":
            raise not_numeric(self)
        try:
            return self._objects.numbers().astype(dtype, copy=False)
        except (OverflowError, TypeError, ValueError) as error:
            raise TypeError(
                f"{self.label} (dtype object) cannot be read as numbers: {error}"
            ) from error

    @cached_property
    def coded(self) -> Coded:
        """Codes and levels."""
        if self._objects is not None and self.kind == "text":
            codes, distinct = self._objects.coded_text()
            return coded(codes, distinct, self.label)
        levels, codes = make_levels(self._values, self.label)
        return Coded(codes, levels)


def coded(codes: NDArray[Any], raw: NDArray[Any], label: str) -> Coded:
    """Join codes with a dictionary that may hold values twice, missing ones and unused ones.

    Parameters
    ----------
    codes : ndarray of int of shape (n_rows,)
        Positions in ``raw``; below 0 where missing.
    raw : ndarray of shape (n,)
    label : str
    """
    if len(raw) > len(codes):
        # A few rows of a large dictionary: only what they hold is looked at.
        used, positions = np.unique(codes, return_inverse=True)
        n_missing = int(np.searchsorted(used, 0))
        codes, raw = positions.reshape(-1) - n_missing, raw[used[n_missing:]]
    levels, where = make_levels(raw, label)
    if np.array_equal(where, np.arange(len(raw))):
        return Coded(codes, levels)
    # The last place is that of missing rows, whose code is -1.
    return Coded(np.append(where, -1)[np.maximum(codes, -1)], levels)


def float_type(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Give the narrower float type that holds numbers of a type exactly."""
    narrow = dtype.kind == "b" or (dtype.kind in "iu" and dtype.itemsize <= 2)
    if narrow or (dtype.kind == "f" and dtype.itemsize <= 4):
        return FLOAT32
    return FLOAT64


def not_numeric(column: Column) -> TypeError:
    """Give the error for a text column where a numeric one is wanted."""
    return TypeError(
        f"{column.label} has dtype {column.dtype}, which is not numeric, and fit was not told "
        "that it is categorical: name it in categorical_features (or leave that at 'from_dtype'), "
        "or encode it first, for example with OrdinalEncoder"
    )

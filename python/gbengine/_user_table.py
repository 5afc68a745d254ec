"""A table as the user gave it, checked for shape and names, and read one column at a time.

``open_table`` is the only way in: for fit, for validation rows and for all that predicts.
"""

from functools import cached_property
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils.validation import check_array

from gbengine._columns import FLOAT32, FLOAT64, ArrayColumn, Column, float_type
from gbengine._frame_column import FrameColumn
from gbengine._frames import as_eager, as_frame
from gbengine._names import feature_names
from gbengine._objects import DERIVE
from gbengine._sparse import as_csr

if TYPE_CHECKING:
    from gbengine._core import Matrix
    from gbengine._sparse import Sparse


class UserTable:
    """A table; not to be used by itself.

    Attributes
    ----------
    name : str
        Name of the argument, for error messages.
    shape : tuple of int
        (n_rows, n_columns).
    names : ndarray of str objects of shape (n_columns,) or None
        Names of the columns, if all are strings.
    """

    def __init__(
        self, name: str, shape: tuple[int, int], names: NDArray[np.object_] | None = None
    ) -> None:
        self.name = name
        self.shape = shape
        self.names = names
        self._columns: dict[int, Column] = {}

    def column(self, index: int) -> Column:
        """Give one column, always the same object: what it found out it need not find out again."""
        if index not in self._columns:
            self._columns[index] = self._open_column(index)
        return self._columns[index]

    def _open_column(self, index: int) -> Column:
        raise NotImplementedError

    def is_numeric(self) -> bool:
        """Tell, by the type of all of it, whether there is no need to look at its columns."""
        raise NotImplementedError

    def block(self) -> "Matrix | Sparse | None":
        """Give the table as it lies in memory, if it is one block of numbers."""
        raise NotImplementedError


class ArrayTable(UserTable):
    """A two-dimensional NumPy array."""

    def __init__(self, array: NDArray[Any], name: str) -> None:
        super().__init__(name, array.shape)
        self._array = array

    def _open_column(self, index: int) -> Column:
        return ArrayColumn(self._array[:, index], f"column {index} of {self.name}")

    def is_numeric(self) -> bool:
        """Tell whether the array is one of numbers or bools."""
        return self._array.dtype.kind in "biuf"

    def block(self) -> "Matrix | None":
        """Give numbers of any type as floats; those that are floats are not copied."""
        if not self.is_numeric():
            return None
        return _readable(self._array.astype(float_type(self._array.dtype), copy=False))


class FrameTable(UserTable):
    """A data frame of any library."""

    def __init__(
        self, frame: "nw.DataFrame[Any]", name: str, names: NDArray[np.object_] | None
    ) -> None:
        super().__init__(name, frame.shape, names)
        self._frame = frame

    @cached_property
    def _series(self) -> list["nw.Series[Any]"]:
        return list(self._frame.iter_columns())

    def _open_column(self, index: int) -> Column:
        series = self._series[index]
        return FrameColumn(series, f"column {series.name!r} of {self.name}")

    def is_numeric(self) -> bool:
        """Tell whether all columns are numbers or bools."""
        dtypes = set(self._frame.schema.values())
        return all(dtype.is_numeric() or dtype == nw.Boolean for dtype in dtypes)

    def block(self) -> "Matrix | None":
        """Give a frame of one float type as its library lays it out."""
        dtypes = set(self._frame.schema.values())
        if len(dtypes) != 1 or not dtypes <= {nw.Float32(), nw.Float64()}:
            return None
        block = self._frame.to_numpy()
        return _readable(block) if block.dtype in (FLOAT32, FLOAT64) else None


class SparseTable(UserTable):
    """A sparse matrix or array of scipy: numbers, all of them."""

    def __init__(self, table: "Sparse", name: str) -> None:
        super().__init__(name, table.shape)
        self._table = table

    def _open_column(self, index: int) -> Column:
        # Only categories are read column by column.
        raise ValueError(
            f"categorical columns of a sparse table are not supported: column {index} of "
            f"{self.name} is to be one; pass {self.name}.toarray(), or a data frame"
        )

    def is_numeric(self) -> bool:
        """Tell that it is."""
        return True

    def block(self) -> "Sparse":
        """Give the table."""
        return self._table


def open_table(X: Any, caller: str, name: str = "X") -> UserTable:
    """Check a table's form; its cells are looked at when they are read.

    Parameters
    ----------
    X : array-like, sparse matrix, data frame or Arrow table of shape (n_rows, n_features)
    caller : str
        Name of the estimator, for error messages.
    name : str, default="X"
        Name of the argument, for error messages.

    Raises
    ------
    TypeError
        If X is an array of what is neither numeric nor text.
    ValueError
        If it is not two-dimensional, or ragged, empty or complex, or two columns share a name, or a
        sparse matrix is broken.
    """
    if sparse.issparse(X):
        if X.ndim == 2:
            _check_shape(X.shape, caller, name)
        return SparseTable(as_csr(X, name), name)
    X = as_eager(X, name)
    if nw.dependencies.is_into_dataframe(X):
        frame = as_frame(X, name)
        _check_shape(frame.shape, caller, name)
        return FrameTable(frame, name, feature_names(X))
    array = check_array(
        _without_mask(_lists_as_array(X, name)),
        dtype=None,
        ensure_all_finite=False,
        input_name=name,
        estimator=caller,
    )
    if array.dtype.kind not in "biufOUT":
        raise TypeError(_not_columns(array.dtype, name))
    return ArrayTable(array, name)


def _check_shape(shape: tuple[int, int], caller: str, name: str) -> None:
    for size, what in zip(shape, ("sample", "feature"), strict=True):
        if size == 0:
            raise ValueError(
                f"{name} has 0 {what}(s) (shape={shape}) while a minimum of 1 is required by "
                f"{caller}."
            )


def _lists_as_array(X: Any, name: str) -> Any:
    """Give lists of lists as an array; of text and numbers as objects, so that both stay so."""
    if not isinstance(X, list | tuple):
        return X
    try:
        array = np.asarray(X)
    except ValueError as error:
        raise ValueError(
            f"{name} is a list whose rows do not have the same length, or whose cells are lists: "
            "each row must have one number or text for each column"
        ) from error
    return np.array(X, dtype=object) if array.dtype.kind in "US" else array


def _without_mask(X: Any) -> Any:
    """Give a masked array's hidden cells as missing."""
    if not isinstance(X, np.ma.MaskedArray):
        return X
    if X.dtype.kind in "biuf":
        return np.ma.filled(X.astype(float_type(X.dtype)), np.nan)
    objects = np.array(X.data, dtype=object)
    objects[np.ma.getmaskarray(X)] = None
    return objects


def _readable(array: NDArray[Any]) -> "Matrix":
    """Copy an array whose elements lie at odd addresses or strides; the core counts elements."""
    odd = any(stride % array.itemsize for stride in array.strides)
    return array.copy() if odd or not array.flags.aligned else array


def _not_columns(dtype: np.dtype[Any], name: str) -> str:
    text = f"{name} holds values of dtype {dtype}, which are neither numbers nor text"
    if dtype.kind in "Mm":
        return f"{text}: {DERIVE}"
    if dtype.kind == "S":
        return f"{text}: decode them first, for example with numpy.strings.decode"
    return f"{text}: make a column of each field first"

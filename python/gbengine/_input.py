"""From what users pass as X to the table the core reads: float32 or float64, NaN for missing.

NumPy float tables are read in place, whatever their strides; frames of one numeric block as well.
Everything else is converted once: narrow types (bool, 8 and 16 bit, float32) to float32, which
holds them exactly, wider ones to float64. A column that is not numeric is refused by name.
"""

from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_array

from gbengine._names import as_frame

if TYPE_CHECKING:
    from gbengine._core import Matrix

_FLOAT32, _FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)
_FITS_FLOAT32 = (nw.Float32, nw.Int8, nw.Int16, nw.UInt8, nw.UInt16, nw.Boolean)
_ENCODE = (
    "encode such columns first, for example with OrdinalEncoder or OneHotEncoder in a "
    "ColumnTransformer"
)


def is_ready(X: Any) -> bool:
    """Tell whether X can go to the core as it is: a plain, packed, aligned float table."""
    return (
        type(X) is np.ndarray
        and X.ndim == 2
        and (X.dtype is _FLOAT32 or X.dtype is _FLOAT64)
        and (X.flags.c_contiguous or X.flags.f_contiguous)
        and X.flags.aligned
    )


def as_matrix(X: Any, caller: str, name: str = "X") -> "Matrix":
    """Check and convert a table.

    Parameters
    ----------
    X : array-like, or data frame that narwhals knows, of shape (n_rows, n_features)
        NaN (and null) is a missing value; infinities are ordinary values.
    caller : str
        Name of the estimator, for error messages.
    name : str, default="X"
        Name of the argument, for error messages.

    Returns
    -------
    ndarray of float32 or float64 of shape (n_rows, n_features)
        X itself, or a view of it, if nothing has to be converted.

    Raises
    ------
    TypeError
        For sparse and lazy tables and for columns that are not numeric.
    ValueError
        For anything not two-dimensional, empty or complex.
    """
    if sparse.issparse(X):
        raise TypeError(
            f"{name} is sparse, which {caller} does not support yet: pass {name}.toarray()"
        )
    if nw.dependencies.is_into_dataframe(X):
        X = _frame_to_array(X, name)
    elif nw.dependencies.is_polars_lazyframe(X):
        raise TypeError(f"{name} is a LazyFrame: pass {name}.collect()")
    X = _without_mask(X)
    array = check_array(X, dtype=None, ensure_all_finite=False, input_name=name, estimator=caller)
    return _readable(_to_float(array, name))


def _without_mask(X: Any) -> Any:
    """Give a masked array's hidden cells as missing."""
    if isinstance(X, np.ma.MaskedArray) and X.dtype.kind in "biuf":
        dtype = _float_type(X.dtype)
        return np.ma.filled(X.astype(dtype), np.nan)
    return X


def _readable(array: np.ndarray[Any, Any]) -> "Matrix":
    """Copy an array whose elements lie at odd addresses or strides; the core counts elements."""
    odd = any(stride % array.itemsize for stride in array.strides)
    return array.copy() if odd or not array.flags.aligned else array


def _float_type(dtype: np.dtype[Any]) -> np.dtype[Any]:
    narrow = dtype.kind == "b" or (dtype.kind in "iu" and dtype.itemsize <= 2)
    if narrow or (dtype.kind == "f" and dtype.itemsize <= 4):
        return _FLOAT32
    return _FLOAT64


def _to_float(array: np.ndarray[Any, Any], name: str) -> "Matrix":
    if array.dtype.kind in "biuf":
        return array.astype(_float_type(array.dtype), copy=False)
    if array.dtype.kind == "O":
        return _objects_to_float(array, name)
    raise TypeError(f"{name} holds values of dtype {array.dtype}, which are not numbers: {_ENCODE}")


def _objects_to_float(array: np.ndarray[Any, Any], name: str) -> "Matrix":
    """Convert numbers in Python objects; a string is refused even if it looks like a number."""
    out = np.empty(array.shape, dtype=np.float64, order="F")
    for column_idx in range(array.shape[1]):
        column = array[:, column_idx]
        text = next((value for value in column if isinstance(value, str | bytes)), None)
        if text is not None:
            raise TypeError(
                f"column {column_idx} of {name} holds {text!r} (dtype object), which is not a "
                f"number: {_ENCODE}"
            )
        try:
            out[:, column_idx] = column
        except (TypeError, ValueError) as error:
            raise TypeError(
                f"column {column_idx} of {name} (dtype object) cannot be read as numbers: {error}"
            ) from error
    return out


def _frame_to_array(X: Any, name: str) -> np.ndarray[Any, Any]:
    """Convert a data frame column by column, unless it is one numeric block already."""
    frame = as_frame(X, name)
    schema = frame.schema
    for column, dtype in schema.items():
        if not (dtype.is_numeric() or dtype == nw.Boolean):
            raise TypeError(
                f"column {column!r} of {name} has dtype {_native_dtype(frame, column)}, which is "
                f"not numeric: {_ENCODE}"
            )
    dtypes = set(schema.values())
    if len(dtypes) == 1 and dtypes <= {nw.Float32(), nw.Float64()}:
        block = frame.to_numpy()
        if block.dtype in (_FLOAT32, _FLOAT64):
            return block
    narrow = all(dtype in _FITS_FLOAT32 for dtype in dtypes)
    out = np.empty(frame.shape, dtype=_FLOAT32 if narrow else _FLOAT64, order="F")
    for column_idx, series in enumerate(frame.iter_columns()):
        out[:, column_idx] = series.cast(nw.Float32 if narrow else nw.Float64).to_numpy()
    return out


def _native_dtype(frame: "nw.DataFrame[Any]", column: str) -> str:
    series = frame[column]
    return str(getattr(series.to_native(), "dtype", series.dtype))

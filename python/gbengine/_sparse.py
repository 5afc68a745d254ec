"""Sparse tables of scipy: whatever the format, they become CSR of floats, checked, never dense.

Cells that are not stored are zeros; stored zeros are zeros, too, and stored NaN are missing. Cells
that are there twice are summed, on a copy. A CSR matrix of float32 or float64 whose indices ascend
is read in place.
"""

from typing import Any, TypeAlias

import numpy as np

from gbengine._columns import float_type
from gbengine._runtime import core

Sparse: TypeAlias = Any  # csr_matrix or csr_array: scipy has no types

_MOST_COLUMNS = np.iinfo(np.int32).max


def is_ready_sparse(X: Any) -> bool:
    """Tell whether the core may read X in place, if its indices are right."""
    return (
        X.format == "csr"
        and X.dtype in (np.float32, np.float64)
        and X.dtype.isnative
        and X.data.flags.c_contiguous
        and X.data.flags.aligned
    )


def as_csr(X: Any, name: str) -> Sparse:
    """Give a sparse table as the core reads it.

    Parameters
    ----------
    X : sparse matrix or sparse array of shape (n_rows, n_features)
        Not changed, not even its order.
    name : str
        Name of the argument, for error messages.

    Returns
    -------
    csr_matrix or csr_array of float32 or float64
        X itself if nothing has to be converted. Its indices ascend in each row.

    Raises
    ------
    TypeError
        If its values are neither numbers nor bools.
    ValueError
        If it is complex, not two-dimensional, or broken: indices that no column has.
    """
    if X.ndim != 2:
        raise ValueError(f"Expected 2D array, got {X.ndim}D array instead: {name} is sparse")
    if X.dtype.kind == "c":
        raise ValueError(f"Complex data not supported: {name} is sparse of dtype {X.dtype}")
    if X.dtype.kind not in "biuf":
        raise TypeError(f"{name} is sparse of dtype {X.dtype}, which is not numeric")
    if X.shape[1] > _MOST_COLUMNS:
        raise ValueError(f"{name} has {X.shape[1]} columns; at most {_MOST_COLUMNS} fit")
    table = _checked_csr(X, name)
    if not core.indices_ascend(name, table.indptr, table.indices, table.shape[1]):
        table = table.copy()
        table.has_canonical_format = False
        table.has_sorted_indices = False
        table.sum_duplicates()
    if is_ready_sparse(table):
        return table
    # Sums of duplicates stay in the user's type, as in X.toarray().
    values = np.ascontiguousarray(table.data, dtype=float_type(table.dtype))
    return type(table)((values, table.indices, table.indptr), shape=table.shape)


def _checked_csr(X: Any, name: str) -> Any:
    """Convert to CSR what would crash scipy if it were broken."""
    n_rows, n_columns = X.shape
    if X.format == "csr":
        _check_length(X, len(X.data), n_rows, name)
        return X
    if X.format == "csc":
        _check_length(X, len(X.data), n_columns, name)
        core.indices_ascend(name, X.indptr, X.indices, n_rows)
        return X.tocsr()
    if X.format == "bsr":
        height, width = X.blocksize
        _check_length(X, len(X.data), n_rows // height, name)
        core.indices_ascend(name, X.indptr, X.indices, n_columns // width)
        return X.tocsr()
    return _checked_coo(X if X.format == "coo" else X.tocoo(), name).tocsr()


def _check_length(X: Any, n_stored: int, n_lines: int, name: str) -> None:
    if len(X.indices) != n_stored or len(X.indptr) != n_lines + 1:
        raise ValueError(
            f"{name} is a broken sparse table: {len(X.indptr)} of indptr, {len(X.indices)} indices "
            f"and {n_stored} values do not belong together"
        )


def _checked_coo(X: Any, name: str) -> Any:
    for index, size in zip((X.row, X.col), X.shape, strict=True):
        if len(index) != len(X.data):
            raise ValueError(
                f"{name} is a broken sparse table: {len(index)} indices of {len(X.data)} values"
            )
        if len(index) and not 0 <= index.min() <= index.max() < size:
            raise ValueError(
                f"{name} is a broken sparse table: its indices run from {index.min()} to "
                f"{index.max()}; they must be in [0, {size})"
            )
    return X

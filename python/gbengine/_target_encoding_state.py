"""The statistics of categories in a model's file: arrays, and their checks when they are read.

Files of models without such columns have none of these arrays.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from gbengine._encoder import Encoder
from gbengine._target_encoding import TargetEncoding

if TYPE_CHECKING:
    from gbengine._core import Model

Array = np.ndarray[Any, Any]

_COLUMN, _COUNT, _TABLE = "statistic_column", "statistic_count", "statistic_table"
STATISTIC_ARRAYS = (_COLUMN, _COUNT, _TABLE)
_DTYPES = {_COLUMN: np.int64, _COUNT: np.int64, _TABLE: np.float64}


def statistic_arrays(encoding: TargetEncoding | None) -> dict[str, Array]:
    """Give a target encoding as arrays of a model file; none if there is none."""
    if encoding is None:
        return {}
    return {
        _COLUMN: np.array(list(encoding.tables), dtype=np.int64),
        _COUNT: np.array([encoding.n_statistics], dtype=np.int64),
        _TABLE: np.concatenate([table.ravel() for table in encoding.tables.values()]),
    }


def n_columns_of_file(arrays: Mapping[str, Array], model: "Model") -> int:
    """Number of columns of X; ValueError if the core's table cannot be made of any."""
    found = [name for name in STATISTIC_ARRAYS if name in arrays]
    if not found:
        return model.n_features
    if len(found) != len(STATISTIC_ARRAYS):
        raise ValueError(f"{STATISTIC_ARRAYS} must all be there, or none: {found}")
    for name in found:
        if arrays[name].dtype != _DTYPES[name] or arrays[name].ndim != 1:
            raise ValueError(
                f"{name} has dtype {arrays[name].dtype} and shape {arrays[name].shape}"
            )
    columns, count = arrays[_COLUMN].tolist(), arrays[_COUNT].tolist()
    # In Python's integers, which do not overflow.
    if not columns or len(count) != 1 or count[0] < 2:
        raise ValueError(f"{len(columns)} columns by {count} statistics")
    n_features: int = model.n_features - len(columns) * (count[0] - 1)
    is_ascending = all(before < after for before, after in pairwise(columns))
    if not is_ascending or columns[0] < 0 or columns[-1] >= n_features:
        raise ValueError(
            f"{_COLUMN} does not hold ascending columns, of which {len(columns)} by {count[0]} "
            f"statistics make a table of {model.n_features}"
        )
    return n_features


def replaced_columns(arrays: Mapping[str, Array]) -> list[int]:
    """Give the columns of X that the core's table has not, after ``n_columns_of_file``."""
    columns: list[int] = arrays[_COLUMN].tolist() if _COLUMN in arrays else []
    return columns


def encoding_from_arrays(
    arrays: Mapping[str, Array], encoder: Encoder | None
) -> TargetEncoding | None:
    """Read it back after ``n_columns_of_file``; None if the file has none, ValueError if wrong."""
    if _COLUMN not in arrays:
        return None
    columns, n_statistics = arrays[_COLUMN].tolist(), int(arrays[_COUNT][0])
    if encoder is None or any(not encoder.levels.get(column) for column in columns):
        raise ValueError(f"{_COLUMN} names columns without categories")
    values = arrays[_TABLE]
    lengths = [n_statistics * (len(encoder.levels[column]) + 1) for column in columns]
    if sum(lengths) != len(values):
        raise ValueError(f"{_TABLE} must hold {sum(lengths)} numbers")
    parts = np.split(values.copy(), np.cumsum(lengths)[:-1])
    tables = {
        column: part.reshape(n_statistics, -1) for column, part in zip(columns, parts, strict=True)
    }
    for table in tables.values():
        _check_table(table)
    return TargetEncoding(encoder.n_features, tables)


def _check_table(table: Array) -> None:
    """Refuse numbers that are not finite, but of missing cells, and weights that are negative."""
    of_missing = table[:, -1]
    if not np.isfinite(table[:, :-1]).all():
        raise ValueError(f"{_TABLE} must hold finite numbers")
    if not (np.isfinite(of_missing).all() or np.isnan(of_missing).all()):
        raise ValueError(f"{_TABLE} must hold finite numbers, or only NaN, for missing cells")
    if table[-1, :-1].min() < 0 or of_missing[-1] < 0:
        raise ValueError(f"{_TABLE} has a logarithm of 1 + a weight below 0")

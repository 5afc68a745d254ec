"""Which columns hold categories: the parameters that say so, and what they mean for a table."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils._param_validation import StrOptions

from gbengine._param_table import Param, count, not_negative, report_idle
from gbengine._user_table import UserTable

FROM_DTYPE = "from_dtype"
_FEATURES = Param(
    "categorical_features",
    FROM_DTYPE,
    ("array-like", StrOptions({FROM_DTYPE}), None),
    "Which columns hold categories.",
)
_UNKNOWN = Param(
    "handle_unknown",
    "missing",
    (StrOptions({"missing", "error"}),),
    "What a category is that fit has not seen.",
)
_ENCODING = Param(
    "cat_encoding",
    "auto",
    (StrOptions({"auto", "sets", "target"}),),
    "How columns of categories are split.",
)
# Rows of the parameter tables: of estimators without a target, and of those with one.
CATEGORICAL_PARAMS_NO_TARGET = (_FEATURES, _UNKNOWN)
CATEGORICAL_PARAMS = (*CATEGORICAL_PARAMS_NO_TARGET, _ENCODING)
# How gradient boosting finds sets of categories.
_SETS = (
    Param("cat_smooth", 10.0, (not_negative(),), "Pulls a category's mean step to the node's."),
    Param("max_cat_threshold", 16, (count(1),), "Most categories on the smaller side of a split."),
    Param("min_samples_category", 15, (count(1),), "Rows of a category that has its own place."),
)
CATEGORICAL_PARAMS_BOOSTING = (*CATEGORICAL_PARAMS, *_SETS)
# Younger than model files, which hold them only if they are not these.
CATEGORICAL_DEFAULTS = {row.name: row.default for row in CATEGORICAL_PARAMS_BOOSTING}

_FORMS = "names, indices or a boolean mask of columns, 'from_dtype' or None"


def categorical_columns(wanted: Any, table: UserTable) -> list[int]:
    """Give the positions of the categorical columns, ascending.

    Parameters
    ----------
    wanted : "from_dtype", array-like of str, int or bool, or None
        The parameter ``categorical_features``.
    table : UserTable
        The training table.

    Raises
    ------
    ValueError
        If a column is named that is not there, or the list is no list of columns.
    """
    if isinstance(wanted, str):
        return _by_dtype(table)
    columns = np.empty(0, dtype=np.int64) if wanted is None else _as_array(wanted)
    n_columns = table.shape[1]
    if columns.dtype.kind == "O":
        return _by_name(columns.tolist(), table)
    if columns.dtype.kind == "i":
        return _by_index(columns.tolist(), n_columns)
    if columns.shape != (n_columns,):
        raise ValueError(
            "categorical_features as a boolean mask must have one element for each of the "
            f"{n_columns} columns of {table.name}: its shape is {columns.shape}"
        )
    return [int(index) for index in np.flatnonzero(columns)]


def _by_dtype(table: UserTable) -> list[int]:
    if table.is_numeric():
        return []
    kinds = (table.column(index).kind for index in range(table.shape[1]))
    return [index for index, kind in enumerate(kinds) if kind in ("text", "categories")]


def _as_array(wanted: Any) -> NDArray[Any]:
    """Give a list of columns as an array of int64 (none at all too), bool, or objects: names."""
    if np.ndim(wanted) != 1:
        raise ValueError(f"categorical_features={wanted!r} must be one-dimensional: {_FORMS}")
    values = list(wanted)
    if all(isinstance(value, str) for value in values) and values:
        return np.array(values, dtype=object)
    if all(isinstance(value, bool | np.bool_) for value in values) and values:
        return np.array(values, dtype=bool)
    # A bool is an int to Python, but no column's number.
    if all(isinstance(x, int | np.integer) and not isinstance(x, bool) for x in values):
        return np.array(values, dtype=np.int64)
    names = sorted({type(value).__name__ for value in values})
    raise ValueError(
        f"categorical_features={wanted!r} holds values of type {', '.join(names)}: it must be "
        f"{_FORMS}"
    )


def _by_index(columns: list[int], n_columns: int) -> list[int]:
    for column in columns:
        if not 0 <= column < n_columns:
            raise ValueError(
                f"categorical_features names column {column}: indices must be in "
                f"[0, {n_columns - 1}]"
            )
    return sorted(set(columns))


def _by_name(columns: list[str], table: UserTable) -> list[int]:
    if table.names is None:
        raise ValueError(
            f"categorical_features={columns!r} are names, but the columns of {table.name} have "
            "none that are strings: give indices or a boolean mask"
        )
    place_of = {name: index for index, name in enumerate(table.names)}
    for column in columns:
        if column not in place_of:
            raise ValueError(
                f"categorical_features names {column!r}, which is no column of {table.name}; "
                f"these are {table.names.tolist()}"
            )
    return sorted({place_of[column] for column in columns})


def check_unknown(params: Mapping[str, Any], *, has_categories: bool) -> None:
    """Refuse what says how categories are learnt where no column is categorical.

    Raises
    ------
    ValueError
        If it was set and has no effect.
    """
    for row in (_UNKNOWN, _ENCODING, *_SETS):
        if params.get(row.name, row.default) == row.default:
            continue
        if not has_categories:
            why, remedy = "if no column is categorical", "name one in categorical_features"
            report_idle(row, params, why, remedy)
        elif row in _SETS and params[_ENCODING.name] == "target":
            why = "with cat_encoding='target', which makes no sets"
            report_idle(row, params, why, "set cat_encoding='sets' or 'auto'")


def check_set_nowhere(params: Mapping[str, Any], why: str, remedy: str) -> None:
    """Refuse all of these parameters where nothing reads them.

    Parameters
    ----------
    params : mapping of str to object
    why, remedy : str
        As of ``report_idle``.

    Raises
    ------
    ValueError
        Naming the one that was set.
    """
    for row in CATEGORICAL_PARAMS:
        value = params.get(row.name, row.default)
        if not (isinstance(value, str) and value == row.default):
            report_idle(row, params, why, remedy)

"""Names and number of the columns: learnt by fit, compared by everything after it.

The rules and the words are scikit-learn's; its own check knows polars only since version 1.9.
"""

import warnings
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from gbengine._frames import as_frame

_MAX_NAMES_IN_ERROR = 5


def feature_names(X: Any) -> NDArray[np.object_] | None:
    """Give the names of a data frame's columns, or None if they have none that are strings.

    Raises
    ------
    TypeError
        If some names are strings and some are not.
    ValueError
        If two columns have the same name.
    """
    if not nw.dependencies.is_into_dataframe(X):
        return None
    names: list[Any] = list(as_frame(X).columns)
    are_strings = {isinstance(name, str) for name in names}
    if are_strings == {True, False}:
        types = sorted({type(name).__name__ for name in names})
        raise TypeError(
            "Feature names are only supported if all input features have string names, but your "
            f"input has {types} as feature name / column name types: convert all of them, for "
            "example by X.columns = X.columns.astype(str)"
        )
    return np.array(names, dtype=object) if are_strings == {True} else None


def check_names(estimator: Any, names: NDArray[np.object_] | None) -> None:
    """Compare the names of a table's columns, None if it has none, with those that fit saw.

    Raises
    ------
    ValueError
        If names are missing, unexpected or in another order.

    Warns
    -----
    UserWarning
        If only one of the two tables has names.
    """
    fitted = getattr(estimator, "feature_names_in_", None)
    who = type(estimator).__name__
    if names is not None and fitted is None:
        warnings.warn(
            f"X has feature names, but {who} was fitted without feature names", stacklevel=2
        )
    elif names is None and fitted is not None:
        warnings.warn(
            f"X does not have valid feature names, but {who} was fitted with feature names",
            stacklevel=2,
        )
    elif names is not None and fitted is not None and not np.array_equal(names, fitted):
        raise ValueError(_difference(set(names), set(fitted)))


def _difference(names: set[str], fitted: set[str]) -> str:
    text = "The feature names should match those that were passed during fit.\n"
    for title, found in (
        ("Feature names unseen at fit time:\n", names - fitted),
        ("Feature names seen at fit time, yet now missing:\n", fitted - names),
    ):
        if found:
            shown = sorted(found)[:_MAX_NAMES_IN_ERROR]
            text += title + "".join(f"- {name}\n" for name in shown)
            text += "- ...\n" if len(found) > len(shown) else ""
    if names == fitted:
        text += "Feature names must be in the same order as they were in fit.\n"
    return text


def check_width(estimator: Any, n_features: int, name: str = "X") -> None:
    """Compare a table's number of columns with that of fit.

    Raises
    ------
    ValueError
        If they differ.
    """
    if n_features != estimator.n_features_in_:
        raise ValueError(
            f"{name} has {n_features} features, but {type(estimator).__name__} is expecting "
            f"{estimator.n_features_in_} features as input."
        )

"""Names and number of the columns: learnt by fit, compared by everything after it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import validate_data


def feature_names(X: Any, probe: BaseEstimator) -> NDArray[np.object_] | None:
    """Give the names of X's columns, or None if it has none (or none that are strings).

    ``probe`` is an estimator that may be written to: scikit-learn's check leaves the names there.
    """
    validate_data(probe, X, skip_check_array=True, ensure_2d=False)
    return getattr(probe, "feature_names_in_", None)


def check_names(estimator: BaseEstimator, X: Any) -> None:
    """Compare the names of a table's columns with those that fit saw, as scikit-learn does.

    Raises
    ------
    ValueError
        If names are missing, unexpected or in another order.
    """
    validate_data(estimator, X, reset=False, skip_check_array=True, ensure_2d=False)


def check_width(estimator: BaseEstimator, n_features: int, name: str = "X") -> None:
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

"""Every parameter of bagging, of isolation forests and of the embedding; see ``_tree_params.py``.

Names, defaults and order are scikit-learn's; what it does not have comes last.
"""

from dataclasses import replace
from numbers import Integral, Real
from typing import Any

from sklearn.utils._param_validation import HasMethods, Interval, RealNotInt, StrOptions

from gbengine._categorical import CATEGORICAL_PARAMS_NO_TARGET
from gbengine._param_table import Param, count, fraction
from gbengine._tree_params import _ROWS, _table

_TREES_COLUMNS = Param(
    "max_features", 1.0, (count(1), fraction()), "Columns drawn for each estimator."
)

_BAGGING_ROWS = {
    row.name: row
    for row in (
        Param("estimator", None, (HasMethods(["fit", "predict"]), None), "What is fitted."),
        Param("n_estimators", 10, (count(1),), "Number of estimators."),
        Param(
            "max_samples",
            None,
            (None, count(1), Interval(RealNotInt, 0, 1, closed="right")),
            "Rows drawn for each estimator.",
        ),
        _TREES_COLUMNS,
        Param("bootstrap", True, ("boolean",), "Whether rows are drawn with replacement."),
        Param(
            "bootstrap_features", False, ("boolean",), "Whether columns are drawn with replacement."
        ),
        Param("oob_score", False, ("boolean",), "Whether to score the rows not drawn."),
        Param("warm_start", False, ("boolean",), "Whether fit adds estimators to those it has."),
    )
}

_ISOLATION_ROWS = {
    row.name: row
    for row in (
        Param(
            "max_samples",
            "auto",
            (StrOptions({"auto"}), count(1), Interval(RealNotInt, 0, 1, closed="right")),
            "Rows drawn for each tree.",
        ),
        Param(
            "contamination",
            "auto",
            (StrOptions({"auto"}), Interval(Real, 0, 0.5, closed="right")),
            "Share of the training rows that are outliers.",
        ),
        replace(_TREES_COLUMNS, doc="Columns drawn for each tree."),
        Param("bootstrap", False, ("boolean",), "Whether rows are drawn with replacement."),
    )
}

_EMBEDDING_ROWS = {
    "max_depth": replace(_ROWS["max_depth"], default=5),
    "sparse_output": Param(
        "sparse_output", True, ("boolean",), "Whether transform gives a sparse matrix."
    ),
}

BAGGING = _table(
    (
        "estimator",
        "n_estimators",
        "max_samples",
        "max_features",
        "bootstrap",
        "bootstrap_features",
        "oob_score",
        "warm_start",
        "n_jobs",
        "random_state",
        "verbose",
    ),
    _BAGGING_ROWS,
)
ISOLATION_FOREST = _table(
    (
        "n_estimators",
        "max_samples",
        "contamination",
        "max_features",
        "bootstrap",
        "n_jobs",
        "random_state",
        "verbose",
        "warm_start",
    ),
    _ISOLATION_ROWS,
    CATEGORICAL_PARAMS_NO_TARGET,
)
RANDOM_TREES_EMBEDDING = _table(
    (
        "n_estimators",
        "max_depth",
        "min_samples_split",
        "min_samples_leaf",
        "min_weight_fraction_leaf",
        "max_leaf_nodes",
        "min_impurity_decrease",
        "sparse_output",
        "n_jobs",
        "random_state",
        "verbose",
        "warm_start",
        "tree_method",
        "max_bins",
        "keep_statistics",
    ),
    _EMBEDDING_ROWS,
    CATEGORICAL_PARAMS_NO_TARGET,
)


def columns_per_tree(max_features: Any, n_features: int) -> int:
    """Resolve ``max_features``: a number of columns, or a share of them, at least one.

    Raises
    ------
    ValueError
        If it is a number above that of the columns.
    """
    if not isinstance(max_features, Integral):
        return max(1, int(max_features * n_features))
    if int(max_features) > n_features:
        raise ValueError(
            f"max_features={max_features!r} must be at most {n_features}, the number of columns "
            "of X, or a share of them in (0, 1]"
        )
    return int(max_features)

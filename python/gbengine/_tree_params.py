"""Every parameter of trees and forests, once: name, default, allowed values, meaning.

Names, defaults and order are scikit-learn's; what it does not have comes last. The checks of what
has no effect beside the others are here, too.
"""

from collections.abc import Mapping
from dataclasses import replace
from numbers import Integral, Real
from typing import Any

from sklearn.utils._param_validation import Interval, RealNotInt, StrOptions

from gbengine._categorical import CATEGORICAL_PARAMS
from gbengine._param_table import Param, count, fraction, not_negative, report_idle

CLASSIFICATION_CRITERIA = ("gini", "entropy", "log_loss")
REGRESSION_CRITERIA = ("squared_error", "absolute_error", "poisson")

# Up to this many rows (weights that are whole numbers count as copies) "auto" keeps every value.
EXACT_MAX_ROWS = 20_000
_DEFAULT_MAX_BINS = 255

_ROWS = {
    row.name: row
    for row in (
        Param("n_estimators", 100, (count(1),), "Number of trees."),
        Param("criterion", None, (), "What a split makes smaller."),
        Param(
            "splitter",
            "best",
            (StrOptions({"best", "random"}),),
            "How the threshold on a column is chosen.",
        ),
        Param("max_depth", None, (count(1), None), "Most splits from root to leaf."),
        Param(
            "min_samples_split",
            2,
            (count(2), fraction()),
            "Fewest training rows in a node that is split.",
        ),
        Param(
            "min_samples_leaf",
            1,
            (count(1), Interval(RealNotInt, 0, 1, closed="neither")),
            "Fewest training rows in a leaf.",
        ),
        Param(
            "min_weight_fraction_leaf",
            0.0,
            (Interval(Real, 0, 0.5, closed="both"),),
            "Least share of the total weight in a leaf.",
        ),
        Param(
            "max_features",
            None,
            (count(1), fraction(), StrOptions({"sqrt", "log2"}), None),
            "Columns drawn for each split.",
        ),
        Param("random_state", None, ("random_state",), "Where the randomness comes from."),
        Param("max_leaf_nodes", None, (count(2), None), "Most leaves of a tree."),
        Param(
            "min_impurity_decrease",
            0.0,
            (not_negative(),),
            "A split must lessen the impurity by this.",
        ),
        Param("class_weight", None, (), "Weights of the classes."),
        Param("ccp_alpha", 0.0, (not_negative(),), "How much a leaf costs when trees are pruned."),
        Param(
            "monotonic_cst", None, ("array-like", None), "In which columns predictions only rise."
        ),
        Param("bootstrap", False, ("boolean",), "Whether each tree draws rows of its own."),
        Param("oob_score", False, ("boolean", callable), "Whether to score the rows not drawn."),
        Param(
            "n_jobs",
            None,
            (Interval(Integral, None, -1, closed="right"), count(1), None),
            "Number of threads; None for all usable cores.",
        ),
        Param("verbose", 0, ("verbose",), "Whether to show progress."),
        Param("warm_start", False, ("boolean",), "Whether fit adds trees to those it has."),
        Param(
            "max_samples",
            None,
            (None, Interval(RealNotInt, 0, None, closed="neither"), count(1)),
            "Rows drawn for each tree.",
        ),
        Param(
            "tree_method",
            "auto",
            (StrOptions({"auto", "exact", "hist"}),),
            "Whether thresholds lie between all values or between bins.",
        ),
        Param(
            "max_bins",
            _DEFAULT_MAX_BINS,
            (Interval(Integral, 2, 255, closed="both"),),
            "Most bins of a column, not counting the one for missing values.",
        ),
        Param(
            "oob_importances",
            False,
            ("boolean",),
            "Whether to measure importances on the rows not drawn.",
        ),
        Param(
            "keep_leaf_samples",
            False,
            ("boolean",),
            "Whether each leaf keeps its training rows, for quantiles.",
        ),
        Param(
            "keep_statistics",
            False,
            ("boolean",),
            "Whether each node keeps its impurity and number of rows.",
        ),
    )
}

_TREE = (
    "criterion",
    "splitter",
    "max_depth",
    "min_samples_split",
    "min_samples_leaf",
    "min_weight_fraction_leaf",
    "max_features",
    "random_state",
    "max_leaf_nodes",
    "min_impurity_decrease",
    "class_weight",
    "ccp_alpha",
    "monotonic_cst",
    "tree_method",
    "max_bins",
    "n_jobs",
)
_FOREST = (
    "n_estimators",
    "criterion",
    "max_depth",
    "min_samples_split",
    "min_samples_leaf",
    "min_weight_fraction_leaf",
    "max_features",
    "max_leaf_nodes",
    "min_impurity_decrease",
    "bootstrap",
    "oob_score",
    "n_jobs",
    "random_state",
    "verbose",
    "warm_start",
    "class_weight",
    "ccp_alpha",
    "max_samples",
    "monotonic_cst",
    "tree_method",
    "max_bins",
    "oob_importances",
    "keep_leaf_samples",
    "keep_statistics",
)


def _criterion(names: tuple[str, ...]) -> Param:
    return replace(_ROWS["criterion"], default=names[0], allowed=(StrOptions(set(names)),))


def _class_weight(*words: str) -> Param:
    allowed = (dict, list, StrOptions(set(words)), None)
    return replace(_ROWS["class_weight"], allowed=allowed)


def _table(
    names: tuple[str, ...],
    rows: Mapping[str, Param],
    last: tuple[Param, ...] = CATEGORICAL_PARAMS,
    **defaults: Any,
) -> tuple[Param, ...]:
    table = [rows[name] if name in rows else _ROWS[name] for name in names]
    own = tuple(
        replace(row, default=defaults[row.name]) if row.name in defaults else row for row in table
    )
    return own + last


def _without(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(other for other in names if other != name)


_OF_CLASSES = {"criterion": _criterion(CLASSIFICATION_CRITERIA)}
_OF_TREE_CLASSES = _OF_CLASSES | {"class_weight": _class_weight("balanced")}
_OF_FOREST_CLASSES = _OF_CLASSES | {"class_weight": _class_weight("balanced", "balanced_subsample")}
_OF_NUMBERS = {"criterion": _criterion(REGRESSION_CRITERIA)}
_REGRESSION_TREE = _without(_TREE, "class_weight")
_CLASSIFICATION_FOREST = _without(_FOREST, "keep_leaf_samples")
_REGRESSION_FOREST = _without(_FOREST, "class_weight")

DECISION_TREE_CLASSIFIER = _table(_TREE, _OF_TREE_CLASSES)
DECISION_TREE_REGRESSOR = _table(_REGRESSION_TREE, _OF_NUMBERS)
EXTRA_TREE_CLASSIFIER = _table(_TREE, _OF_TREE_CLASSES, splitter="random", max_features="sqrt")
EXTRA_TREE_REGRESSOR = _table(_REGRESSION_TREE, _OF_NUMBERS, splitter="random", max_features=1.0)
RANDOM_FOREST_CLASSIFIER = _table(
    _CLASSIFICATION_FOREST, _OF_FOREST_CLASSES, max_features="sqrt", bootstrap=True
)
RANDOM_FOREST_REGRESSOR = _table(_REGRESSION_FOREST, _OF_NUMBERS, max_features=1.0, bootstrap=True)
EXTRA_TREES_CLASSIFIER = _table(_CLASSIFICATION_FOREST, _OF_FOREST_CLASSES, max_features="sqrt")
EXTRA_TREES_REGRESSOR = _table(_REGRESSION_FOREST, _OF_NUMBERS, max_features=1.0)


def table_bins(values: Mapping[str, Any], n_rows: int) -> int:
    """Give the bins of the core's table: 0, every value, for the exact method.

    Parameters
    ----------
    values : mapping of str to object
        The estimator's parameters, checked.
    n_rows : int
        Number of training rows.

    Raises
    ------
    ValueError
        If ``max_bins`` was set for tree_method="exact".

    Warns
    -----
    UserWarning
        If it was set and "auto" found few rows.
    """
    method = values["tree_method"]
    if _is_binned(values, n_rows):
        return int(values["max_bins"])
    if values["max_bins"] != _DEFAULT_MAX_BINS:
        why = f"with tree_method={method!r}"
        if method == "auto":
            why += f" on {n_rows} rows (up to {EXACT_MAX_ROWS} every value is kept)"
        row = replace(_ROWS["max_bins"], warns_if_idle=method == "auto")
        report_idle(row, values, why, "set tree_method='hist'")
    return 0


def most_categories(values: Mapping[str, Any], n_rows: int) -> int:
    """Give the most categories of a column that each can have a bin of their own."""
    return int(values["max_bins"]) if _is_binned(values, n_rows) else _DEFAULT_MAX_BINS


def _is_binned(values: Mapping[str, Any], n_rows: int) -> bool:
    method = values["tree_method"]
    return bool(method == "hist" or (method == "auto" and n_rows > EXACT_MAX_ROWS))


def check_bootstrap_effects(values: Mapping[str, Any]) -> None:
    """Refuse what only drawn rows give sense to.

    Raises
    ------
    ValueError
        Naming the parameter that needs bootstrap=True.
    """
    if values["bootstrap"]:
        return
    for name in ("max_samples", "oob_score", "oob_importances"):
        row = _ROWS[name]
        if values[name] is not row.default and values[name] != row.default:
            report_idle(row, values, "with bootstrap=False", "set bootstrap=True")

"""Every parameter of AdaBoost; see ``_tree_params.py``.

Names, defaults and order are scikit-learn's; what it does not have comes last.
"""

from collections.abc import Mapping
from typing import Any

from sklearn.utils._param_validation import HasMethods, StrOptions

from gbengine._param_table import Param, count, positive, report_idle
from gbengine._tree_params import _table

_ADABOOST_ROWS = {
    row.name: row
    for row in (
        Param("estimator", None, (HasMethods(["fit", "predict"]), None), "What is boosted."),
        Param("n_estimators", 50, (count(1),), "Most estimators."),
        Param("learning_rate", 1.0, (positive(),), "Factor of each estimator's weight."),
        Param(
            "loss",
            "linear",
            (StrOptions({"linear", "square", "exponential"}),),
            "How a row's error counts in the weights of the next round.",
        ),
        Param(
            "resample",
            False,
            ("boolean",),
            "Whether each tree is grown on rows drawn by their weights.",
        ),
    )
}
_TREES = ("tree_method", "max_bins", "n_jobs")
ADABOOST_CLASSIFIER = _table(
    ("estimator", "n_estimators", "learning_rate", "random_state", "resample", *_TREES),
    _ADABOOST_ROWS,
)
ADABOOST_REGRESSOR = _table(
    ("estimator", "n_estimators", "learning_rate", "loss", "random_state", *_TREES),
    _ADABOOST_ROWS,
)
# Only our own trees read these.
_OF_TREES = ("resample", "tree_method", "max_bins")
_ROWS = {row.name: row for row in (*ADABOOST_CLASSIFIER, *ADABOOST_REGRESSOR)}


def check_peer_params(params: Mapping[str, Any]) -> None:
    """Refuse what has no effect if scikit-learn boosts another estimator.

    Raises
    ------
    ValueError
        Naming the parameter.
    """
    for name in _OF_TREES:
        if name in params and params[name] != _ROWS[name].default:
            why = f"with estimator={params['estimator']!r}, which is not a tree of gbengine"
            report_idle(_ROWS[name], params, why, "set estimator=None or one of these trees")


def tree_params(params: Mapping[str, Any], tree: Mapping[str, Any]) -> dict[str, Any]:
    """Give the parameters that trees are grown with.

    Parameters
    ----------
    params, tree : mappings of str to object
        The checked parameters of AdaBoost and of its ``estimator``. How thresholds are found may
        be said in either.

    Raises
    ------
    ValueError
        If it is said in both, and differently.
    """
    merged = {**tree, "n_jobs": params["n_jobs"]}
    for name in ("tree_method", "max_bins"):
        own, default = params[name], _ROWS[name].default
        if own != default and tree[name] not in (own, default):
            raise ValueError(
                f"{name}={own!r} is not the estimator's {name}={tree[name]!r}: set it in one place"
            )
        merged[name] = own if tree[name] == default else tree[name]
    return merged

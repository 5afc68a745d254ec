"""Every parameter of the boosting estimators, once: name, default, allowed values, meaning.

The estimators spell the same names in their ``__init__`` (scikit-learn reads the signature) and in
their docstrings; tests/python/test_params.py holds the three together. ``check_effects`` refuses a
parameter that was set although nothing reads it, so that no wish is dropped in silence.
"""

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

from sklearn.utils._param_validation import HasMethods, Interval, RealNotInt, StrOptions

from gbengine._categorical import CATEGORICAL_PARAMS_BOOSTING
from gbengine._param_table import (
    Param,
    count,
    fraction,
    inside,
    not_negative,
    positive,
    report_idle,
)

REGRESSION_LOSSES = (
    "squared_error",
    "absolute_error",
    "quantile",
    "huber",
    "poisson",
    "gamma",
    "tweedie",
)
# The logarithm of the mean is what the trees sum to.
LOG_LINK_LOSSES = ("poisson", "gamma", "tweedie")
CLASSIFICATION_LOSSES = ("log_loss",)

# Shares of rows and columns that are drawn for each tree; 1 draws all.
SAMPLING = ("subsample", "max_features", "max_features_per_level", "max_features_per_tree")


_OF_ROWS_SET_ASIDE = ("validation_split", "refit_after_stopping")


def _loss(names: tuple[str, ...]) -> Param:
    return Param("loss", names[0], (StrOptions(set(names)),), "What the rounds reduce.")


_SHARED = (
    Param("learning_rate", 0.1, (positive(),), "Factor on what each round adds."),
    Param("n_estimators", 100, (count(1),), "Number of rounds (the most of them, if stopped)."),
    Param(
        "n_parallel_trees",
        1,
        (count(1),),
        "Trees that each round grows side by side and averages.",
    ),
    Param("max_leaf_nodes", 31, (count(2), None), "Most leaves of a tree; None for no limit."),
    Param("max_depth", None, (count(1), None), "Most splits from root to leaf."),
    Param("min_samples_leaf", 20, (count(1),), "Fewest training rows in a leaf."),
    Param("min_hessian_leaf", 1e-3, (not_negative(),), "Least sum of hessians in a leaf."),
    Param("min_split_gain", 0.0, (not_negative(),), "A split must gain more than this."),
    Param("l1_regularization", 0.0, (not_negative(),), "L1 penalty on leaf values."),
    Param("l2_regularization", 0.0, (not_negative(),), "L2 penalty on leaf values."),
    Param(
        "max_delta_step",
        0.0,
        (not_negative(),),
        "Largest leaf value before the learning rate; 0 for no limit.",
    ),
    Param(
        "subsample",
        1.0,
        (Interval(Real, 0, 1, closed="right"),),
        "Share of the rows drawn for each tree.",
    ),
    Param("max_features", 1.0, (fraction(),), "Share of the columns drawn for each split."),
    Param(
        "max_features_per_level",
        1.0,
        (fraction(),),
        "Share of the columns drawn for each level of a tree.",
    ),
    Param("max_features_per_tree", 1.0, (fraction(),), "Share of the columns drawn for each tree."),
    Param(
        "max_bins",
        255,
        (Interval(Integral, 2, 255, closed="both"),),
        "Most bins of a column, not counting the one for missing values.",
    ),
    Param(
        "grow_policy",
        "leaf_wise",
        (StrOptions({"leaf_wise", "depth_wise"}),),
        "Which leaf is split next.",
    ),
    Param("warm_start", False, ("boolean",), "Whether fit adds rounds to the model it has."),
    Param("early_stopping", False, ("boolean",), "Whether to stop when the score stalls."),
    Param(
        "scoring",
        "loss",
        (str, callable, list, tuple, dict, None),
        "What is scored after each round.",
    ),
    Param(
        "validation_fraction",
        0.1,
        (Interval(RealNotInt, 0, 1, closed="neither"), count(1), None),
        "Rows set aside to be scored.",
    ),
    Param(
        "validation_split",
        "random",
        (StrOptions({"random", "time"}),),
        "Which rows are set aside.",
    ),
    Param(
        "n_iter_no_change",
        10,
        (count(1),),
        "Rounds without a better score before fit stops.",
        warns_if_idle=True,
    ),
    Param("tol", 1e-7, (not_negative(),), "How much better counts as better."),
    Param(
        "refit_after_stopping",
        False,
        ("boolean",),
        "Whether to fit all rows once the number of rounds is found.",
    ),
    Param(
        "n_jobs",
        None,
        (Interval(Integral, None, -1, closed="right"), count(1), None),
        "Number of threads; None for all usable cores.",
    ),
    Param("verbose", 0, ("verbose",), "Whether to show progress."),
    Param("random_state", None, ("random_state",), "Where the randomness comes from."),
    Param("base_score", None, (Real, "array-like", None), "The prediction before the first round."),
    Param(
        "init",
        None,
        (StrOptions({"zero"}), HasMethods(["fit", "predict"]), None),
        "What is fitted first, and corrected by the rounds.",
    ),
)

MULTI_OUTPUT = Param(
    "multi_output",
    "separate",
    (StrOptions({"separate", "shared"}),),
    "Whether several targets share trees.",
)

REGRESSOR_PARAMS = (
    _loss(REGRESSION_LOSSES),
    *_SHARED,
    MULTI_OUTPUT,
    Param(
        "quantile",
        None,
        (inside(0, 1), None),
        "Which quantile is predicted; required by loss='quantile'.",
        losses=("quantile",),
    ),
    Param(
        "alpha",
        0.9,
        (inside(0, 1),),
        "Share of the residuals that count as squared errors; the rest are outliers.",
        losses=("huber",),
        warns_if_idle=True,
    ),
    Param(
        "tweedie_power",
        1.5,
        (inside(1, 2),),
        "Power of the variance: 1 is like Poisson, 2 like gamma.",
        losses=("tweedie",),
    ),
    *CATEGORICAL_PARAMS_BOOSTING,
)

CLASSIFIER_PARAMS = (
    _loss(CLASSIFICATION_LOSSES),
    *_SHARED,
    Param("class_weight", None, (dict, StrOptions({"balanced"}), None), "Weights of the classes."),
    *CATEGORICAL_PARAMS_BOOSTING,
)


def check_effects(
    values: Mapping[str, Any], table: tuple[Param, ...], *, has_validation: bool
) -> None:
    """Refuse, or warn about, parameters that were set but have no effect beside the others.

    Parameters
    ----------
    values : mapping of str to object
        The estimator's parameters; each has an allowed value already.
    table : tuple of Param
        The estimator's rows.
    has_validation : bool
        Whether fit was given X_val.

    Raises
    ------
    ValueError
        Naming the parameter, its value, and the one that makes it idle.

    Warns
    -----
    UserWarning
        The same, for rows with ``warns_if_idle``.
    """
    loss = values["loss"]
    for row in table:
        if row.losses and loss not in row.losses and values[row.name] != row.default:
            only = " or ".join(repr(name) for name in row.losses)
            report_idle(row, values, f"with loss={loss!r}", f"only loss={only} reads it")
    if loss == "quantile" and values["quantile"] is None:
        raise ValueError("loss='quantile' needs the parameter quantile, a number between 0 and 1")
    rows = {row.name: row for row in table}
    if all(values[name] == 1 for name in SAMPLING) and values["n_parallel_trees"] > 1:
        why = "with subsample=1.0 and all max_features*=1.0: the trees of a round would be equal"
        report_idle(rows["n_parallel_trees"], values, why, "set one of those below 1")
    for name, why, remedy in _idle_scoring(values, has_validation):
        if values[name] != rows[name].default:
            report_idle(rows[name], values, why, remedy)


def check_multi_output(values: Mapping[str, Any], n_targets: int) -> None:
    """Refuse trees that several targets share if there is one; ValueError naming the parameter."""
    if values.get("multi_output", "separate") != "separate" and n_targets == 1:
        report_idle(MULTI_OUTPUT, values, "with one target", "give y of several columns")


def _idle_scoring(values: Mapping[str, Any], has_validation: bool) -> list[tuple[str, str, str]]:
    """Name the parameters of scoring and stopping that nothing reads, and say why."""
    found = []
    if not values["early_stopping"]:
        off = ("with early_stopping=False", "set early_stopping=True")
        found += [("n_iter_no_change", *off), ("tol", *off)]
        if not has_validation:
            why = "with early_stopping=False and no X_val"
            remedy = "set early_stopping=True or give fit X_val and y_val"
            found += [("scoring", why, remedy), ("validation_fraction", why, remedy)]
            found.append(("validation_split", why, "set early_stopping=True"))
        found.append(("refit_after_stopping", *off))
    if values["warm_start"]:
        found.append(("refit_after_stopping", "with warm_start=True", "set warm_start=False"))
    if has_validation:
        why = "when fit is given X_val, as all rows of X are trained on"
        found.append(("refit_after_stopping", why, "leave X_val out"))
        found.append(("validation_split", "when fit is given X_val", "leave X_val out"))
        if values["validation_fraction"] is not None:
            found.append(("validation_fraction", "when fit is given X_val", "set it to None"))
    elif values["validation_fraction"] is None:
        remedy = "say how many rows to set aside"
        found += [(name, "with validation_fraction=None", remedy) for name in _OF_ROWS_SET_ASIDE]
    return found

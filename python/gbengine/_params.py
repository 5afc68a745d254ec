"""Every parameter of the estimators, once: name, default, allowed values, meaning.

The estimators spell the same names in their ``__init__`` (scikit-learn reads the signature) and in
their docstrings; tests/python/test_params.py holds the three together. ``check_effects`` refuses a
parameter that was set although nothing reads it, so that no wish is dropped in silence.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from sklearn.utils._param_validation import Interval, RealNotInt, StrOptions

REGRESSION_LOSSES = (
    "squared_error",
    "absolute_error",
    "quantile",
    "huber",
    "poisson",
    "gamma",
    "tweedie",
)
CLASSIFICATION_LOSSES = ("log_loss",)


@dataclass(frozen=True)
class Param:
    """One row of the table.

    ``losses`` are the only ones that read the parameter, empty for all of them. If it is set where
    nothing reads it, fit refuses, or with ``warns_if_idle`` warns: scikit-learn's check_estimator
    sets some parameters on whatever has them.
    """

    name: str
    default: Any
    allowed: tuple[Any, ...]  # constraints as in sklearn.utils._param_validation
    doc: str  # the first sentence of the parameter's docstring entry
    losses: tuple[str, ...] = ()
    warns_if_idle: bool = False


def _positive() -> Interval:
    return Interval(Real, 0, None, closed="neither")


def _not_negative() -> Interval:
    return Interval(Real, 0, None, closed="left")


def _count(least: int) -> Interval:
    return Interval(Integral, least, None, closed="left")


def _inside(low: float, high: float) -> Interval:
    return Interval(Real, low, high, closed="neither")


def _fraction() -> Interval:
    # RealNotInt: 1 could be meant as one column, 1.0 cannot.
    return Interval(RealNotInt, 0, 1, closed="right")


def _loss(names: tuple[str, ...]) -> Param:
    return Param("loss", names[0], (StrOptions(set(names)),), "What the rounds reduce.")


_SHARED = (
    Param("learning_rate", 0.1, (_positive(),), "Factor on what each tree adds."),
    Param("n_estimators", 100, (_count(1),), "Number of rounds (the most of them, if stopped)."),
    Param("max_leaf_nodes", 31, (_count(2), None), "Most leaves of a tree; None for no limit."),
    Param("max_depth", None, (_count(1), None), "Most splits from root to leaf."),
    Param("min_samples_leaf", 20, (_count(1),), "Fewest training rows in a leaf."),
    Param("min_hessian_leaf", 1e-3, (_not_negative(),), "Least sum of hessians in a leaf."),
    Param("min_split_gain", 0.0, (_not_negative(),), "A split must gain more than this."),
    Param("l1_regularization", 0.0, (_not_negative(),), "L1 penalty on leaf values."),
    Param("l2_regularization", 0.0, (_not_negative(),), "L2 penalty on leaf values."),
    Param(
        "max_delta_step",
        0.0,
        (_not_negative(),),
        "Largest leaf value before the learning rate; 0 for no limit.",
    ),
    Param(
        "subsample",
        1.0,
        (Interval(Real, 0, 1, closed="right"),),
        "Share of the rows drawn for each tree.",
    ),
    Param("max_features", 1.0, (_fraction(),), "Share of the columns drawn for each split."),
    Param(
        "max_features_per_level",
        1.0,
        (_fraction(),),
        "Share of the columns drawn for each level of a tree.",
    ),
    Param(
        "max_features_per_tree", 1.0, (_fraction(),), "Share of the columns drawn for each tree."
    ),
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
    Param("scoring", "loss", (str, callable, None), "What is scored after each round."),
    Param(
        "validation_fraction",
        0.1,
        (Interval(RealNotInt, 0, 1, closed="neither"), _count(1), None),
        "Rows set aside to be scored.",
    ),
    Param(
        "n_iter_no_change",
        10,
        (_count(1),),
        "Rounds without a better score before fit stops.",
        warns_if_idle=True,
    ),
    Param("tol", 1e-7, (_not_negative(),), "How much better counts as better."),
    Param(
        "n_jobs",
        None,
        (Interval(Integral, None, -1, closed="right"), _count(1), None),
        "Number of threads; None for all usable cores.",
    ),
    Param("verbose", 0, ("verbose",), "Whether to show progress."),
    Param("random_state", None, ("random_state",), "Where the randomness comes from."),
)

REGRESSOR_PARAMS = (
    _loss(REGRESSION_LOSSES),
    *_SHARED,
    Param(
        "quantile",
        None,
        (_inside(0, 1), None),
        "Which quantile is predicted; required by loss='quantile'.",
        losses=("quantile",),
    ),
    Param(
        "alpha",
        0.9,
        (_inside(0, 1),),
        "Share of the residuals that count as squared errors; the rest are outliers.",
        losses=("huber",),
        warns_if_idle=True,
    ),
    Param(
        "tweedie_power",
        1.5,
        (_inside(1, 2),),
        "Power of the variance: 1 is like Poisson, 2 like gamma.",
        losses=("tweedie",),
    ),
)

CLASSIFIER_PARAMS = (
    _loss(CLASSIFICATION_LOSSES),
    *_SHARED,
    Param("class_weight", None, (dict, StrOptions({"balanced"}), None), "Weights of the classes."),
)


def constraints(table: tuple[Param, ...]) -> dict[str, list[Any]]:
    """Give the table in the form scikit-learn's ``_parameter_constraints`` has."""
    return {row.name: list(row.allowed) for row in table}


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
            _report_idle(row, values, f"with loss={loss!r}", f"only loss={only} reads it")
    if loss == "quantile" and values["quantile"] is None:
        raise ValueError("loss='quantile' needs the parameter quantile, a number between 0 and 1")
    rows = {row.name: row for row in table}
    for name, why, remedy in _idle_scoring(values, has_validation):
        if values[name] != rows[name].default:
            _report_idle(rows[name], values, why, remedy)


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
    if has_validation and values["validation_fraction"] is not None:
        found.append(("validation_fraction", "when fit is given X_val", "set it to None"))
    return found


def _report_idle(row: Param, values: Mapping[str, Any], why: str, remedy: str) -> None:
    text = (
        f"{row.name}={values[row.name]!r} has no effect {why}: {remedy}, or leave {row.name} at "
        f"its default, {row.default!r}"
    )
    if not row.warns_if_idle:
        raise ValueError(text)
    warnings.warn(text, stacklevel=2)

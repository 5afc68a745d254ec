"""What must not change between fits when warm_start adds rounds to a fitted model."""

import warnings
from collections.abc import Mapping
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from gbengine._encoder import encoder_of
from gbengine._scoring import in_order

if TYPE_CHECKING:
    from gbengine._parts import Given
    from gbengine._rounds import Traces

# The trees so far were grown for these: another loss has another base score and another link, and
# a trace of scores must stay a trace of one score on the same rows. Rounds are told apart by their
# number of trees.
FIXED_PARAMS = (
    "loss",
    "quantile",
    "alpha",
    "tweedie_power",
    "n_parallel_trees",
    "multi_output",
    "early_stopping",
    "scoring",
    "refit_after_stopping",
    "validation_fraction",
    "validation_split",
    "base_score",
    "init",
    "exposure",
    "init_score",
    "validation_groups",
)
# What models were trained with before there was anything else.
NOT_GIVEN = "not given"
START_DEFAULTS = {
    "base_score": None,
    "init": None,
    "exposure": NOT_GIVEN,
    "init_score": NOT_GIVEN,
    "refit_after_stopping": False,
    "validation_split": "random",
    "validation_groups": NOT_GIVEN,
}


def with_starts(params: Mapping[str, Any], training: "Given") -> dict[str, Any]:
    """Give parameters and what fit was told of rows in a form that can be compared and stored.

    Of arguments only whether they were given, of an estimator its class.
    """
    init, base_score = params["init"], params["base_score"]
    return {
        **params,
        "scoring": in_order(params["scoring"]),
        "base_score": base_score if base_score is None else np.asarray(base_score).tolist(),
        "init": init if init is None or isinstance(init, str) else type(init).__name__,
        "exposure": NOT_GIVEN if training.exposure is None else "given",
        "init_score": NOT_GIVEN if training.init_score is None else "given",
        "validation_groups": NOT_GIVEN if training.groups is None else "given",
    }


def fixed_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Pick the parameters that later warm starts must repeat."""
    return {name: params[name] for name in FIXED_PARAMS if name in params}


def check_params(params: Mapping[str, Any], trained_with: Mapping[str, Any], seed: int) -> None:
    """Refuse parameters that the model so far was not trained with.

    Raises
    ------
    ValueError
        Naming the parameter, what it was and what it is.
    """
    for name, before in trained_with.items():
        if params[name] != before:
            raise _changed(name, before, params[name])
    random_state = params["random_state"]
    if isinstance(random_state, Integral) and int(random_state) != seed:
        raise _changed("random_state", seed, random_state)


def check_rounds(n_estimators: int, n_iter: int) -> None:
    """Refuse fewer rounds than there are.

    Raises
    ------
    ValueError
        If ``n_estimators`` is smaller than the number of rounds the model has.
    """
    if n_estimators < n_iter:
        raise ValueError(
            f"n_estimators={n_estimators} must be at least n_iter_={n_iter} when warm_start=True"
        )


def check_trees(
    params: Mapping[str, Any], learnt: Mapping[str, Any], previous: Mapping[str, Any]
) -> None:
    """Refuse what does not go with the trees of an ensemble that does not boost.

    Raises
    ------
    ValueError
        If parameters, columns or classes are not those of the first fit, or if fewer trees are
        asked for than there are.

    Warns
    -----
    UserWarning
        If as many are asked for as there are.
    """
    check_params(params, previous["_trained_with"], previous["_seed"])
    check_columns_and_classes(learnt, previous)
    n_trees = previous["_model"].n_trees
    if params["n_estimators"] < n_trees:
        raise ValueError(
            f"n_estimators={params['n_estimators']} must be at least {n_trees}, the number of "
            "trees there are, when warm_start=True"
        )
    if params["n_estimators"] == n_trees:
        warnings.warn(
            f"warm_start=True with n_estimators={n_trees} grows no tree: there are as many already",
            stacklevel=2,
        )


def check_columns_and_classes(learnt: Mapping[str, Any], fitted: Mapping[str, Any]) -> None:
    """Refuse a table whose columns or classes are not those of the model so far.

    Raises
    ------
    ValueError
        Naming what differs.
    """
    for attribute, what in (
        ("n_features_in_", "the number of features in X"),
        ("feature_names_in_", "the feature names of X"),
        ("classes_", "the set of classes in y"),
    ):
        before, now = fitted.get(attribute), learnt.get(attribute)
        if not _is_same(before, now):
            raise _changed(what, before, now)
    _check_categories(learnt, fitted)


def _check_categories(learnt: Mapping[str, Any], fitted: Mapping[str, Any]) -> None:
    n_features = learnt["n_features_in_"]
    before, now = encoder_of(fitted, n_features), encoder_of(learnt, n_features)
    found = before.difference(now)
    if found is not None:
        column, how = found
        names = learnt.get("feature_names_in_")
        label = column if names is None else repr(names[column])
        raise ValueError(
            f"with warm_start=True the categories of X must stay as in the first fit: column "
            f"{label} {how} (fit with warm_start=False starts afresh)"
        )
    if before != now:
        raise ValueError(
            "with warm_start=True the categories of a BinnedDataset must be in the order of the "
            "first fit, and the rows of this one give them another: fit on the table itself"
        )


def check_traces(traces: "Traces", has_scores: bool, has_validation: bool) -> None:
    """Refuse to score now if the first fit did not, or the other way round.

    Raises
    ------
    ValueError
        Saying whether X_val was given before.
    """
    before = (bool(traces.train), bool(traces.validation))
    if before != (has_scores, has_validation):
        words = {True: "given", False: "not given"}
        raise _changed("the presence of X_val", words[before[1]], words[has_validation])


def _is_same(before: Any, now: Any) -> bool:
    if before is None or now is None:
        return before is now
    return np.array_equal(before, now)


def _changed(what: str, before: Any, now: Any) -> ValueError:
    return ValueError(
        f"with warm_start=True {what} must stay as in the first fit: it was {before!r}, it is "
        f"{now!r} (fit with warm_start=False starts afresh)"
    )

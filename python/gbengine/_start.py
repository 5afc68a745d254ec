"""What the user says of the raw scores before the first round: ``base_score`` and ``init``."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import has_fit_parameter

from gbengine._binned_dataset import BinnedDataset
from gbengine._labels import MAX_ABS_TARGET
from gbengine._params import LOG_LINK_LOSSES
from gbengine._runtime import core

if TYPE_CHECKING:
    from gbengine._core import Matrix
    from gbengine._parts import Given, Part

Array = np.ndarray[Any, Any]

ZERO = "zero"

# Probabilities nearer to 0 or 1 than this count as this, as in scikit-learn: a row whose start is
# certain would have next to no hessian, and could not be put right by trees.
_LEAST_PROBABILITY = 2.0**-23
_SUM_TOLERANCE = 1e-6


def link_of(params: Mapping[str, Any], n_classes: int) -> str:
    """Give the core's name for the link between raw scores and predictions."""
    if n_classes:
        return "logit" if n_classes == 2 else "softmax"
    return "log" if params["loss"] in LOG_LINK_LOSSES else "identity"


def check_start(params: Mapping[str, Any], training: "Given") -> None:
    """Refuse two starts at once; ValueError naming them."""
    if params["init"] is None:
        return
    for name, value in (
        ("base_score", params["base_score"]),
        ("init_score", training.init_score),
    ):
        if value is not None:
            raise ValueError(
                f"init={params['init']!r} and {name} both say where raw scores start: give one"
            )


def raw_base_score(
    params: Mapping[str, Any], n_classes: int, n_outputs: int, *, has_init_score: bool
) -> list[float]:
    """Give the raw scores that all rows start from, as the core takes them.

    Empty for the best constants, which the core finds. Zero where rows have starts of their own
    (``init``, ``init_score``), unless ``base_score`` says otherwise.

    Raises
    ------
    ValueError
        If the link makes no such prediction, or there is not one for each output or class.
    """
    if params["base_score"] is None:
        has_start = params["init"] is not None or has_init_score
        return [0.0] * n_outputs if has_start else []
    try:
        wish = np.asarray(params["base_score"], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise _wrong_base_score(params, "numbers") from error
    link = link_of(params, n_classes)
    if n_classes:
        response = _class_shares(wish, params, n_classes)
    elif wish.ndim == 0 or wish.shape == (n_outputs,):
        response = np.array(np.broadcast_to(wish, n_outputs))
    else:
        raise _wrong_base_score(params, f"a number, or {n_outputs} of them, one for each output")
    if link == "log" and not np.all(response > 0):
        raise _wrong_base_score(params, f"> 0 for loss={params['loss']!r}")
    if not np.all(np.abs(response) <= MAX_ABS_TARGET):
        raise _wrong_base_score(params, f"finite and of size up to {MAX_ABS_TARGET:g}")
    raw: list[float] = core.link_inverse(link, response).tolist()
    return raw


def _class_shares(wish: Array, params: Mapping[str, Any], n_classes: int) -> Array:
    """Give the share of the second class, or of each if there are more than two."""
    if wish.ndim == 0 and n_classes == 2:
        wish = np.array([1.0 - wish, wish])
    if wish.shape != (n_classes,):
        one = "the probability of the second class, or " if n_classes == 2 else ""
        raise _wrong_base_score(params, f"{one}{n_classes} probabilities, one for each class")
    if not np.all((wish > 0) & (wish < 1)) or abs(wish.sum() - 1.0) > _SUM_TOLERANCE:
        raise _wrong_base_score(params, "probabilities above 0 that sum to 1")
    return wish[1:] if n_classes == 2 else wish


def _wrong_base_score(params: Mapping[str, Any], allowed: str) -> ValueError:
    return ValueError(f"base_score={params['base_score']!r} must be {allowed}")


def fit_init(params: Mapping[str, Any], part: "Part", *, is_classifier: bool) -> Any:
    """Fit a clone of ``init`` on the rows that trees will be grown on; None if there is none.

    With exposures it learns rates: the deviance of Tweedie's family with power p of a total y over
    e is e^(2 - p) times that of y / e.

    Raises
    ------
    ValueError
        If the table is a BinnedDataset, or the estimator lacks what is asked of it.
    """
    init = params["init"]
    if init is None or init == ZERO:
        return None
    if isinstance(part.X, BinnedDataset):
        raise ValueError(
            f"init={init!r} predicts on the values of the rows, which a BinnedDataset has not: fit "
            "on the table itself"
        )
    if is_classifier and not hasattr(init, "predict_proba"):
        raise ValueError(f"init={init!r} has no predict_proba, which a classifier starts from")
    y, weight = part.y.astype(np.intp) if is_classifier else part.y, part.weight
    if part.exposure is not None:
        power = {"poisson": 1.0, "gamma": 2.0}.get(params["loss"], params["tweedie_power"])
        y = (y.T / part.exposure).T
        weight = part.exposure ** (2.0 - power) * (1.0 if weight is None else weight)
    fitted = clone(init)
    if weight is None:
        fitted.fit(part.X, y)
    elif has_fit_parameter(fitted, "sample_weight"):
        fitted.fit(part.X, y, sample_weight=weight)
    else:
        raise ValueError(f"init={init!r} takes no sample_weight in fit, and rows have weights")
    return fitted


def with_init(part: "Part", init: Any, link: str, n_outputs: int) -> "Part":
    """Let rows start from an estimator's predictions; None leaves them as they are."""
    if init is None:
        return part
    if isinstance(part.X, BinnedDataset):
        raise ValueError("init predicts on the table itself, not on a BinnedDataset")
    return replace(part, init_score=init_scores(init, part.X, link, n_outputs))


def init_scores(init: Any, table: "Matrix", link: str, n_outputs: int) -> Array:
    """Give an estimator's predictions as raw scores, (n_rows, n_outputs).

    Raises
    ------
    ValueError
        If a prediction is no number that the link can make, naming its row.
    """
    if link in ("logit", "softmax"):
        response = np.zeros((table.shape[0], max(2, n_outputs)))
        response[:, init.classes_] = init.predict_proba(table)
        response = np.clip(response, _LEAST_PROBABILITY, 1.0 - _LEAST_PROBABILITY)
        response = response[:, 1:] if link == "logit" else response
    else:
        response = np.asarray(init.predict(table), dtype=np.float64).reshape(table.shape[0], -1)
    if response.shape != (table.shape[0], n_outputs):
        raise ValueError(f"init predicts {response.shape[1]} outputs: there must be {n_outputs}")
    is_wrong = ~(np.abs(response) <= MAX_ABS_TARGET)
    if link == "log":
        is_wrong |= ~(response > 0)
    if is_wrong.any():
        row_idx = int(np.argmax(is_wrong.any(axis=1)))
        sign = "> 0, as this loss has it, and " if link == "log" else ""
        raise ValueError(
            f"init predicts {response[row_idx].tolist()} for row {row_idx}: numbers must be "
            f"{sign}finite"
        )
    raw: Array = core.link_inverse(link, response)
    return raw

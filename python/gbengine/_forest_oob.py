"""What the rows that a tree did not draw say: out-of-bag predictions and their score."""

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, r2_score

from gbengine._config import thread_count
from gbengine._grow import Rows
from gbengine._shares import split_shares

if TYPE_CHECKING:
    from gbengine._core import ForestTrainer

Values = NDArray[np.float64]


def check_oob_outputs(n_classes: list[int]) -> None:
    """Refuse several outputs with many classes, for which there is no score.

    Raises
    ------
    ValueError
        If there are several outputs, one with more than two classes.
    """
    if len(n_classes) > 1 and max(n_classes) > 2:
        raise ValueError(
            "oob_score is not supported for several outputs with more than two classes "
            f"(y has outputs of {n_classes} classes): set oob_score=False"
        )


def oob_attributes(
    trainer: "ForestTrainer", rows: Rows, oob_score: bool | Callable[..., float], n_jobs: Any
) -> dict[str, Any]:
    """Predict each row by the trees that did not draw it, and score that.

    Parameters
    ----------
    trainer : ForestTrainer
        Has grown all trees.
    rows : Rows
    oob_score : bool or callable
        A function ``score(y_true, y_pred)``; True is accuracy or R².
    n_jobs : int or None

    Returns
    -------
    dict
        ``oob_score_``, and ``oob_decision_function_`` or ``oob_prediction_``.

    Warns
    -----
    UserWarning
        If every tree drew some row; its prediction is NaN, and it is not scored.
    """
    values, n_trees = trainer.oob_values()
    is_known = n_trees > 0
    if not is_known.all():
        warnings.warn(
            f"{np.sum(~is_known)} of {len(is_known)} rows were drawn by every tree and have no "
            "out-of-bag prediction (NaN): more trees or a smaller max_samples would leave them out",
            stacklevel=2,
        )
    targets = rows.targets
    predictions = _predictions(values, targets.n_classes)
    guesses = predictions.argmax(axis=1) if targets.classes else predictions
    truth = targets.values[:, 0] if targets.values.shape[1] == 1 else targets.values
    usual = accuracy_score if targets.classes else r2_score
    score = oob_score if callable(oob_score) else usual
    result = float(score(truth[is_known], guesses[is_known])) if is_known.any() else np.nan
    everything = _for_all_rows(values, trainer, rows, n_jobs)
    name = "oob_decision_function_" if targets.classes else "oob_prediction_"
    return {"oob_score_": result, name: _predictions(everything, targets.n_classes)}


def _predictions(values: Values, n_classes: list[int]) -> Values:
    """Shape means of leaf values as scikit-learn does: outputs last."""
    if not n_classes:
        return values[:, 0] if values.shape[1] == 1 else values
    shares = split_shares(values, n_classes)
    if len(shares) == 1:
        return shares[0]
    out = np.zeros((len(values), max(n_classes), len(shares)))
    for output, part in enumerate(shares):
        out[:, : part.shape[1], output] = part
    return out


def _for_all_rows(values: Values, trainer: "ForestTrainer", rows: Rows, n_jobs: Any) -> Values:
    """Put in the rows of weight zero, which no tree has seen: all trees predict them."""
    if rows.kept is None or rows.dropped is None:
        return values
    n_rows = len(rows.kept) + len(rows.dropped)
    is_dropped = np.ones(n_rows, dtype=bool)
    is_dropped[rows.kept] = False
    out = np.empty((n_rows, values.shape[1]))
    out[rows.kept] = values
    dropped = rows.dropped if rows.encoding is None else rows.encoding.transform(rows.dropped)
    out[is_dropped] = trainer.model().raw_scores(dropped, thread_count(n_jobs))
    return out

"""Folds of cross-validation: which rows they hold, and their predictions put together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold, check_cv

from gbengine._cv_rows import CvRows
from gbengine._input import is_ready
from gbengine._series import as_plain

_ALLOWED = "must be an int >= 2, a splitter or an iterable of (training rows, test rows)"

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Fold:
    """Positions of rows: those to fit on, and those to test with."""

    training: Rows
    test: Rows


def find_folds(cv: Any, rows: CvRows, groups: Any, *, is_classifier: bool) -> list[Fold]:
    """Part the rows.

    Parameters
    ----------
    cv : int, splitter or iterable
        As the user passed it.
    rows : CvRows
    groups : array-like or None
    is_classifier : bool
        Whether a number of folds keeps the shares of classes.

    Raises
    ------
    ValueError
        If ``cv`` is nothing of the kind, ``groups`` has not a value for each row, or a fold has no
        rows to fit or to test, or rows that are not there.
    """
    if isinstance(cv, bool | np.bool_ | str) or cv is None:
        raise ValueError(f"cv={cv!r} {_ALLOWED}")
    if groups is not None:
        groups = np.asarray(as_plain(groups, "groups"))
        if groups.shape != (rows.n_rows,):
            raise ValueError(f"groups must have shape ({rows.n_rows},), got {groups.shape}")
        if isinstance(cv, Integral):
            n_folds = int(cv)
            cv = StratifiedGroupKFold(n_folds) if is_classifier else GroupKFold(n_folds)
    # An iterable is read here: check_cv would take its items for pairs without a look.
    if isinstance(cv, Integral) or hasattr(cv, "split"):
        splitter = check_cv(cv, rows.y, classifier=is_classifier)
        pairs = list(splitter.split(rows.X, rows.y, groups))
    elif isinstance(cv, Iterable):
        pairs = list(cv)
    else:
        raise ValueError(f"cv={cv!r} {_ALLOWED}")
    if not pairs:
        raise ValueError(f"cv={cv!r} gives no folds")
    return [_checked(pair, k, rows.n_rows) for k, pair in enumerate(pairs)]


def _checked(pair: Any, k: int, n_rows: int) -> Fold:
    if not isinstance(pair, Sequence) or len(pair) != 2:
        raise ValueError(f"fold {k} of cv must be a pair (training rows, test rows), got {pair!r}")
    return Fold(*(_positions(part, k, n_rows) for part in pair))


def _positions(part: Any, k: int, n_rows: int) -> Rows:
    found = np.asarray(part)
    if found.dtype == bool and found.shape == (n_rows,):
        found = np.flatnonzero(found)
    if found.ndim != 1 or found.size == 0 or found.dtype.kind not in "iu":
        raise ValueError(
            f"fold {k} of cv must have rows to fit and rows to test, by position or as masks of "
            f"{n_rows} rows, got {part!r}"
        )
    if found.min() < 0 or found.max() >= n_rows:
        raise ValueError(f"fold {k} of cv names rows outside of the {n_rows} rows of X")
    return found.astype(np.int64)


def that_knows(model: Any, X: Any, others: Mapping[str, Any]) -> Any:
    """Give a view of a fitted model that has read a table already, for several predictions on it.

    Reading a frame with text takes longer than walking the trees. Of this table it predicts what
    fit was told of such rows: totals over their exposures, from their starts.

    Parameters
    ----------
    model : estimator
    X : table
    others : mapping of str to ndarray
        ``exposure`` and ``init_score`` of the rows, if they have any.
    """
    exposure, init_score = others.get("exposure"), others.get("init_score")
    has_start = exposure is not None or init_score is not None
    if (is_ready(X) and not has_start) or "_model" not in model.__dict__:
        return model
    table = model._table(X)
    view = object.__new__(type(model))
    view.__dict__.update(model.__dict__)
    view._table = lambda given: table if given is X else model._table(given)
    if has_start:
        raw = model._raw_scores(table) + (0.0 if init_score is None else init_score)
        response = model._model.link_response(raw, 1)
        if exposure is not None:
            response *= exposure[:, np.newaxis]
        view._raw_scores = lambda given: raw if given is X else model._raw_scores(given)
        view._response = lambda given: response if given is X else model._response(given)
    return view


def predictions_of(model: Any, X: Any, method: str) -> list[NDArray[Any]]:
    """Predict, as a list of the outputs that ``predict_proba`` keeps apart."""
    found = getattr(model, method)(X)
    return found if isinstance(found, list) else [found]


def joined(
    models: list[Any], parts: list[list[NDArray[Any]]], folds: list[Fold], n_rows: int, method: str
) -> tuple[NDArray[Any] | None, Any]:
    """Put the predictions of all folds together.

    Parameters
    ----------
    models : list of estimators
    parts : list
        From ``predictions_of``, by fold.
    folds : list of Fold
    n_rows : int
    method : str
        What was asked; all but "predict" has columns for classes.

    Returns
    -------
    classes : ndarray or None
        All classes, if there is one output of them.
    predictions : ndarray, list of ndarray or None
        None if the folds do not test every row exactly once.
    """
    classes = [_all_classes(outputs) for outputs in zip(*map(_classes_of, models), strict=True)]
    only = classes[0] if len(classes) == 1 else None
    tested = np.concatenate([fold.test for fold in folds])
    if len(tested) != n_rows or not np.array_equal(np.sort(tested), np.arange(n_rows)):
        return only, None
    place = np.argsort(tested)
    outputs = []
    for k in range(len(parts[0])):
        found = [part[k] for part in parts]
        if classes and method != "predict":
            known = [_classes_of(model)[k] for model in models]
            lacking = -np.inf if method == "predict_log_proba" else 0.0
            found = [
                _aligned(*pair, classes[k], lacking, method)
                for pair in zip(found, known, strict=True)
            ]
        outputs.append(np.concatenate(found)[place])
    is_list = len(outputs) > 1
    return only, outputs if is_list else outputs[0]


def _classes_of(model: Any) -> list[NDArray[Any]]:
    """Give the classes of each output; an empty list for regression."""
    classes = getattr(model, "classes_", [])
    return classes if isinstance(classes, list) else [classes]


def _all_classes(of_models: Sequence[NDArray[Any]]) -> NDArray[Any]:
    found: NDArray[Any] = np.unique(np.concatenate(of_models))
    return found


def _aligned(
    found: NDArray[Any], known: NDArray[Any], classes: NDArray[Any], lacking: float, method: str
) -> NDArray[Any]:
    """Give a model's columns the places of its classes among all classes."""
    if len(known) == len(classes):
        return found
    if method == "decision_function":
        raise ValueError(
            f"a fold has only the classes {known.tolist()} of {classes.tolist()} to fit on, and "
            "decision_function knows no value for the others: use fewer folds or another method"
        )
    aligned = np.full((len(found), len(classes)), lacking)
    aligned[:, np.searchsorted(classes, known)] = found
    return aligned

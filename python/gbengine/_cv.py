"""Cross-validation that puts the table into bins once for all folds."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import is_classifier, is_regressor
from sklearn.metrics import check_scoring
from sklearn.utils.validation import has_fit_parameter

from gbengine._cv_bins import shared_bins
from gbengine._cv_fits import fitted_folds
from gbengine._cv_folds import Fold, find_folds, joined, predictions_of, that_knows
from gbengine._cv_rows import CvRows
from gbengine._estimator import BaseTreeEnsemble
from gbengine._progress import Progress

_METHODS = ("predict", "predict_proba", "predict_log_proba", "decision_function")


@dataclass(frozen=True)
class CrossValidation:
    """What ``gbengine.cv`` has found; fold k is at position k of everything.

    Attributes
    ----------
    predictions : ndarray, list of ndarray or None
        Of each row by the model that has not been fitted on it, in the order of the rows. Columns
        of classes are those of ``classes``; of several outputs ``predict_proba`` gives a list. None
        if the folds do not test every row exactly once.
    scores : dict of str to ndarray of shape (n_folds,)
        On the test part of each fold, by metric; "score" if ``scoring`` has no name.
    models : tuple of estimators
        Fitted on the training part of each fold.
    rounds : ndarray of int of shape (n_folds,) or None
        Rounds of each model, if these are gradient boosting.
    test_rows : tuple of ndarray of int
        The positions of the rows that each fold was tested on.
    classes : ndarray or None
        All classes, sorted; None for regression and for several outputs.
    shares_bins : bool
        Whether all folds were fitted on one binned table.

    Examples
    --------
    >>> import gbengine
    >>> from sklearn.datasets import load_diabetes
    >>> X, y = load_diabetes(return_X_y=True)
    >>> found = gbengine.cv(gbengine.GradientBoostingRegressor(n_estimators=9), X, y, cv=4)
    >>> found.rounds.tolist(), found.predictions.shape
    ([9, 9, 9, 9], (442,))
    """

    predictions: Any
    scores: Mapping[str, NDArray[np.float64]]
    models: tuple[Any, ...]
    rounds: NDArray[np.int64] | None
    test_rows: tuple[NDArray[np.int64], ...]
    classes: NDArray[Any] | None
    shares_bins: bool

    def __repr__(self) -> str:
        scores = ", ".join(
            f"{name} {np.mean(values):.4g} ± {np.std(values):.2g}"
            for name, values in self.scores.items()
        )
        return f"<CrossValidation of {len(self.models)} folds: {scores}>"


def cv(
    estimator: Any,
    X: Any,
    y: Any,
    *,
    cv: Any = 5,
    groups: Any = None,
    sample_weight: Any = None,
    exposure: Any = None,
    init_score: Any = None,
    validation_groups: Any = None,
    scoring: Any = None,
    method: str | None = None,
    early_stop_on_fold: bool = False,
    verbose: int = 0,
) -> CrossValidation:
    """Fit and test an estimator on each fold of a table that is put into bins once.

    The folds' training parts are rows of one binned table, so that finding bins and reading
    categories, a part of each fit, is done once. The thresholds between bins, the categories and
    their numbers then come from all rows of X, those that a fold is tested on too; y of the rows
    tested is never seen. Each model is, bit for bit, what ``fit(BinnedDataset(X,
    sample_weight).take(rows), y[rows], sample_weight[rows])`` gives.

    Where a fit is more than that, each fold is fitted on its rows of X itself, as scikit-learn's
    ``cross_validate`` does: ``tree_method="exact"`` (also "auto" on few rows), statistics of y in
    place of categories (``cat_encoding``), an estimator as ``init``, early stopping by rows of its
    own or by a scorer, rows of weight zero, estimators that are not trees in bagging and AdaBoost.

    With bins shared, the folds are fitted at once, each on a share of the ``n_jobs`` threads; one
    after the other if the estimator has callbacks or draws from NumPy's global state.

    Parameters
    ----------
    estimator : estimator
        A classifier or regressor of gbengine. It is copied, and not fitted itself.
    X : array-like, sparse matrix or data frame of shape (n_rows, n_features)
        As ``fit`` takes it.
    y : array-like of shape (n_rows,) or (n_rows, n_outputs)
        Targets.
    cv : int, splitter or iterable of (training rows, test rows), default=5
        The folds. A number of folds keeps the shares of the classes for a classifier, and keeps
        rows of the same of ``groups`` together if these are given. As in scikit-learn these folds
        are not shuffled; pass ``KFold(5, shuffle=True)`` for that.
    groups : array-like of shape (n_rows,), default=None
        For the splitter.
    sample_weight : array-like of shape (n_rows,) or float, default=None
        Weights of the rows, in fits and scores. A scorer is given them if it takes them.
    exposure : array-like of shape (n_rows,), default=None
        As for ``fit`` of a boosted regressor. Predictions and scores are of totals.
    init_score : array-like of shape (n_rows,) or (n_rows, n_raw_scores), default=None
        As for ``fit`` of boosting. Predictions and scores start from it, too.
    validation_groups : array-like of shape (n_rows,), default=None
        As for ``fit`` of boosting: rows that early stopping does not part within a fold. Those
        that folds do not part are ``groups``.
    scoring : str, callable, list, dict or None, default=None
        Scorers as of scikit-learn's ``cross_validate``; None is the estimator's ``score``.
    method : {"predict", "predict_proba", "predict_log_proba", "decision_function"} or None, \
            default=None
        What ``predictions`` are; None is "predict_proba" for classifiers, else "predict".
    early_stop_on_fold : bool, default=False
        Whether early stopping looks at the fold's test part. The scores are then too good by what
        the choice of the number of rounds could gain, but ``rounds`` is what to fit all rows with.
    verbose : int, default=0
        1 shows a bar, or a line for each fold.

    Returns
    -------
    CrossValidation
        Predictions, scores and models.

    Raises
    ------
    TypeError
        If the estimator is not a classifier or regressor of gbengine, or X a BinnedDataset.
    ValueError
        Naming the argument, its value, and what is allowed; and whatever ``fit`` raises.

    Examples
    --------
    >>> import gbengine
    >>> from sklearn.datasets import load_breast_cancer
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> model = gbengine.GradientBoostingClassifier(n_estimators=20)
    >>> found = gbengine.cv(model, X, y, cv=3, scoring=["roc_auc", "neg_log_loss"])
    >>> found.predictions.shape
    (569, 2)
    >>> bool(found.scores["roc_auc"].mean() > 0.97)
    True
    """
    _check_estimator(estimator)
    method = _checked_method(estimator, method)
    _check_stopping(estimator, early_stop_on_fold)
    others = {
        "exposure": exposure,
        "init_score": init_score,
        "validation_groups": validation_groups,
    }
    _check_arguments(estimator, others)
    rows = CvRows.read(X, y, sample_weight, **others)
    folds = find_folds(cv, rows, groups, is_classifier=is_classifier(estimator))
    scorer = check_scoring(estimator, scoring)
    data = shared_bins(estimator, rows, folds, stops_on_fold=early_stop_on_fold)
    models, scores, parts = [], [], []
    fits = fitted_folds(estimator, rows, folds, data, stops_on_fold=early_stop_on_fold)
    with Progress(verbose, len(folds), 0, unit="fold") as progress, closing(fits):
        for fold, model in zip(folds, fits, strict=True):
            X_test = rows.table(fold.test)
            reader = that_knows(model, X_test, rows.for_fit(fold.test))
            models.append(model)
            parts.append(predictions_of(reader, X_test, method))
            scores.append(_scores(scorer, reader, X_test, rows, fold))
            progress.show(len(models), ", ".join(f"{n} {s:.6g}" for n, s in scores[-1].items()))
    classes, predictions = joined(models, parts, folds, rows.n_rows, method)
    return CrossValidation(
        predictions,
        _by_metric(scores, scoring),
        tuple(models),
        _rounds(models),
        tuple(fold.test for fold in folds),
        classes,
        data is not None,
    )


def _check_estimator(estimator: Any) -> None:
    is_ours = isinstance(estimator, BaseTreeEnsemble)
    if not (is_ours and (is_classifier(estimator) or is_regressor(estimator))):
        raise TypeError(
            f"estimator={estimator!r} is not a classifier or regressor of gbengine: use "
            "scikit-learn's cross_validate"
        )
    estimator._check_params()


def _check_arguments(estimator: Any, others: Mapping[str, Any]) -> None:
    for name, value in others.items():
        if value is not None and not has_fit_parameter(estimator, name):
            kind = type(estimator).__name__
            raise ValueError(f"{name} was given, but {kind}.fit takes none")


def _checked_method(estimator: Any, method: str | None) -> str:
    if method is None:
        return "predict_proba" if is_classifier(estimator) else "predict"
    if method not in _METHODS or not hasattr(estimator, method):
        has = [name for name in _METHODS if hasattr(estimator, name)]
        raise ValueError(f"method={method!r} must be None or one of {has}")
    return method


def _check_stopping(estimator: Any, stops_on_fold: Any) -> None:
    if not isinstance(stops_on_fold, bool | np.bool_):
        raise ValueError(f"early_stop_on_fold={stops_on_fold!r} must be True or False")
    if stops_on_fold and not getattr(estimator, "early_stopping", False):
        raise ValueError(
            "early_stop_on_fold=True has no effect: the estimator needs early_stopping=True"
        )


def _scores(scorer: Any, model: Any, X: Any, rows: CvRows, fold: Fold) -> dict[str, float]:
    weight = rows.weights(fold.test)
    takes = weight is not None and getattr(scorer, "_accept_sample_weight", lambda: True)()
    found = scorer(model, X, rows.y[fold.test], **({"sample_weight": weight} if takes else {}))
    by_name = found if isinstance(found, Mapping) else {"score": found}
    try:
        return {str(name): float(score) for name, score in by_name.items()}
    except (TypeError, ValueError) as error:
        raise ValueError(f"scoring must return a number, got {found!r}") from error


def _by_metric(scores: list[dict[str, float]], scoring: Any) -> dict[str, NDArray[np.float64]]:
    by_name = {name: np.array([score[name] for score in scores]) for name in scores[0]}
    return {scoring: by_name["score"]} if isinstance(scoring, str) else by_name


def _rounds(models: list[Any]) -> NDArray[np.int64] | None:
    found = [getattr(model, "n_iter_", None) for model in models]
    return None if None in found else np.array(found, dtype=np.int64)

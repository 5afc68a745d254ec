"""Fits of all folds: at once, each on a share of the threads, where that changes nothing."""

from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from sklearn.base import clone

from gbengine._binned_dataset import BinnedDataset
from gbengine._boosting import BaseGradientBoosting
from gbengine._categorical import FROM_DTYPE
from gbengine._config import draws_anything, thread_count
from gbengine._cv_folds import Fold
from gbengine._cv_rows import CvRows
from gbengine._runtime import core

_SECONDS_ASLEEP = 0.05


def fitted_folds(
    estimator: Any,
    rows: CvRows,
    folds: list[Fold],
    data: BinnedDataset | None,
    *,
    stops_on_fold: bool,
) -> Generator[Any, None, None]:
    """Give, for each fold, a copy of the estimator that is fitted on its training part.

    A model does not depend on the number of threads, and threads have less to wait for each other
    the fewer work on one model. An error, or Ctrl-C, ends the fits that have begun.

    Parameters
    ----------
    estimator : estimator
    rows : CvRows
    folds : list of Fold
    data : BinnedDataset or None
        All rows, if the folds share their bins.
    stops_on_fold : bool
        Whether early stopping is given the rows of the test part.
    """
    n_threads = thread_count(estimator.n_jobs)
    n_workers = min(n_threads, len(folds))
    if data is None or n_workers < 2 or not _may_fit_at_once(estimator):
        for fold in folds:
            yield _fitted(estimator, rows, fold, data, stops_on_fold=stops_on_fold)
        return
    token = core.CancelToken()
    share = n_threads // n_workers

    def fit(fold: Fold) -> Any:
        with token:
            try:
                return _fitted(estimator, rows, fold, data, share, stops_on_fold=stops_on_fold)
            except KeyboardInterrupt:  # of the token: kept, it would keep the rows of the fold
                return None

    pool = ThreadPoolExecutor(n_workers)
    try:
        fits: list[Future[Any]] = [pool.submit(fit, fold) for fold in folds]
        for done in fits:
            # A signal that comes just before the thread falls asleep would not wake it.
            while not wait([done], timeout=_SECONDS_ASLEEP).done:
                _raise_first_error(fits)
            _raise_first_error(fits)
            yield done.result()
    finally:
        token.cancel()
        pool.shutdown(cancel_futures=True)
        core.give_back_free_memory()


def _raise_first_error(fits: list[Future[Any]]) -> None:
    """Raise what a fold has raised, though those before it are not done."""
    for fit in fits:
        if fit.done() and fit.exception() is not None:
            fit.result()


def _may_fit_at_once(estimator: Any) -> bool:
    if getattr(estimator, "_skl_callbacks", ()):
        return False
    if estimator.random_state is not None:
        return True  # each copy has its own
    return isinstance(estimator, BaseGradientBoosting) and not draws_anything(estimator._params())


def _fitted(
    estimator: Any,
    rows: CvRows,
    fold: Fold,
    data: BinnedDataset | None,
    n_jobs: int | None = None,
    *,
    stops_on_fold: bool,
) -> Any:
    """Fit a copy of the estimator, on ``n_jobs`` threads if that is given."""
    model = clone(estimator)
    for_fit: dict[str, Any] = {}
    if n_jobs is not None:
        for_fit["n_jobs"] = n_jobs
    if data is not None:
        # The bins have categories of their own, and fit would refuse to be told which these are.
        for_fit["categorical_features"] = FROM_DTYPE
    if stops_on_fold:
        for_fit["validation_fraction"] = None
    as_given = {name: getattr(model, name) for name in for_fit}
    model.set_params(**for_fit)
    X = rows.table(fold.training) if data is None else data.take(fold.training, model.n_jobs)
    watched = rows.validation(fold.test) if stops_on_fold else {}
    model.fit(X, rows.y[fold.training], **rows.for_fit(fold.training), **watched)
    return model.set_params(**as_given)

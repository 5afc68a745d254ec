"""Whether folds can be fitted on rows of one binned table, and that table."""

from collections.abc import Mapping
from typing import Any

from gbengine._adaboost_base import BaseAdaBoost
from gbengine._adaboost_params import tree_params
from gbengine._bagging_base import BaseBagging
from gbengine._binned_dataset import BinnedDataset
from gbengine._boosting import BaseGradientBoosting
from gbengine._cv_folds import Fold
from gbengine._cv_rows import CvRows
from gbengine._outputs import n_copies
from gbengine._tree_params import table_bins


def shared_bins(
    estimator: Any, rows: CvRows, folds: list[Fold], *, stops_on_fold: bool
) -> BinnedDataset | None:
    """Bin the table for all folds; None if a fit needs more of its rows than bins.

    Parameters
    ----------
    estimator : estimator
        A classifier or regressor.
    rows : CvRows
    folds : list of Fold
    stops_on_fold : bool
        Whether early stopping is given the rows of the test part.
    """
    if rows.weight is not None and rows.weight.min() == 0:
        return None
    params = estimator._params()
    if params.get("cat_encoding") == "target":
        return None
    max_bins = _bins_of_folds(estimator, params, rows, folds, stops_on_fold=stops_on_fold)
    if not max_bins:
        return None
    data = BinnedDataset(
        rows.X,
        rows.weight,
        max_bins=max_bins,
        n_jobs=params["n_jobs"],
        categorical_features=params["categorical_features"],
    )
    # Of more categories than bins each fold makes statistics of its own y.
    is_crowded = any(len(levels) > max_bins for levels in data.encoder.levels.values())
    return None if is_crowded and params.get("cat_encoding", "sets") == "auto" else data


def _bins_of_folds(
    estimator: Any,
    params: Mapping[str, Any],
    rows: CvRows,
    folds: list[Fold],
    *,
    stops_on_fold: bool,
) -> int:
    """Give the most bins of a column that every fold's fit would make by itself; 0 for others."""
    if isinstance(estimator, BaseGradientBoosting):
        return _bins_of_boosting(params, stops_on_fold=stops_on_fold)
    of_trees: Mapping[str, Any] = params
    if isinstance(estimator, BaseBagging | BaseAdaBoost):
        tree = estimator._native_tree()
        if tree is None:
            return 0
        of_trees = tree._params()
        if isinstance(estimator, BaseAdaBoost):
            of_trees = tree_params(params, of_trees)
    # Few rows keep every value, and then so must the folds.
    if of_trees["tree_method"] == "exact":
        return 0
    n_rows = min(n_copies(rows.weights(fold.training), len(fold.training)) for fold in folds)
    return table_bins(of_trees, n_rows)


def _bins_of_boosting(params: Mapping[str, Any], *, stops_on_fold: bool) -> int:
    sets_aside = params["validation_fraction"] is not None and not stops_on_fold
    needs_rows = params["early_stopping"] and (sets_aside or params["scoring"] != "loss")
    has_init = hasattr(params.get("init"), "fit")
    return 0 if needs_rows or has_init else int(params["max_bins"])

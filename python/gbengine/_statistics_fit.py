"""Which columns are known by statistics of y: what ``cat_encoding`` asks of a training table."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gbengine._binned_dataset import BinnedDataset
from gbengine._encoder import Encoder
from gbengine._parts import Part
from gbengine._target_encoding import StatisticTargets, TargetEncoding, learn_target_encoding

if TYPE_CHECKING:
    from gbengine._core import Matrix


def encoding_for(
    estimator: Any,
    table: "tuple[Matrix | BinnedDataset, Encoder | None]",
    targets: StatisticTargets,
    most_categories: Callable[[], int],
) -> TargetEncoding | None:
    """Learn the statistics of the columns that have to be replaced; None if there are none.

    Parameters
    ----------
    estimator : estimator
        Its parameters have been checked. With ``warm_start`` it keeps the statistics that it has.
    table : (ndarray or BinnedDataset, Encoder or None)
        The training rows as the encoder gave them, and the encoder.
    targets : StatisticTargets
        Of these rows.
    most_categories : callable
        The most categories that "auto" leaves to sets.

    Raises
    ------
    ValueError
        If ``warm_start`` meets another way than that of the trees so far.
    """
    X, encoder = table
    params = estimator._params()
    how = params.get("cat_encoding", "sets")
    is_fitted = getattr(estimator, "warm_start", False) and "_model" in estimator.__dict__
    if is_fitted:
        before: TargetEncoding | None = estimator._encoding
        _check_warm_start(how, before, encoder, is_binned=isinstance(X, BinnedDataset))
        return before
    if isinstance(X, BinnedDataset) or encoder is None or how == "sets":
        return None
    least = 1 if how == "target" else most_categories() + 1
    columns = [column for column, levels in encoder.levels.items() if len(levels) >= least]
    n_jobs = params["n_jobs"]
    return learn_target_encoding(X, encoder, columns, targets, n_jobs, needs_spread=how == "auto")


def with_statistics(
    estimator: Any, parts: tuple[Part, Part | None], learnt: dict[str, Any], seed: int
) -> tuple[Part, Part | None, dict[str, Any]]:
    """Replace columns of boosting's rows, if there are any to be replaced.

    Parameters
    ----------
    estimator : estimator
    parts : (Part, Part or None)
        The rows to train on, of which statistics are, and others.
    learnt : dict
        Fitted attributes that are known by now.
    seed : int

    Returns
    -------
    (training, others, learnt)
        With the core's columns, and the encoding among the attributes.
    """
    part, others = parts
    params = estimator._params()
    n_classes = [len(learnt["classes_"])] if "classes_" in learnt else []
    values = np.ascontiguousarray(part.y.reshape(len(part.y), -1))
    targets = StatisticTargets(values, n_classes, part.weight)
    table = (part.X, learnt.get("_encoder"))
    encoding = encoding_for(estimator, table, targets, lambda: int(params["max_bins"]))
    if encoding is None:
        return part, others, learnt
    assert not isinstance(part.X, BinnedDataset)
    X = encoding.training_table(part.X, targets, seed, params["n_jobs"])
    if others is not None:
        assert not isinstance(others.X, BinnedDataset)
        others = replace(others, X=encoding.transform(others.X))
    return replace(part, X=X), others, learnt | {"_target_encoding": encoding}


def _check_warm_start(
    how: str, before: TargetEncoding | None, encoder: Encoder | None, *, is_binned: bool
) -> None:
    replaced = set() if before is None else set(before.tables)
    again = "(fit with warm_start=False starts afresh)"
    if replaced and is_binned:
        raise ValueError(
            "with warm_start=True columns that are known by statistics of y must stay so, which a "
            f"BinnedDataset does not have: fit on the table itself {again}"
        )
    if is_binned or encoder is None:
        return
    known = {column for column, levels in encoder.levels.items() if len(levels)}
    if (how == "sets" and replaced) or (how == "target" and replaced != known):
        raise ValueError(
            f"with warm_start=True cat_encoding={how!r} must leave columns as in the first fit, "
            f"where {sorted(replaced)} were known by statistics of y {again}"
        )

"""From the parameters of trees and forests to the core's configuration of ForestTrainer."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, log2, sqrt
from numbers import Integral
from typing import Any

import numpy as np

from gbengine._config import as_limit, thread_count
from gbengine._target_encoding import TargetEncoding


@dataclass(frozen=True)
class Size:
    """What the numbers in a configuration are counted from.

    ``n_copies`` counts rows as weights that are all whole numbers do; ``n_classes`` has a number
    for each output, none for regression.
    """

    n_rows: int
    n_copies: int
    n_features: int
    n_outputs: int
    n_classes: list[int]
    total_weight: float
    encoding: TargetEncoding | None = None  # if some column of X is replaced by several


@dataclass(frozen=True)
class Sampling:
    """How each tree's rows are drawn; ``n_draws`` is 0 if it sees all of them."""

    kind: str = "all"
    n_draws: int = 0
    balance: str = "none"


def tree_config(
    params: Mapping[str, Any], size: Size, seed: int, sampling: Sampling
) -> dict[str, Any]:
    """Fill the core's configuration.

    Parameters
    ----------
    params : mapping of str to object
        The estimator's parameters, checked; ``splitter`` among them.
    size : Size
    seed : int
    sampling : Sampling

    Returns
    -------
    dict
        The keys that ``_core.ForestTrainer`` asks for.
    """
    min_leaf = _n_rows_of(params["min_samples_leaf"], size.n_copies)
    min_split = max(2, _n_rows_of(params["min_samples_split"], size.n_copies), 2 * min_leaf)
    # A row drawn weighs as often as it was drawn, whatever its chances were.
    weight_of_tree = sampling.n_draws or size.total_weight
    return {
        "criterion": params["criterion"],
        "splitter": params["splitter"],
        "max_depth": as_limit(params["max_depth"]),
        "max_leaf_nodes": as_limit(params["max_leaf_nodes"]),
        "min_samples_split": as_limit(min_split),
        "min_samples_leaf": as_limit(min_leaf),
        "min_weight_leaf": float(params["min_weight_fraction_leaf"]) * weight_of_tree,
        "min_impurity_decrease": float(params["min_impurity_decrease"]),
        "max_features": n_columns_drawn(params["max_features"], size.n_features),
        "ccp_alpha": float(params["ccp_alpha"]),
        "monotonic_cst": monotonic_directions(params["monotonic_cst"], size),
        "sampling": sampling.kind,
        "n_draws": sampling.n_draws,
        "features_per_tree": size.n_features,
        "features_with_replacement": False,
        "balance": sampling.balance,
        # A single tree has no such parameter: its statistics are part of it.
        "keep_statistics": bool(params.get("keep_statistics", True)),
        "keep_leaf_samples": bool(params.get("keep_leaf_samples", False)),
        "seed": seed,
        "n_threads": thread_count(params["n_jobs"]),
    }


def n_columns_drawn(max_features: Any, n_features: int) -> int:
    """Resolve ``max_features``: at least 1, at most all columns."""
    if max_features is None:
        return n_features
    if max_features == "sqrt":
        drawn = int(sqrt(n_features))
    elif max_features == "log2":
        drawn = int(log2(n_features))
    elif isinstance(max_features, Integral):
        drawn = int(max_features)
    else:
        drawn = int(max_features * n_features)
    return min(max(1, drawn), n_features)


def monotonic_directions(monotonic_cst: Any, size: Size) -> list[int]:
    """Check ``monotonic_cst``; an empty list if nothing is asked.

    Raises
    ------
    ValueError
        If it has not one of -1, 0, 1 for each column, or there are several outputs or more than
        two classes.
    """
    if monotonic_cst is None:
        return []
    directions = np.asarray(monotonic_cst)
    n_columns = size.n_features if size.encoding is None else size.encoding.n_features
    if directions.shape != (n_columns,):
        raise ValueError(
            f"monotonic_cst must have one number for each of the {n_columns} columns of X: "
            f"it has shape {directions.shape}"
        )
    if not np.isin(directions, (-1, 0, 1)).all():
        raise ValueError(
            "monotonic_cst must hold -1 (falls), 0 (free) and 1 (rises) only, got "
            f"{np.unique(directions).tolist()}"
        )
    if size.n_outputs > 1:
        raise ValueError(
            f"monotonic_cst is not supported with several outputs: y has {size.n_outputs}"
        )
    if size.n_classes and size.n_classes[0] > 2:
        raise ValueError(
            f"monotonic_cst is not supported with more than two classes: y has {size.n_classes[0]}"
        )
    if size.encoding is not None:
        directions = size.encoding.directions(directions)
    return [int(direction) for direction in directions] if directions.any() else []


def draws_columns(config: Mapping[str, Any], n_features: int) -> bool:
    """Tell whether growing a tree draws columns or thresholds."""
    return bool(config["splitter"] == "random" or config["max_features"] < n_features)


def _n_rows_of(limit: Any, n_copies: int) -> int:
    return int(limit) if isinstance(limit, Integral) else ceil(limit * n_copies)

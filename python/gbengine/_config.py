"""From an estimator's parameters to the core's configuration, which knows no defaults."""

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from gbengine._params import SAMPLING
from gbengine._runtime import core

# Limits reach the core as 32-bit integers; no tree or table comes near this one.
_LARGEST_LIMIT = 2**31 - 1

_PASSED_ON = (
    "learning_rate",
    "min_hessian_leaf",
    "min_split_gain",
    "l1_regularization",
    "l2_regularization",
    "max_delta_step",
    "cat_smooth",
    *SAMPLING,
)


def core_config(
    params: Mapping[str, Any], n_classes: int, seed: int, base_score: Sequence[float] = ()
) -> dict[str, Any]:
    """Fill the core's configuration.

    Parameters
    ----------
    params : mapping of str to object
        The estimator's parameters, checked.
    n_classes : int
        Number of classes; 0 for regression.
    seed : int
        From ``draw_seed``.
    base_score : sequence of float, default=()
        Raw scores that all rows start from; empty: the best constants.

    Returns
    -------
    dict
        The keys that ``_core.Trainer`` asks for.
    """
    objective, objective_params = _objective(params, n_classes)
    config: dict[str, Any] = {name: float(params[name]) for name in _PASSED_ON}
    config |= {
        "objective": objective,
        "objective_params": objective_params,
        "n_parallel_trees": as_limit(params["n_parallel_trees"]),
        "multi_output": params.get("multi_output", "separate"),
        "max_leaf_nodes": as_limit(params["max_leaf_nodes"]),
        "max_depth": as_limit(params["max_depth"]),
        "min_samples_leaf": as_limit(params["min_samples_leaf"]),
        "max_bins": int(params["max_bins"]),
        "base_score": list(base_score),
        "grow_policy": params["grow_policy"],
        "max_cat_threshold": as_limit(params["max_cat_threshold"]),
        "min_samples_category": as_limit(params["min_samples_category"]),
        "seed": seed,
        "n_threads": thread_count(params["n_jobs"]),
    }
    return config


def as_limit(value: int | None) -> int:
    """Give a limit as the core takes it: None, no limit, is 0."""
    return 0 if value is None else min(int(value), _LARGEST_LIMIT)


def thread_count(n_jobs: int | None) -> int:
    """Give the number of threads for scikit-learn's ``n_jobs``; None is all usable cores."""
    if n_jobs is None:
        return core.usable_threads()
    return core.threads_of_n_jobs(max(-_LARGEST_LIMIT, min(int(n_jobs), _LARGEST_LIMIT)))


def draw_seed(params: Mapping[str, Any]) -> int:
    """Give the 64-bit seed of all draws.

    An int as ``random_state`` is the seed itself; a generator is asked for one, but only if
    something will be drawn: the seed is part of the model, and two fits without any randomness
    give the same model.
    """
    random_state = params["random_state"]
    is_seed = isinstance(random_state, Integral)
    return seed_from(random_state) if is_seed or draws_anything(params) else 0


def seed_from(random_state: Any) -> int:
    """Give the 64-bit seed that a ``random_state`` stands for; a generator is asked for one."""
    if isinstance(random_state, Integral):
        return int(random_state)
    words = check_random_state(random_state).randint(0, 2**32, size=2, dtype=np.uint64)
    return int(words[0]) << 32 | int(words[1])


def draws_anything(params: Mapping[str, Any]) -> bool:
    """Tell whether a fit of boosting draws something at random."""
    return (
        any(params[name] < 1 for name in SAMPLING)
        or params["early_stopping"]  # the rows set aside
        or params["scoring"] != "loss"  # the rows that the scorer sees
    )


def _objective(params: Mapping[str, Any], n_classes: int) -> tuple[str, dict[str, float]]:
    """Find the core's name for the loss, and its parameters by the names the core gives them."""
    loss = params["loss"]
    if n_classes:
        # One loss has two forms: one raw score for two classes, else one for each class.
        task = "binary" if n_classes == 2 else "multiclass"
        rows = [row for row in core.objectives() if row["task"] == task and loss in row["name"]]
    else:
        rows = [row for row in core.objectives() if row["name"] == loss]
    assert len(rows) == 1, f"loss {loss!r} has {len(rows)} rows in the core's registry"
    known = {**params, "n_classes": n_classes, "power": params.get("tweedie_power")}
    return rows[0]["name"], {name: float(known[name]) for name in rows[0]["params"]}

"""What fitting a forest does, step by step; the estimator is only read here.

Read the arguments → check them against the trees there are (warm_start) → grow → ask the core for
importances, out-of-bag predictions and leaf samples → give the fitted attributes.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gbengine import _warm_start
from gbengine._draws import all_draws, read_draws, row_sampling
from gbengine._forest_oob import check_oob_outputs, oob_attributes
from gbengine._grow import (
    Rows,
    grow_trees,
    learnt_attributes,
    make_trainer,
    read_rows,
    seed_for,
)
from gbengine._quantiles import LeafSamples
from gbengine._target_encoding import by_column
from gbengine._tree_config import Sampling, draws_columns, tree_config
from gbengine._tree_params import check_bootstrap_effects

if TYPE_CHECKING:
    from gbengine._core import ForestTrainer
    from gbengine._forest import BaseForest

# Nodes of the trees so far have their training rows and statistics, or have not.
_FIXED_PARAMS = ("keep_leaf_samples", "keep_statistics")
# One repetition for each tree and column, as Breiman, "Random forests" (2001), has it.
_N_REPEATS = 1


@dataclass(frozen=True)
class Task:
    """All that growing needs, read and checked."""

    params: dict[str, Any]
    rows: Rows
    learnt: dict[str, Any]
    sampling: Sampling
    config: dict[str, Any]
    previous: dict[str, Any] | None  # the fitted attributes that warm_start goes on from

    @property
    def n_trees_before(self) -> int:
        """Number of trees that are there already."""
        return self.previous["_model"].n_trees if self.previous else 0


def fitted_forest(forest: "BaseForest", arguments: tuple[Any, Any, Any]) -> dict[str, Any]:
    """Grow the trees, and give the attributes of the fitted forest by name."""
    task = _read(forest, arguments)
    init_model = task.previous["_model"] if task.previous else None
    trainer = make_trainer(task.rows, task.params, task.config, init_model)
    n_trees = int(task.params["n_estimators"])
    grow_trees(trainer, n_trees, task.n_trees_before, task.params["verbose"])
    return task.learnt | _attributes(trainer, task)


def _read(forest: "BaseForest", arguments: tuple[Any, Any, Any]) -> Task:
    params = forest._check_params() | forest._constant_params
    check_bootstrap_effects(params)
    rows = read_rows(forest, params, arguments, warns_of_column=True)
    if params["oob_score"]:
        check_oob_outputs(rows.targets.n_classes)
    learnt = learnt_attributes(rows)
    size = rows.size
    sampling = row_sampling(params, size)
    config = tree_config(params | {"splitter": forest._splitter}, size, 0, sampling)
    previous = forest._fitted_attributes() if params["warm_start"] else None
    if previous is None:
        draws = bool(params["bootstrap"]) or draws_columns(config, size.n_features)
        config["seed"] = seed_for(params["random_state"], draws=draws)
    else:
        config["seed"] = previous["_seed"]
        _check_warm_start(params, learnt, previous)
    return Task(params, rows, learnt, sampling, config, previous)


def _check_warm_start(
    params: Mapping[str, Any], learnt: Mapping[str, Any], previous: Mapping[str, Any]
) -> None:
    _warm_start.check_trees(params, learnt, previous)
    if params.get("class_weight") in ("balanced", "balanced_subsample"):
        warnings.warn(
            f"class_weight={params['class_weight']!r} with warm_start=True balances on the rows of "
            "each call of fit: give the weights as a dict if these differ",
            stacklevel=2,
        )


def _attributes(trainer: "ForestTrainer", task: Task) -> dict[str, Any]:
    params = task.params
    model = trainer.model()
    new_trees = range(task.n_trees_before, model.n_trees)
    importances = trainer.importances()  # of the new trees only
    if task.previous is not None:
        importances = task.previous["_importances"] + importances
    seed = task.config["seed"]
    draws_before = task.previous.get("_draws", []) if task.previous else []
    draws = read_draws(trainer, task.rows, (task.sampling, seed), new_trees)
    fitted = {
        "_model": model,
        "_seed": seed,
        "_trained_with": {name: params[name] for name in _FIXED_PARAMS if name in params},
        "_importances": importances,
        "_draws": all_draws(draws_before, draws),
    }
    if params.get("keep_leaf_samples"):
        fitted["_leaf_samples"] = _leaf_samples(trainer, task)
    if params["oob_importances"]:
        rises = trainer.oob_importances(_N_REPEATS)
        fitted["oob_importances_"] = by_column(task.rows.encoding, rises)
    if params["oob_score"]:
        fitted |= oob_attributes(trainer, task.rows, params["oob_score"], params["n_jobs"])
    return fitted


def _leaf_samples(trainer: "ForestTrainer", task: Task) -> LeafSamples:
    arrays = trainer.leaf_samples()
    rows, row = task.rows, arrays["row"]
    mass = arrays["count"].astype(np.float64)
    if rows.weight is not None and task.sampling.kind == "all":
        mass *= rows.weight[row]  # drawing has not made the weights into counts
    samples = LeafSamples(arrays["offset"], row, mass, rows.targets.values)
    if task.previous is None:
        return samples
    before: LeafSamples = task.previous["_leaf_samples"]
    return before.followed_by(samples)

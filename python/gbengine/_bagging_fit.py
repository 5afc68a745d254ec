"""What fitting bagged trees does, step by step; the estimator is only read here.

Read the arguments → say how rows and columns are drawn → check that against the trees there are
(warm_start) → grow → ask the core for what it drew and for out-of-bag predictions.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gbengine import _warm_start
from gbengine._bagging_params import columns_per_tree
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
from gbengine._peer import check_categories_of_tree
from gbengine._tree_columns import read_columns
from gbengine._tree_config import Sampling, Size, draws_columns, n_columns_drawn, tree_config

if TYPE_CHECKING:
    from gbengine._bagging_base import BaseBagging
    from gbengine._core import ForestTrainer


@dataclass(frozen=True)
class Bag:
    """How an ensemble draws: the rows of a tree, the number of its columns, these twice or not."""

    sampling: Sampling
    n_columns: int
    draws_columns_twice: bool = False


def fitted_bagging(
    bagging: "BaseBagging", tree: Any, arguments: tuple[Any, Any, Any]
) -> dict[str, Any]:
    """Grow the trees, and give the attributes of the fitted estimator by name.

    Parameters
    ----------
    bagging : BaseBagging
    tree : BaseDecisionTree
        Of the kind to grow.
    arguments : tuple
        X, y and sample_weight as the user passed them.
    """
    params = bagging._check_params()
    check_oob_params(params)
    tree_params = tree._check_params() | {"n_jobs": params["n_jobs"]}
    check_categories_of_tree(tree_params, type(bagging).__name__)
    rows = read_rows(bagging, tree_params, arguments, warns_of_column=True)
    if params["oob_score"]:
        check_oob_outputs(rows.targets.n_classes)
    bag = Bag(
        bag_sampling(params, rows.size),
        columns_per_tree(params["max_features"], rows.size.n_features),
        params["bootstrap_features"],
    )
    previous = bagging._fitted_attributes() if params["warm_start"] else None
    learnt = learnt_attributes(rows)
    trainer, fitted = grow_bag((params, tree_params), rows, bag, learnt, previous)
    if params["oob_score"]:
        fitted |= oob_attributes(trainer, rows, True, params["n_jobs"])
    return fitted


def check_oob_params(params: Mapping[str, Any]) -> None:
    """Refuse to score rows out of the bag where scikit-learn does not.

    Raises
    ------
    ValueError
        If ``oob_score`` meets bootstrap=False or warm_start=True.
    """
    for name, needed in (("bootstrap", True), ("warm_start", False)):
        if params["oob_score"] and bool(params[name]) != needed:
            raise ValueError(
                f"oob_score=True is not supported with {name}={params[name]!r}: set "
                f"{name}={needed} or oob_score=False"
            )


def bag_sampling(params: Mapping[str, Any], size: Size) -> Sampling:
    """Say how each tree's rows are drawn: with replacement or without.

    Parameters
    ----------
    params : mapping of str to object
        ``bootstrap`` and ``max_samples`` are read.
    size : Size

    Warns
    -----
    UserWarning
        If weights that are no numbers of copies are chances of draws that take all rows.
    """
    drawn = row_sampling({**params, "bootstrap": True, "class_weight": None}, size)
    if params["bootstrap"]:
        return drawn
    is_weighted = size.total_weight != size.n_copies
    if is_weighted and drawn.n_draws >= size.n_rows:
        warnings.warn(
            "sample_weight says how likely a row is drawn: with bootstrap=False every row is "
            "drawn once here, and the weights have no effect; set bootstrap=True",
            stacklevel=2,
        )
    return replace(drawn, kind="without_replacement")


def grow_bag(
    params: tuple[Mapping[str, Any], Mapping[str, Any]],
    rows: Rows,
    bag: Bag,
    learnt: dict[str, Any],
    previous: dict[str, Any] | None,
) -> tuple["ForestTrainer", dict[str, Any]]:
    """Grow trees on rows and columns of their own.

    Parameters
    ----------
    params : tuple of mappings
        The ensemble's parameters (``n_estimators``, ``random_state``, ``verbose``) and the tree's.
    rows : Rows
    bag : Bag
    learnt : dict
        From ``learnt_attributes``.
    previous : dict or None
        The fitted attributes that warm_start goes on from.

    Returns
    -------
    (trainer, fitted)
        The trainer, and the attributes that ``BaggedTrees`` needs.
    """
    own, of_tree = params
    size = rows.size
    config = tree_config(of_tree, size, 0, bag.sampling)
    config |= {
        "max_features": n_columns_drawn(of_tree["max_features"], bag.n_columns),
        "features_per_tree": bag.n_columns,
        "features_with_replacement": bag.draws_columns_twice,
    }
    n_before = 0
    if previous is None:
        takes_all = bag.sampling.kind == "without_replacement" and (
            bag.sampling.n_draws == size.n_copies
        )
        draws = not takes_all or bag.draws_columns_twice or draws_columns(config, size.n_features)
        config["seed"] = seed_for(own["random_state"], draws=draws)
    else:
        _warm_start.check_trees(own, learnt, previous)
        config["seed"], n_before = previous["_seed"], previous["_model"].n_trees
    trainer = make_trainer(rows, of_tree, config, previous["_model"] if previous else None)
    grow_trees(trainer, int(own["n_estimators"]), n_before, own["verbose"])
    model = trainer.model()
    new_trees = range(n_before, model.n_trees)
    columns = read_columns(trainer, new_trees)
    draws_before = previous.get("_draws", []) if previous else []
    draws_now = read_draws(trainer, rows, (bag.sampling, config["seed"]), new_trees)
    return trainer, learnt | {
        "_model": model,
        "_seed": config["seed"],
        "_trained_with": {},
        "_columns": previous["_columns"].followed_by(columns) if previous else columns,
        "_draws": all_draws(draws_before, draws_now),
    }

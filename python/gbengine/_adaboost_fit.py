"""What fitting AdaBoost on trees does, step by step; the estimator is only read here.

Read the arguments → say what trees are grown on (weighted rows, or rows drawn) → grow in the core
until it says that this is the end → give the fitted attributes.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gbengine._adaboost_params import tree_params
from gbengine._grow import Rows, learnt_attributes, make_table, read_rows, seed_for
from gbengine._labels import class_factors
from gbengine._peer import check_categories_of_tree
from gbengine._runtime import core
from gbengine._tree_config import Sampling, draws_columns, tree_config

if TYPE_CHECKING:
    from gbengine._adaboost_base import BaseAdaBoost


def fitted_adaboost(
    boosting: "BaseAdaBoost", tree: Any, arguments: tuple[Any, Any, Any]
) -> dict[str, Any]:
    """Grow the trees, and give the attributes of the fitted estimator by name.

    Parameters
    ----------
    boosting : BaseAdaBoost
    tree : BaseDecisionTree
        Of the kind to grow.
    arguments : tuple
        X, y and sample_weight as the user passed them.
    """
    params = boosting._check_params()
    of_tree = tree_params(params, tree._check_params())
    check_categories_of_tree(of_tree, type(boosting).__name__)
    # Weights of classes are the trees' affair: errors are measured without them.
    class_weight = of_tree.pop("class_weight", None)
    rows = read_rows(boosting, of_tree, arguments, warns_of_column=True)
    n_outputs = rows.targets.values.shape[1]
    if n_outputs > 1:
        raise ValueError(
            f"y has {n_outputs} columns: {type(boosting).__name__} takes a single output, of "
            "shape (n_rows,)"
        )
    config = _tree_config(params, of_tree, rows)
    trainer = core.AdaBoostTrainer(
        make_table(rows, of_tree, config["seed"]),
        rows.targets.values[:, 0],
        rows.targets.n_classes[0] if rows.targets.classes else 0,
        rows.weight,
        config,
        {
            "loss": params.get("loss", "wrong_class"),
            "learning_rate": float(params["learning_rate"]),
            "class_factors": _class_factors(rows, class_weight),
        },
    )
    n_trees = trainer.run(int(params["n_estimators"]))
    n_missing = int(params["n_estimators"]) - n_trees
    return learnt_attributes(rows) | {
        "_model": trainer.model(),
        "_seed": config["seed"],
        "_trained_with": {},
        # As in scikit-learn, with a place for every estimator that might have been.
        "estimator_weights_": np.pad(trainer.tree_weights(), (0, n_missing)),
        "estimator_errors_": np.pad(trainer.tree_errors(), (0, n_missing), constant_values=1.0),
    }


def _tree_config(
    params: Mapping[str, Any], of_tree: Mapping[str, Any], rows: Rows
) -> dict[str, Any]:
    size = rows.size
    draws = params.get("resample", True)  # AdaBoost.R2 always draws
    if draws:
        sampling = Sampling("with_replacement", size.n_copies)
    else:
        # Rows weigh shares of 1, and are counted as they are.
        sampling = Sampling()
        size = replace(size, n_copies=size.n_rows, total_weight=1.0)
    config = tree_config(of_tree, size, 0, sampling)
    draws_anything = draws or draws_columns(config, size.n_features)
    config["seed"] = seed_for(params["random_state"], draws=draws_anything)
    return config


def _class_factors(rows: Rows, class_weight: Any) -> list[float]:
    """Give each class's weight over the largest of them; an empty list if they are all the same."""
    if class_weight is None:
        return []
    if isinstance(class_weight, list):
        raise ValueError(
            f"class_weight={class_weight!r} of the estimator: with a single output it must be a "
            "dict or 'balanced'"
        )
    codes: NDArray[np.float64] = rows.targets.values[:, 0]
    factors = class_factors(rows.weight, codes, rows.targets.classes[0], class_weight)
    return [float(factor) for factor in factors / factors.max()]

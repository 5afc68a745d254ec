"""Trees and forests as fitted estimators of scikit-learn: for plots and other libraries."""

import inspect
from typing import Any

import sklearn.ensemble
import sklearn.tree

# What both sides call the same and mean the same.
_SHARED = (
    "classes_",
    "feature_names_in_",
    "max_features_",
    "n_classes_",
    "n_features_in_",
    "n_outputs_",
    "oob_decision_function_",
    "oob_prediction_",
    "oob_score_",
)


def tree_to_sklearn(tree: Any) -> Any:
    """Give scikit-learn's estimator of the same name, with the same tree."""
    twin = _twin(tree, sklearn.tree)
    # A tree of its own: users may change the arrays of the one they get.
    twin.tree_ = tree._make_tree()
    return twin


def forest_to_sklearn(forest: Any) -> Any:
    """Give scikit-learn's forest of the same name, with the same trees."""
    twin = _twin(forest, sklearn.ensemble)
    twin.estimators_ = [tree_to_sklearn(tree) for tree in forest.estimators_]
    twin.estimator_ = type(twin.estimator)()
    return twin


def _twin(estimator: Any, module: Any) -> Any:
    if "_encoder" in estimator.__dict__:
        raise ValueError(
            "to_sklearn() is for models of numeric columns: scikit-learn's trees cannot split "
            "categories, and this one has categorical columns "
            f"{list(estimator._encoder.levels)} (categorical_features=None on encoded columns "
            "gives one that can go there)"
        )
    return twin_of(estimator, module)


def twin_of(estimator: Any, module: Any) -> Any:
    """Give scikit-learn's estimator of the same name and parameters, without trees."""
    cls = getattr(module, estimator._public_class_name())
    known = inspect.signature(cls).parameters
    params = {name: value for name, value in estimator._params().items() if name in known}
    twin = cls(**params)
    for name in _SHARED:
        if name in estimator.__dict__:
            setattr(twin, name, estimator.__dict__[name])
    return twin

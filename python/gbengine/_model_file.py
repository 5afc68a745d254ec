"""Model files: ``load_model`` gives back the fitted estimator that ``save_model`` wrote."""

import os
from pathlib import Path
from typing import Any

from gbengine._adaboost_classifier import AdaBoostClassifier
from gbengine._adaboost_regressor import AdaBoostRegressor
from gbengine._bagging_classifier import BaggingClassifier
from gbengine._bagging_regressor import BaggingRegressor
from gbengine._classifier import GradientBoostingClassifier
from gbengine._container import not_a_model
from gbengine._decision_tree import DecisionTreeClassifier, DecisionTreeRegressor
from gbengine._extra_tree import ExtraTreeClassifier, ExtraTreeRegressor
from gbengine._extra_trees_classifier import ExtraTreesClassifier
from gbengine._extra_trees_regressor import ExtraTreesRegressor
from gbengine._isolation_forest import IsolationForest
from gbengine._random_forest_classifier import RandomForestClassifier
from gbengine._random_forest_regressor import RandomForestRegressor
from gbengine._regressor import GradientBoostingRegressor
from gbengine._state import from_bytes
from gbengine._trees_embedding import RandomTreesEmbedding

# Every class that a file may name.
_CLASSES: dict[str, Any] = {
    cls.__name__: cls
    for cls in (
        AdaBoostClassifier,
        AdaBoostRegressor,
        BaggingClassifier,
        BaggingRegressor,
        DecisionTreeClassifier,
        DecisionTreeRegressor,
        ExtraTreeClassifier,
        ExtraTreeRegressor,
        ExtraTreesClassifier,
        ExtraTreesRegressor,
        GradientBoostingClassifier,
        GradientBoostingRegressor,
        IsolationForest,
        RandomForestClassifier,
        RandomForestRegressor,
        RandomTreesEmbedding,
    )
}


def load_model(path: str | os.PathLike[str]) -> Any:
    """Load a fitted estimator from a file that ``save_model`` wrote.

    The file is checked as a whole (checksum) and in every part (the core validates the trees): it
    may come from anywhere, and no code in it is run.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    estimator
        Of the class that was saved, fitted: it predicts, bit for bit, what the saved one did.
        ``n_jobs`` and ``verbose`` are not in the file and have their defaults.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is no model file, or cut short or altered; or written in a newer format.

    Examples
    --------
    >>> import gbengine, tempfile
    >>> from sklearn.datasets import load_diabetes
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = gbengine.GradientBoostingRegressor(n_estimators=10).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model.save_model(f"{folder}/model.safetensors")
    ...     again = gbengine.load_model(f"{folder}/model.safetensors")
    >>> bool((again.predict(X) == model.predict(X)).all())
    True
    """
    source = os.fspath(path)
    saved = from_bytes(Path(path).read_bytes(), source, find_class)
    try:
        estimator = saved.cls(**saved.params)
        estimator._check_params()
    except (KeyError, TypeError, ValueError) as error:
        raise not_a_model(source, error) from error
    estimator._adopt(saved.fitted)
    return estimator


def find_class(name: str) -> Any:
    """Give the estimator class that a file names; KeyError if there is none."""
    return _CLASSES[name]

"""Model files: ``load_model`` gives back the fitted estimator that ``save_model`` wrote."""

import os
from pathlib import Path

from gbengine._boosting import BaseGradientBoosting
from gbengine._classifier import GradientBoostingClassifier
from gbengine._container import not_a_model
from gbengine._regressor import GradientBoostingRegressor
from gbengine._state import from_bytes

_CLASSES = {cls.__name__: cls for cls in (GradientBoostingClassifier, GradientBoostingRegressor)}


def load_model(
    path: str | os.PathLike[str],
) -> GradientBoostingClassifier | GradientBoostingRegressor:
    """Load a fitted estimator from a file that ``save_model`` wrote.

    The file is checked as a whole (checksum) and in every part (the core validates the trees): it
    may come from anywhere, and no code in it is run.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    GradientBoostingClassifier or GradientBoostingRegressor
        Fitted: it predicts, bit for bit, what the saved one did. ``n_jobs`` and ``verbose`` are
        not in the file and have their defaults.

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
    saved = from_bytes(Path(path).read_bytes(), source)
    try:
        cls = _CLASSES[saved.class_name]
        estimator = cls(**saved.params)
        estimator._check_params()
        _check_kind(cls, "classes_" in saved.fitted)
    except (KeyError, TypeError, ValueError) as error:
        raise not_a_model(source, error) from error
    estimator._adopt(saved.fitted)
    return estimator


def _check_kind(cls: type[BaseGradientBoosting], has_classes: bool) -> None:
    if (cls is GradientBoostingClassifier) != has_classes:
        raise ValueError(f"the trees are not those of a {cls.__name__}")
